import spacex from '../../src/sources/spacex/source.ts';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { withMigrated } from '../../scripts/migrated.ts';
import { draftMigration } from '../../scripts/migration.ts';
import { migrateDown, migrateUp } from '../../src/adapters/postgres/migrate.ts';
import { ident } from '../../src/adapters/postgres/sql.ts';
import { migrationDirs } from '../../src/app/database.ts';
import type { Column, Table } from '../../src/core/table.ts';
import { sources } from '../../src/sources/index.ts';
import { openSharedPglite } from '../suites/pglite.ts';
import { randomSchema } from '../suites/target-lab.ts';
import { REPOSITORY } from '../support/cli.ts';

const openDatabase = await openSharedPglite();

const id: Column = { type: 'id', nullable: false, doc: 'Id.' };
const makers: Table = {
  name: 'makers',
  doc: "A maker's row.",
  key: ['id'],
  owner: 'id',
  columns: { id, name: { type: 'text', doc: 'Name.' } },
};
const toys: Table = {
  name: 'toys',
  doc: 'Toys.',
  key: ['id'],
  owner: 'id',
  columns: {
    id,
    made_at: { type: 'timestamptz', nullable: false, doc: 'Time of making.' },
    maker_id: { type: 'id', references: 'makers', doc: 'Maker.' },
    weight: { type: 'text', doc: 'Weight.' },
  },
};
const toyParts: Table = {
  name: 'toy_parts',
  doc: 'Parts of a toy.',
  key: ['toy_id', 'position'],
  owner: 'toy_id',
  columns: {
    toy_id: { type: 'id', nullable: false, doc: 'Toy.' },
    position: { type: 'integer', nullable: false, doc: 'Position in the list of the toy, from 0.' },
    part: { type: 'text', nullable: false, doc: 'Part.' },
  },
};

const ALL = [makers, toys, toyParts];

/** The tables, with these changes to the columns of toys; null removes a column. */
function withToys(columns: Readonly<Record<string, Column | null>>, rest: Partial<Table> = {}): Table[] {
  const all = Object.entries({ ...toys.columns, ...columns });
  const own = all.flatMap(([name, column]) => (column === null ? [] : [[name, column] as const]));
  return [makers, { ...toys, columns: Object.fromEntries(own), ...rest }, toyParts];
}

/** Opens a new schema, and a folder for the growing list of migrations. */
async function openLab() {
  const database = await openDatabase(randomSchema());
  const session = await database.connect();
  const dir = await mkdtemp(join(tmpdir(), 'drafts-'));
  after(() => rm(dir, { recursive: true }));
  let last = 0;
  const path = (): string => join(dir, `${String(last).padStart(4, '0')}_next.sql`);
  return {
    draft: (tables: readonly Table[]) => draftMigration(session, database.schema, tables),
    up: async (text: string) => {
      last += 1;
      await writeFile(path(), text);
      await migrateUp(session, database, [dir]);
    },
    down: async () => {
      await migrateDown(session, database, [dir]);
      await rm(path());
      last -= 1;
    },
    sql: (text: string) => session.query(text.replaceAll('target.', `${ident(database.schema)}.`)),
    /** Reads the catalog independently of the code under test. */
    catalog: () => session.rows(CATALOG, [ident(database.schema)]),
  };
}

const CATALOG = `
  SELECT relname::text AS "table", attname::text AS part, format_type(atttypid, atttypmod)
         || coalesce(' ' || nullif(collname, 'default'), '') || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END AS is, col_description(c.oid, attnum) AS about
  FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_collation l ON l.oid = attcollation WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'
  UNION ALL
  SELECT relname, NULL, NULL, obj_description(oid, 'pg_class') FROM pg_class
  WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'
  UNION ALL
  SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), NULL FROM pg_constraint
  WHERE connamespace = to_regnamespace($1) AND contype <> 'n'
  UNION ALL
  SELECT tablename, indexname, indexdef, NULL FROM pg_indexes WHERE to_regnamespace(quote_ident(schemaname)) = to_regnamespace($1)
  ORDER BY 1, 2, 3`;

