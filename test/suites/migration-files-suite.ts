import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { migrateDown, migrateUp, migrationStates } from '../../src/adapters/postgres/migrate.ts';
import type { Database, Session } from '../../src/adapters/postgres/session.ts';
import { ident, ledgerSchema } from '../../src/adapters/postgres/sql.ts';
import { MIGRATIONS_DIR } from '../../src/app/database.ts';
import { schemas } from './migrations-suite.ts';
import { randomSchema, type OpenDatabase } from './target-lab.ts';

/** Files that fail, and files that are not those that were applied. */
export function testMigrationFiles(name: string, openDatabase: OpenDatabase): void {
  describe(`migration files on ${name}`, () => {
    const open = async (): Promise<{ database: Database; session: Session }> => {
      const database = await openDatabase(randomSchema());
      return { database, session: await database.connect() };
    };

    it('of other files than these are refused, each by its name', async () => {
      const { database, session } = await open();
      const dir = await copyMigrations();
      const path = (one: string): string => join(dir, `${one}.sql`);
      await migrateUp(session, database, dir);
      const applied = await migrationStates(session, database, dir);
      const names = applied.map((state) => state.name);
      const refused = async (reason: RegExp): Promise<void> => {
        for (const act of [migrationStates, migrateUp, migrateDown]) {
          await assert.rejects(act(session, database, dir), { code: 'migration', message: reason });
        }
      };
      // What a checkout makes of line endings is no edit.
      for (const one of names) {
        await writeFile(path(one), (await readFile(path(one), 'utf8')).replaceAll('\n', '\r\n'));
      }
      assert.deepEqual(await migrationStates(session, database, dir), applied);
      assert.deepEqual((await migrateUp(session, database, dir)).applied, []);

      const [first = '', second = ''] = names;
      const text = await readFile(path(second), 'utf8');
      await writeFile(path(second), text.replace('-- up', '-- up\n-- a word more'));
      await refused(new RegExp(`Cannot use schema .*: migration ${second} was edited after it was applied$`));
      await rm(path(second));
      await refused(new RegExp(`migration ${second} was applied to it, and this program does not have`));
      await writeFile(path(second), text);
      await writeFile(path(`${first}_more`), '-- schema: target\n\n-- up\nSELECT 1;\n\n-- down\nSELECT 1;\n');
      await refused(new RegExp(`migration ${first}_more is new, and ${names.at(-1)}, which comes after it`));
      await rm(path(`${first}_more`));
      assert.deepEqual(await migrationStates(session, database, dir), applied);
      await database.close();
    });

    it('that were applied before hashes were kept are not compared, and later ones are', async () => {
      const { database, session } = await open();
      const dir = await copyMigrations();
      const history = ident(ledgerSchema(database.schema), 'migrations');
      await migrateUp(session, database, dir);
      await session.query(`ALTER TABLE ${history} DROP COLUMN sha256`);
      const [first = assert.fail()] = await migrationStates(session, database, dir);
      const path = join(dir, `${first.name}.sql`);
      await writeFile(path, `${await readFile(path, 'utf8')}-- a word more\n`);
      const later = join(dir, '0999_later.sql');
      await writeFile(later, '-- schema: ledger\n\n-- up\nSELECT 1;\n\n-- down\nSELECT 1;\n');
      assert.deepEqual((await migrateUp(session, database, dir)).applied, ['0999_later']);
      await writeFile(later, '-- schema: ledger\n\n-- up\nSELECT 2;\n\n-- down\nSELECT 1;\n');
      await assert.rejects(migrateUp(session, database, dir), {
        code: 'migration',
        message: /0999_later was edited/,
      });
      await database.close();
    });

    it('that meet objects of others name these, and change nothing', async () => {
      const { database, session } = await open();
      const dir = await copyMigrations();
      const mine = `${database.schema}_mine`;
      await writeFile(
        join(dir, '0999_ships.sql'),
        '-- schema: target\n\n-- up\nCREATE TABLE theirs (x int);\n\n-- down\nDROP TABLE theirs;\n',
      );
      await migrateUp(session, database, dir);
      await session.query(
        `CREATE SCHEMA ${mine}; CREATE VIEW ${mine}.seen AS SELECT * FROM ${ident(database.schema)}.theirs`,
      );
      const hint = /Drop what depends on it.*: spacex-pipeline migrate/;
      await assert.rejects(migrateDown(session, database, dir), {
        code: 'database',
        message: new RegExp(
          `^Cannot take migration 0999_ships of schema ${database.schema} back: .*: view ${mine}\\.seen depends on table \\S+ \\(2BP01\\)$`,
        ),
        hint,
      });
      await writeFile(
        join(dir, '0999_types.sql'),
        '-- schema: target\n\n-- up\nALTER TABLE theirs ALTER COLUMN x TYPE text;\n\n-- down\nSELECT 1;\n',
      );
      await assert.rejects(migrateUp(session, database, dir), {
        message: /^Cannot apply migration 0999_types .*seen depends on column "x" \(0A000\)$/,
        hint,
      });
      await session.query(`DROP SCHEMA ${mine} CASCADE`);
      assert.deepEqual((await migrateUp(session, database, dir)).applied, ['0999_types']);
      await database.close();
    });

    for (const [what, file, sql, later] of [
      ['fails in SQL', '0999_broken.sql', 'CREATE TABLE half (x int);\nSELECT 1/0;', 'database'],
      ['is no SQL', '0999_broken.sql', 'CREATE TABEL', 'database'],
      // Once the others were applied, one between them is refused unread.
      [
        'fails before others',
        '0002_a.sql',
        'CREATE TABLE half (x int); CREATE TABLE half (x int);',
        'migration',
      ],
    ] as const) {
      it(`leave nothing behind where one ${what}`, async () => {
        const { database, session } = await open();
        const dir = await copyMigrations();
        await writeFile(join(dir, file), `-- schema: target\n\n-- up\n${sql}\n\n-- down\nDROP TABLE half;\n`);
        await assert.rejects(migrateUp(session, database, dir), { code: 'database' });
        assert.deepEqual(await schemas(session, database), []);
        assert.ok((await migrateUp(session, database, MIGRATIONS_DIR)).applied.length > 0);

        // Those that were there before stay, and a step back that fails takes nothing back.
        await assert.rejects(migrateUp(session, database, dir), { code: later });
        await rm(join(dir, file));
        await writeFile(
          join(dir, '0999_one_way.sql'),
          '-- schema: ledger\n\n-- up\nSELECT 1;\n\n-- down\nSELECT 1/0;\n',
        );
        assert.deepEqual((await migrateUp(session, database, dir)).applied, ['0999_one_way']);
        const states = await migrationStates(session, database, dir);
        await assert.rejects(migrateDown(session, database, dir), { code: 'database' });
        assert.deepEqual(await migrationStates(session, database, dir), states);
        await database.close();
      });
    }

    it('that lack a part are refused before anything is applied', async () => {
      const { database, session } = await open();
      const dir = await copyMigrations();
      await writeFile(join(dir, '0999_parts.sql'), 'CREATE TABLE half (x int);');
      await assert.rejects(migrateUp(session, database, dir), {
        message: 'Cannot read migration 0999_parts: it lacks "-- schema:", "-- up" or "-- down"',
      });
      assert.deepEqual(await schemas(session, database), []);
      await database.close();
    });
  });
}

async function copyMigrations(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'migrations-'));
  after(() => rm(dir, { recursive: true }));
  await cp(MIGRATIONS_DIR, dir, { recursive: true });
  return dir;
}
