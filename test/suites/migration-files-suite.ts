import spacex from '../../src/sources/spacex/source.ts';
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, describe, it } from 'node:test';

import { migrateDown, migrateUp, migrationStates } from '../../src/adapters/postgres/migrate.ts';
import type { Database, Session } from '../../src/adapters/postgres/session.ts';
import { ident, ledgerSchema } from '../../src/adapters/postgres/sql.ts';
import { migrationDirs } from '../../src/app/database.ts';
import { schemas } from './migrations-suite.ts';
import { randomSchema, type OpenDatabase } from './target-lab.ts';

/** Tests migration files that fail, and files that differ from the applied files. */
export function testMigrationFiles(name: string, openDatabase: OpenDatabase): void {
  describe(`migration files on ${name}`, () => {
    const open = async (): Promise<{ database: Database; session: Session }> => {
      const database = await openDatabase(randomSchema());
      return { database, session: await database.connect() };
    };

    it('are rejected with an error that names them if they were changed, removed or added in between', async () => {
      const { database, session } = await open();
      const { dirs, path } = await copyMigrations();
      await migrateUp(session, database, dirs);
      const applied = await migrationStates(session, database, dirs);
      const names = applied.map((state) => state.name);
      const refused = async (reason: RegExp): Promise<void> => {
        for (const act of [migrationStates, migrateUp, migrateDown]) {
          await assert.rejects(act(session, database, dirs), { code: 'migration', message: reason });
        }
      };
      // Line endings changed by a checkout do not count as an edit.
      for (const one of names) {
        await writeFile(path(one), (await readFile(path(one), 'utf8')).replaceAll('\n', '\r\n'));
      }
      assert.deepEqual(await migrationStates(session, database, dirs), applied);
      assert.deepEqual((await migrateUp(session, database, dirs)).applied, []);

      const ours = names.filter((one) => one.startsWith('spacex/'));
      const [first = ''] = ours;
      const text = await readFile(path(first), 'utf8');
      await writeFile(path(first), text.replace('-- up', '-- up\n-- one more word'));
      await refused(new RegExp(`Cannot use schema .*: migration ${first} was edited after it was applied$`));
      await rm(path(first));
      await refused(new RegExp(`migration ${first} was applied to it, but this program does not have`));
      await writeFile(path(first), text);
      await writeFile(path(`${first}_more`), '-- schema: target\n\n-- up\nSELECT 1;\n\n-- down\nSELECT 1;\n');
      await refused(
        new RegExp(
          `migration ${first}_more is new, but the later migration ${ours.at(-1)} was already applied`,
        ),
      );
      await rm(path(`${first}_more`));
      assert.deepEqual(await migrationStates(session, database, dirs), applied);
      await database.close();
    });

    it('are not compared if they were applied before hashes were stored, but later files are compared', async () => {
      const { database, session } = await open();
      const { dirs, path } = await copyMigrations();
      const history = ident(ledgerSchema(database.schema), 'migrations');
      await migrateUp(session, database, dirs);
      await session.query(`ALTER TABLE ${history} DROP COLUMN sha256`);
      const [first = assert.fail()] = await migrationStates(session, database, dirs);
      await writeFile(path(first.name), `${await readFile(path(first.name), 'utf8')}-- one more word\n`);
      const later = path('ledger/0999_later');
      await writeFile(later, '-- schema: ledger\n\n-- up\nSELECT 1;\n\n-- down\nSELECT 1;\n');
      assert.deepEqual((await migrateUp(session, database, dirs)).applied, ['ledger/0999_later']);
      await writeFile(later, '-- schema: ledger\n\n-- up\nSELECT 2;\n\n-- down\nSELECT 1;\n');
      await assert.rejects(migrateUp(session, database, dirs), {
        code: 'migration',
        message: /ledger\/0999_later was edited/,
      });
      await database.close();
    });

    it('can be added to the ledger after table migrations were applied, and are reverted last', async () => {
      const { database, session } = await open();
      const { dirs, path } = await copyMigrations();
      await migrateUp(session, database, dirs);
      await writeFile(
        path('ledger/0900_more'),
        '-- schema: ledger\n\n-- up\nSELECT 1;\n\n-- down\nSELECT 1;\n',
      );
      const pending = (await migrationStates(session, database, dirs)).filter(
        ({ applied_at }) => applied_at === null,
      );
      assert.deepEqual(
        pending.map((one) => one.name),
        ['ledger/0900_more'],
      );
      assert.deepEqual((await migrateUp(session, database, dirs)).applied, ['ledger/0900_more']);
      const names = (await migrationStates(session, database, dirs)).map((one) => one.name);
      assert.deepEqual(names.slice(0, 6), [
        'ledger/0001_ledger',
        'ledger/0002_jobs',
        'ledger/0003_changes',
        'ledger/0004_comments',
        'ledger/0900_more',
        'spacex/0001_tables',
      ]);
      for (const last of names.toReversed()) assert.equal(await migrateDown(session, database, dirs), last);
      await database.close();
    });

    it('are rejected with a workaround if a version before the first release applied them', async () => {
      const { database, session } = await open();
      const history = ident(ledgerSchema(database.schema), 'migrations');
      await migrateUp(session, database, migrationDirs(spacex));
      await session.query(`DELETE FROM ${history}; INSERT INTO ${history} (name)
        VALUES ('0001_ledger'), ('0002_rockets'), ('0018_derivation_key')`);
      for (const act of [migrationStates, migrateUp, migrateDown]) {
        await assert.rejects(act(session, database, migrationDirs(spacex)), {
          code: 'migration',
          message: `Cannot use schema ${database.schema}: it was created by a pre-release version (migration 0001_ledger) and cannot be migrated`,
          hint: /^Use a different --schema .* replay .*: spacex-pipeline --schema \S+_new run --migrate$/,
        });
      }
      await database.close();
    });

    it('fail with the names of foreign objects that they conflict with, and change nothing', async () => {
      const { database, session } = await open();
      const { dirs, path } = await copyMigrations();
      const mine = `${database.schema}_mine`;
      await writeFile(
        path('spacex/0999_ships'),
        '-- schema: target\n\n-- up\nCREATE TABLE theirs (x int);\n\n-- down\nDROP TABLE theirs;\n',
      );
      await migrateUp(session, database, dirs);
      await session.query(
        `CREATE SCHEMA ${mine}; CREATE VIEW ${mine}.seen AS SELECT * FROM ${ident(database.schema)}.theirs`,
      );
      const hint = /Drop the dependent objects.*: spacex-pipeline migrate/;
      await assert.rejects(migrateDown(session, database, dirs), {
        code: 'database',
        message: new RegExp(
          `^Cannot revert migration spacex/0999_ships of schema ${database.schema}: .*: view ${mine}\\.seen depends on table \\S+ \\(2BP01\\)$`,
        ),
        hint,
      });
      await writeFile(
        path('spacex/0999_types'),
        '-- schema: target\n\n-- up\nALTER TABLE theirs ALTER COLUMN x TYPE text;\n\n-- down\nSELECT 1;\n',
      );
      await assert.rejects(migrateUp(session, database, dirs), {
        message: /^Cannot apply migration spacex\/0999_types .*seen depends on column "x" \(0A000\)$/,
        hint,
      });
      await session.query(`DROP SCHEMA ${mine} CASCADE`);
      assert.deepEqual((await migrateUp(session, database, dirs)).applied, ['spacex/0999_types']);
      await database.close();
    });

    for (const [what, file, sql, later] of [
      [
        'fails with an SQL error',
        'spacex/0999_broken',
        'CREATE TABLE half (x int);\nSELECT 1/0;',
        'database',
      ],
      ['is not SQL', 'spacex/0999_broken', 'CREATE TABEL', 'database'],
      // Once the other migrations are applied, a migration between them is rejected without being executed.
      [
        'fails before the others',
        'spacex/0001_a',
        'CREATE TABLE half (x int); CREATE TABLE half (x int);',
        'migration',
      ],
    ] as const) {
      it(`leave nothing behind if one of them ${what}`, async () => {
        const { database, session } = await open();
        const { dirs, path } = await copyMigrations();
        await writeFile(path(file), `-- schema: target\n\n-- up\n${sql}\n\n-- down\nDROP TABLE half;\n`);
        await assert.rejects(migrateUp(session, database, dirs), { code: 'database' });
        assert.deepEqual(await schemas(session, database), []);
        assert.ok((await migrateUp(session, database, migrationDirs(spacex))).applied.length > 0);

        // Existing objects stay, and a failed down migration reverts nothing.
        await assert.rejects(migrateUp(session, database, dirs), { code: later });
        await rm(path(file));
        await writeFile(
          path('spacex/0999_one_way'),
          '-- schema: ledger\n\n-- up\nSELECT 1;\n\n-- down\nSELECT 1/0;\n',
        );
        assert.deepEqual((await migrateUp(session, database, dirs)).applied, ['spacex/0999_one_way']);
        const states = await migrationStates(session, database, dirs);
        await assert.rejects(migrateDown(session, database, dirs), { code: 'database' });
        assert.deepEqual(await migrationStates(session, database, dirs), states);
        await database.close();
      });
    }

    it('are rejected before anything is applied if they lack a part', async () => {
      const { database, session } = await open();
      const { dirs, path } = await copyMigrations();
      await writeFile(path('spacex/0999_parts'), 'CREATE TABLE half (x int);');
      await assert.rejects(migrateUp(session, database, dirs), {
        message: 'Cannot read migration spacex/0999_parts: it lacks "-- schema:", "-- up" or "-- down"',
      });
      assert.deepEqual(await schemas(session, database), []);
      await database.close();
    });
  });
}

type Copied = { readonly dirs: readonly string[]; readonly path: (name: string) => string };

async function copyMigrations(): Promise<Copied> {
  const root = await mkdtemp(join(tmpdir(), 'migrations-'));
  after(() => rm(root, { recursive: true }));
  const dirs = migrationDirs(spacex).map((from) => ({ from, to: join(root, basename(from)) }));
  for (const { from, to } of dirs) await cp(from, to, { recursive: true });
  return { dirs: dirs.map(({ to }) => to), path: (name) => join(root, `${name}.sql`) };
}