void describe('npm run migration', () => {
  for (const { name, resources } of sources) {
    it(`has nothing to write for ${name}, because its migrations create the tables that its code declares`, async () => {
      const tables = resources.flatMap((resource): readonly Table[] => resource.tables);
      const text = await withMigrated(migrationDirs({ name }), (session, schema) =>
        draftMigration(session, schema, tables),
      );
      assert.equal(text, null, `type: npm run migration <name>; it would write\n${text}`);
    });
  }

  it('writes SQL as a person would', async () => {
    const { draft } = await openLab();
    assert.equal(await draft([toys, toyParts]), EXPECTED);
    assert.equal(await draft([toys, toyParts]), EXPECTED);
  });

  for (const [what, changed, expected] of [
    ['a table', [makers, toys], /^DROP TABLE toy_parts;$/m],
    [
      'a nullable column',
      withToys({ color: { type: 'text', doc: "The toy's color." } }),
      /^ALTER TABLE toys\n {2}ADD COLUMN color text;\nCOMMENT ON COLUMN toys.color IS 'The toy''s color.';\n\n-- down\nALTER TABLE toys\n {2}DROP COLUMN color;\n$/m,
    ],
    [
      'a column that is not null',
      withToys({ color: { type: 'id', nullable: false, doc: 'Color.' } }),
      /^-- Fails if toys has rows: they have no color\.\nALTER TABLE toys\n {2}ADD COLUMN color text COLLATE "C" NOT NULL;$/m,
    ],
    [
      'a column with an index',
      withToys({ maker_id: null }),
      /^ALTER TABLE toys\n {2}DROP COLUMN maker_id;\n\n-- down$/m,
    ],
    [
      'a type',
      withToys({ weight: { type: 'double precision', doc: 'Weight.' } }),
      /^ {2}ALTER COLUMN weight TYPE double precision USING weight::double precision;$/m,
    ],
    [
      'a collation',
      withToys({ weight: { type: 'id', doc: 'Weight.' } }),
      /^ {2}ALTER COLUMN weight TYPE text COLLATE "C";\n\n-- down\nALTER TABLE toys\n {2}ALTER COLUMN weight TYPE text;$/m,
    ],
    [
      'the nullability of columns',
      withToys({
        weight: { type: 'text', nullable: false, doc: 'Weight.' },
        made_at: { type: 'timestamptz', doc: 'Time of making.' },
      }),
      /^ {2}ALTER COLUMN made_at DROP NOT NULL,\n {2}ALTER COLUMN weight SET NOT NULL;$/m,
    ],
    [
      'a key',
      withToys({ weight: { type: 'id', nullable: false, doc: 'Weight.' } }, { key: ['id', 'weight'] }),
      /^ALTER TABLE toys\n {2}DROP CONSTRAINT toys_pkey,\n.*\n.*\n {2}ADD PRIMARY KEY \(id, weight\);$/m,
    ],
    [
      'references',
      withToys({
        maker_id: { type: 'id', doc: 'Maker.' },
        weight: { type: 'text', references: 'makers', doc: 'Weight.' },
      }),
      /^DROP INDEX toys_maker_id;\nCREATE INDEX toys_weight ON toys \(weight\);$/m,
    ],
    [
      'the descriptions of tables and columns',
      withToys({ weight: { type: 'text', doc: 'Heaviness.' } }, { doc: 'What children have.' }),
      /^COMMENT ON TABLE toys IS 'What children have.';\nCOMMENT ON COLUMN toys.weight IS 'Heaviness.';$/m,
    ],
    [
      'everything together',
      [
        {
          ...toys,
          key: ['made_by'],
          columns: { made_by: id, weight: { type: 'bigint', nullable: false, doc: 'Weight.' } },
        },
        { ...toyParts, name: 'parts' },
      ] as Table[],
      /^DROP TABLE toy_parts, makers;$/m,
    ],
  ] as const) {
    it(`drafts a migration for ${what} that can be applied, reverted and applied again`, async () => {
      const { catalog, down, draft, up } = await openLab();
      await up((await draft(ALL)) ?? assert.fail());
      const before = await catalog();
      const text = (await draft(changed)) ?? assert.fail();
      assert.match(text, expected);
      await up(text);
      assert.equal(await draft(changed), null);
      assert.notDeepEqual(await catalog(), before);
      const back = (await draft(ALL)) ?? assert.fail();
      await down();
      assert.equal(await draft(ALL), null);
      assert.deepEqual(await catalog(), before);
      await up(text);
      await up(back);
      assert.deepEqual(await catalog(), before);
    });
  }

  it('names the views that block a change, and leaves manually created indexes alone', async () => {
    const { draft, sql, up } = await openLab();
    await up((await draft(ALL)) ?? assert.fail());
    await sql(`CREATE VIEW target.heavy AS SELECT id, weight FROM target.toys;
      CREATE INDEX by_hand ON target.toys (made_at); CREATE INDEX toys_weight ON target.toys (weight) WHERE weight > ''`);
    assert.equal(await draft(ALL), null);
    assert.match(
      (await draft(withToys({ weight: null }))) ?? '',
      /^-- Views read what changes here: drop them first and create them again below\. heavy\nALTER TABLE toys$/m,
    );
    assert.doesNotMatch((await draft(withToys({ made_at: null }))) ?? '', /Views/);
    assert.match((await draft([makers])) ?? '', /heavy\nDROP TABLE toy_parts, toys;$/m);
  });

  it('rejects names that would need quotes in SQL, and names that are not valid file names', async () => {
    const { draft } = await openLab();
    for (const name of ['window', 'Weight', 'left', '2nd'])
      await assert.rejects(draft([{ ...makers, columns: { id, [name]: { type: 'text', doc: '' } } }]), {
        message: `Cannot write a migration for table makers: "${name}" would need quotes in SQL, so choose a different name`,
      });
    const dir = migrationDirs(spacex).at(-1) ?? '';
    const files = await readdir(dir);
    for (const args of [[], ['Bad name'], ['../x'], ['one', 'two']]) {
      const run = promisify(execFile)(process.execPath, ['scripts/migration.ts', ...args], {
        cwd: REPOSITORY,
      });
      await assert.rejects(run, {
        code: 2,
        stdout: '',
        stderr: /^Cannot write a migration named ".*": use one name [^\n]*\n$/,
      } as object);
    }
    assert.deepEqual(await readdir(dir), files);
  });
});

