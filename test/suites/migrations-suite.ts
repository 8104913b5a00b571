import spacex from '../../src/sources/spacex/source.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { migrateDown, migrateUp, migrationStates } from '../../src/adapters/postgres/migrate.ts';
import type { Database, Session } from '../../src/adapters/postgres/session.ts';
import { ident, ledgerSchema, NAME_BYTES } from '../../src/adapters/postgres/sql.ts';
import { stagingNames } from '../../src/adapters/postgres/staging.ts';
import { migrationDirs } from '../../src/app/database.ts';
import { baseType, collationOf, PIPELINE_COLUMNS, type Table } from '../../src/core/table.ts';
import { randomSchema, type OpenDatabase } from './target-lab.ts';

const { resources } = spacex;

const TABLES = resources.flatMap((resource): readonly Table[] => resource.tables);

/** The longest name that PostgreSQL does not truncate with `_pipeline` appended, and two names of maximum length. */
const LONG = `${'é'.repeat(20)}${'x'.repeat(14)}`;
const LONGEST = ['a', 'b'].map((end) => `${'é'.repeat(31)}${end}`);
const ODD_SCHEMAS = [
  'Capital',
  'a "quoted" name',
  "it's; DROP",
  'with spaces',
  'sel.ect',
  'select',
  LONG,
  ...LONGEST,
];