const EXPECTED = `-- schema: target

-- up
CREATE TABLE toys (
  id text COLLATE "C" PRIMARY KEY,
  made_at timestamptz NOT NULL,
  maker_id text COLLATE "C",
  weight text,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL
);
CREATE INDEX toys_maker_id ON toys (maker_id);
COMMENT ON TABLE toys IS 'Toys.';
COMMENT ON COLUMN toys.id IS 'Id.';
COMMENT ON COLUMN toys.made_at IS 'Time of making.';
COMMENT ON COLUMN toys.maker_id IS 'Maker.';
COMMENT ON COLUMN toys.weight IS 'Weight.';
COMMENT ON COLUMN toys._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN toys._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN toys._loaded_at IS 'When the row was last changed in this database.';

CREATE TABLE toy_parts (
  toy_id text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  part text NOT NULL,
  _run_id text COLLATE "C" NOT NULL,
  _first_run_id text COLLATE "C" NOT NULL,
  _loaded_at timestamptz NOT NULL,
  PRIMARY KEY (toy_id, position)
);
COMMENT ON TABLE toy_parts IS 'Parts of a toy.';
COMMENT ON COLUMN toy_parts.toy_id IS 'Toy.';
COMMENT ON COLUMN toy_parts.position IS 'Position in the list of the toy, from 0.';
COMMENT ON COLUMN toy_parts.part IS 'Part.';
COMMENT ON COLUMN toy_parts._run_id IS 'Run that last changed the row.';
COMMENT ON COLUMN toy_parts._first_run_id IS 'Run that first loaded the row.';
COMMENT ON COLUMN toy_parts._loaded_at IS 'When the row was last changed in this database.';

-- down
DROP TABLE toy_parts, toys;
`;