/** Tests that migrations create what the table literals describe, are applied once, and can be reverted. */
export function testMigrations(name: string, openDatabase: OpenDatabase): void {
  describe(`migrations on ${name}`, () => {
    const open = async (schema = randomSchema()): Promise<{ database: Database; session: Session }> => {
      const database = await openDatabase(schema);
      return { database, session: await database.connect() };
    };

    for (const schema of [undefined, ...ODD_SCHEMAS]) {
      it(`create the tables of the resources in schema ${schema ?? 'any'}`, async () => {
        const { database, session } = await open(schema);
        await migrateUp(session, database, migrationDirs(spacex));
        for (const table of TABLES) {
          assert.deepEqual(await catalog(session, database.schema, table.name), {
            columns: Object.entries({ ...table.columns, ...PIPELINE_COLUMNS }).map(
              ([column, { type, nullable }]) => ({
                name: column,
                type: type === 'timestamptz' ? 'timestamp with time zone' : baseType({ type }),
                collation: collationOf({ type }),
                nullable: nullable ?? true,
              }),
            ),
            key: table.key,
          });
        }
        assert.deepEqual(
          await tableNames(session, database.schema),
          TABLES.map((table) => table.name).sort(),
        );
        assert.deepEqual(await tableNames(session, ledgerSchema(database.schema)), LEDGER_TABLES);
        await database.close();
      });
    }

    it('use names that PostgreSQL does not truncate, even for staging tables', async () => {
      const { database, session } = await open();
      await migrateUp(session, database, migrationDirs(spacex));
      const made = await session.rows<{ relname: string }>(
        `SELECT relname FROM pg_class WHERE relnamespace = ANY ($1::regnamespace[])`,
        [[ident(database.schema), ident(ledgerSchema(database.schema))]],
      );
      const staging = stagingNames(database.schema, 'f'.repeat(36));
      const tables = resources.flatMap((resource) =>
        resource.tables.map((table: Table) => staging.rows(table)),
      );
      const staged = [staging.held, staging.rejects, ...tables];
      const names = [...made.map(({ relname }) => relname), ...staged.map(([, one]) => one ?? '')];
      assert.ok(names.length > 100);
      assert.deepEqual(
        names.filter((one) => Buffer.byteLength(one) > NAME_BYTES),
        [],
      );
      // A truncated name would be exactly as long as the limit.
      assert.deepEqual(
        made.filter(({ relname }) => Buffer.byteLength(relname) === NAME_BYTES),
        [],
      );
      await database.close();
    });

    it('index every column that references a table, but do not enforce references', async () => {
      const { database, session } = await open();
      await migrateUp(session, database, migrationDirs(spacex));
      const enforced = `SELECT conname FROM pg_constraint WHERE contype = 'f' AND connamespace = to_regnamespace($1)`;
      assert.deepEqual(await session.rows(enforced, [ident(database.schema)]), []);
      for (const table of TABLES) {
        for (const [column, { references }] of Object.entries(table.columns)) {
          if (references === undefined) continue;
          const indexes = await session.rows(
            `SELECT FROM pg_index i JOIN pg_attribute a ON attrelid = indrelid AND attnum = indkey[0]
             WHERE indrelid = to_regclass($1) AND attname = $2`,
            [ident(database.schema, table.name), column],
          );
          assert.equal(indexes.length, 1, `${table.name}.${column}`);
        }
      }
      await database.close();
    });

    it('create indexes that do not depend on a system collation', async () => {
      const { database, session } = await open();
      await migrateUp(session, database, migrationDirs(spacex));
      // 950 is "C", PostgreSQL's own collation, which never changes. 0 is for types without a collation.
      const found = await session.rows<{ index: string; fixed: boolean }>(
        `SELECT indexrelid::regclass::text AS index, bool_and(coll IN (0, 950)) AS fixed
         FROM pg_index JOIN pg_class c ON c.oid = indrelid, unnest(indcollation::oid[]) AS coll
         WHERE relnamespace = ANY ($1::regnamespace[]) GROUP BY indexrelid`,
        [[ident(database.schema), ident(ledgerSchema(database.schema))]],
      );
      assert.ok(found.length > 50);
      assert.deepEqual(
        found.filter(({ fixed }) => !fixed),
        [],
      );
      await database.close();
    });

    it('are applied once, reported by status, and reverted one at a time', async () => {
      const { database, session } = await open();
      const pending = await migrationStates(session, database, migrationDirs(spacex));
      assert.deepEqual(new Set(pending.map(({ applied_at }) => applied_at)), new Set([null]));
      assert.deepEqual(await schemas(session, database), []);
      const names = pending.map((state) => state.name);

      assert.deepEqual((await migrateUp(session, database, migrationDirs(spacex))).applied, names);
      const done = await migrationStates(session, database, migrationDirs(spacex));
      assert.deepEqual(
        done.map((state) => state.name),
        names,
      );
      for (const { applied_at } of done) assert.match(applied_at ?? '', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.deepEqual((await migrateUp(session, database, migrationDirs(spacex))).applied, []);
      assert.deepEqual(await migrationStates(session, database, migrationDirs(spacex)), done);

      for (const [index, last] of names.toReversed().entries()) {
        const before = await bothShapes(session, database);
        assert.equal(await migrateDown(session, database, migrationDirs(spacex)), last);
        const left = (await migrationStates(session, database, migrationDirs(spacex))).filter(
          ({ applied_at }) => applied_at !== null,
        );
        assert.equal(left.length, names.length - 1 - index);
        if (index === 0) {
          assert.notDeepEqual(await bothShapes(session, database), before);
          assert.deepEqual((await migrateUp(session, database, migrationDirs(spacex))).applied, [last]);
          assert.deepEqual(await bothShapes(session, database), before);
          await migrateDown(session, database, migrationDirs(spacex));
        }
      }
      assert.deepEqual(await shape(session, database.schema), []);
      assert.equal(await migrateDown(session, database, migrationDirs(spacex)), null);
      assert.deepEqual((await migrateUp(session, database, migrationDirs(spacex))).applied, names);
      await database.close();
    });

    it('revert nothing if nothing was ever applied', async () => {
      const { database, session } = await open();
      assert.equal(await migrateDown(session, database, migrationDirs(spacex)), null);
      assert.deepEqual(await schemas(session, database), []);
      await database.close();
    });

    it('are rejected if a newer version applied them', async () => {
      const { database, session } = await open();
      await migrateUp(session, database, migrationDirs(spacex));
      await session.query(
        `INSERT INTO ${ident(ledgerSchema(database.schema), 'migrations')} (name) VALUES ('spacex/9999_from_the_future')`,
      );
      await assert.rejects(migrationStates(session, database, migrationDirs(spacex)), {
        code: 'migration',
        message: new RegExp(`Cannot use schema ${database.schema}: .*newer.*spacex/9999_from_the_future`),
      });
      await database.close();
    });
  });
}

/** Only for servers: concurrent migrations. */
export function testConcurrentMigrations(openDatabase: OpenDatabase): void {
  it('concurrent processes apply each migration only once', async () => {
    const database = await openDatabase(randomSchema());
    const sessions = await Promise.all([database.connect(), database.connect(), database.connect()]);
    const migrated = await Promise.all(
      sessions.map((session) => migrateUp(session, database, migrationDirs(spacex))),
    );
    const applied = migrated.map((one) => one.applied);
    const [first] = sessions;
    const names = (await migrationStates(first, database, migrationDirs(spacex))).map(({ name }) => name);
    assert.deepEqual(applied.flat(), names);
    assert.deepEqual(
      applied.map(({ length }) => length).sort((a, b) => a - b),
      [0, 0, names.length],
    );
    await database.close();
  });
}

const LEDGER_TABLES = [
  'contents',
  'job_switches',
  'job_tries',
  'migrations',
  'newest_records',
  'rejects',
  'run_checks',
  'run_pages',
  'run_resources',
  'run_tables',
  'runs',
  'tombstones',
];

async function catalog(session: Session, schema: string, table: string): Promise<unknown> {
  const where = `attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`;
  const relation = [ident(schema, table)];
  const columns = await session.rows(
    `SELECT attname AS name, format_type(atttypid, atttypmod) AS type,
            CASE WHEN attcollation <> typcollation THEN collname END AS collation, NOT attnotnull AS nullable
     FROM pg_attribute JOIN pg_type t ON t.oid = atttypid LEFT JOIN pg_collation c ON c.oid = attcollation
     WHERE ${where} ORDER BY attnum`,
    relation,
  );
  const key = await session.rows<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute JOIN pg_index ON indrelid = attrelid AND indisprimary
     WHERE ${where} AND attnum = ANY (indkey) ORDER BY array_position(indkey::smallint[], attnum)`,
    relation,
  );
  return { columns, key: key.map(({ name }) => name) };
}

async function tableNames(session: Session, schema: string): Promise<string[]> {
  const found = await session.rows<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = to_regnamespace($1) AND relkind = 'r' ORDER BY relname`,
    [ident(schema)],
  );
  return found.map(({ name }) => name);
}

/** Every column of every table and view, with its nullability and its comment. */
async function shape(session: Session, schema: string): Promise<unknown[]> {
  return session.rows(
    `SELECT relname, relkind, attname, attnotnull, col_description(pg_class.oid, attnum) AS comment
     FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
     WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'v') ORDER BY relname, attnum`,
    [ident(schema)],
  );
}

/** The shapes of target and ledger. */
async function bothShapes(session: Session, { schema }: Database): Promise<unknown[]> {
  return [await shape(session, schema), await shape(session, ledgerSchema(schema))];
}

export async function schemas(session: Session, { schema }: Database): Promise<unknown[]> {
  return session.rows('SELECT nspname FROM pg_namespace WHERE nspname = ANY ($1)', [
    [schema, ledgerSchema(schema)],
  ]);
}
