import spacex from '../../src/sources/spacex/source.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  migrateDown,
  migrateUp,
  migrationStates,
  missingNames,
} from '../../src/adapters/postgres/migrate.ts';
import { ident, ledgerSchema } from '../../src/adapters/postgres/sql.ts';
import { migrationDirs } from '../../src/app/database.ts';
import type { PipelineError } from '../../src/core/errors.ts';
import { beginRun, load, openLab, stageAndPublish, type Lab, type OpenDatabase } from './target-lab.ts';
import { maker, makers } from './target-resources.ts';

const SOME = { resource: makers, rows: { makers: [maker('m')] } };

type RepairLab = Lab & {
  /** Runs statements in which `target` and `ledger` stand for the schema names. */
  readonly sql: (text: string) => Promise<unknown>;
  /** The missing objects, with `target` and `ledger` instead of the schema names. */
  readonly missing: () => Promise<readonly string[]>;
  readonly up: () => Promise<readonly string[]>;
};

/** Tests that dropped objects are restored. The catalog, not only the history, determines what is missing. */
export function testRepair(name: string, openDatabase: OpenDatabase): void {
  describe(`a missing object on ${name}`, () => {
    const open = async (): Promise<RepairLab> => {
      const lab = await openLab(openDatabase);
      const { database, session } = lab;
      const [target, ledger] = [database.schema, ledgerSchema(database.schema)];
      const bare = (names: readonly string[]): string[] =>
        names.map((one) => one.replaceAll(ledger, 'ledger').replaceAll(target, 'target'));
      return {
        ...lab,
        sql: (text) =>
          lab.session.query(
            text.replaceAll(/\btarget\b/g, ident(target)).replaceAll(/\bledger\b/g, ident(ledger)),
          ),
        missing: async () =>
          bare((await missingNames(session, database, migrationDirs(spacex))) ?? assert.fail()),
        up: async () => bare((await migrateUp(session, database, migrationDirs(spacex))).made_again),
      };
    };

    for (const [what, sql, names] of [
      ['a schema', 'DROP SCHEMA target CASCADE', ['everything in schema target']],
      [
        'tables and the objects based on them',
        'DROP TABLE target.company, target.starlink, ledger.runs CASCADE; CREATE TABLE target.mine (id int)',
        [
          'table ledger.runs',
          'constraint run_resources_run_id_fkey of ledger.run_resources',
          'constraint run_pages_run_id_fkey of ledger.run_pages',
          'constraint run_tables_run_id_fkey of ledger.run_tables',
          'constraint run_checks_run_id_fkey of ledger.run_checks',
          'constraint tombstones_run_id_fkey of ledger.tombstones',
          'table target.starlink',
          'table target.company',
          'view target.starlink_shells',
        ],
      ],
      [
        'parts of tables',
        `DROP INDEX target.launches_rocket_id; ALTER TABLE target.rockets DROP CONSTRAINT rockets_pkey;
         ALTER TABLE target.ships DROP COLUMN name; ALTER TABLE target.launch_crew DROP COLUMN launch_id CASCADE;
         ALTER TABLE ledger.tombstones DROP COLUMN tombstone_id; ALTER TABLE ledger.contents DROP COLUMN only_row`,
        [
          'column only_row of ledger.contents',
          'column tombstone_id of ledger.tombstones',
          'constraint contents_pkey of ledger.contents',
          'constraint tombstones_pkey of ledger.tombstones',
          'constraint contents_only_row_check of ledger.contents',
          'column name of target.ships',
          'column launch_id of target.launch_crew',
          'constraint rockets_pkey of target.rockets',
          'constraint launch_crew_pkey of target.launch_crew',
          'index launches_rocket_id of target.launches',
          'view target.crew_flights',
          'view target.ship_recoveries',
        ],
      ],
    ] as const) {
      it(`is recreated as it was: ${what}`, async () => {
        const lab = await open();
        const asItWas = await catalog(lab);
        await lab.sql(sql.replace('DROP COLUMN name', 'DROP COLUMN name CASCADE'));
        assert.deepEqual(await lab.missing(), names);
        assert.deepEqual(await lab.up(), names);
        assert.deepEqual(await catalog(lab), asItWas);
        assert.deepEqual(await lab.missing(), []);
        await lab.close();
      });
    }

    it('is recreated before pending migrations are applied', async () => {
      const lab = await open();
      const pending: string[] = [];
      while (pending.at(-1) !== 'spacex/0002_views')
        pending.push((await migrateDown(lab.session, lab.database, migrationDirs(spacex))) ?? assert.fail());
      // A view reads this table.
      await lab.sql('DROP TABLE target.starlink');
      const { applied, made_again } = await migrateUp(lab.session, lab.database, migrationDirs(spacex));
      assert.deepEqual([applied, made_again.length], [pending.toReversed(), 1]);
      assert.deepEqual(await lab.missing(), []);
      await lab.close();
    });

    it('is recreated without changes to rows that violate a check or a reference', async () => {
      const lab = await open();
      const { id } = await load(lab, [SOME]);
      await lab.sql('DROP TABLE ledger.runs CASCADE');
      await lab.up();
      assert.deepEqual(await lab.session.rows('SELECT run_id FROM run_resources'), [{ run_id: id }]);
      assert.equal((await load(lab, [SOME])).status, 'succeeded');
      await lab.close();
    });

    it('cannot be recreated if it is a column that existing rows require, but the command in the hint helps', async () => {
      const lab = await open();
      await load(lab, [SOME]);
      await lab.sql(`ALTER TABLE ledger.run_tables DROP COLUMN digest; ALTER TABLE target.rockets DROP COLUMN id CASCADE;
        INSERT INTO target.rockets (name, transformed_at_utc, transformed_at_date, _run_id, _first_run_id, _loaded_at)
        VALUES ('r', now(), now(), '', '', now())`);
      for (const column of ['digest of table run_tables', 'id of table rockets']) {
        const refused = await lab.up().then(
          () => assert.fail(),
          (error: PipelineError) => error,
        );
        assert.deepEqual([refused.code, refused.context], ['database', { sqlstate: '23502' }]);
        assert.match(
          refused.message,
          new RegExp(`^Cannot recreate column ${column} in schema .*: .*null values`),
        );
        const [, sql = ''] =
          /Empty the table \(.*\), then run migrate up: spacex-pipeline query --write '(.*)'$/.exec(
            refused.hint ?? '',
          ) ?? [];
        await lab.session.query(sql);
      }
      await lab.up();
      assert.deepEqual(await lab.missing(), []);
      await lab.close();
    });

    it('is recreated from the runs if it stores the kind of the records', async () => {
      const lab = await open();
      await stageAndPublish(await beginRun(lab, { simulated: true }), [SOME]);
      await lab.sql('DROP TABLE ledger.contents');
      await lab.up();
      await assert.rejects(beginRun(lab, { simulated: false }), { code: 'kind' });

      await lab.sql('DROP TABLE ledger.contents, ledger.runs CASCADE');
      const hint = await refusal(lab, /: it contains rows, but no ledger records where they came from$/);
      await lab.session.query(/query --write '(.*)'$/.exec(hint)?.[1] ?? '');
      assert.deepEqual((await lab.up()).slice(0, 1), ['everything in schema target']);
      await lab.sql('DROP SCHEMA set_aside_target CASCADE');
      await lab.close();
    });

    it('prevents loading into existing tables if it is the ledger', async () => {
      const lab = await open();
      await lab.sql('DROP SCHEMA ledger CASCADE');
      const hint = await refusal(
        lab,
        /: it contains rockets, rocket_payload_weights, rocket_images and \d+ more, but no ledger/,
      );
      await lab.session.query(/query --write '(.*)'$/.exec(hint)?.[1] ?? '');
      const { applied, made_again } = await migrateUp(lab.session, lab.database, migrationDirs(spacex));
      assert.deepEqual([applied.length > 2, made_again], [true, []]);
      await lab.sql('DROP SCHEMA set_aside_target CASCADE');
      await lab.close();
    });

    it('is recreated if it is the history of an otherwise complete schema', async () => {
      const lab = await open();
      const states = await migrationStates(lab.session, lab.database, migrationDirs(spacex));
      await lab.sql('DROP TABLE ledger.migrations');
      assert.deepEqual(await migrateUp(lab.session, lab.database, migrationDirs(spacex)), {
        applied: [],
        made_again: [],
      });
      const after = await migrationStates(lab.session, lab.database, migrationDirs(spacex));
      assert.deepEqual(
        after.map((one) => one.name),
        states.map((one) => one.name),
      );
      assert.ok(after.every(({ applied_at }) => applied_at !== null));
      await lab.close();
    });

    it('is not searched for on a read-only server, and not replaced by a foreign table with the same name', async () => {
      const lab = await open();
      await lab.session.query('SET default_transaction_read_only = on');
      assert.equal(await missingNames(lab.session, lab.database, migrationDirs(spacex)), null);
      await lab.session.query('RESET default_transaction_read_only');
      await lab.sql(
        'DROP SCHEMA target, ledger CASCADE; CREATE SCHEMA target; CREATE TABLE target.ships (id int)',
      );
      await refusal(lab, /^Cannot migrate schema \S+: it contains ships, but no ledger records/);
      await lab.close();
    });
  });
}

async function refusal({ up }: RepairLab, message: RegExp): Promise<string> {
  const refused = await up().then(
    () => assert.fail(),
    (error: PipelineError) => error,
  );
  assert.equal(refused.code, 'migration');
  assert.match(refused.message, message);
  return refused.hint ?? '';
}

/** Everything that migrations create, read without the code under test, with columns sorted by name. */
async function catalog({ session, database }: Lab): Promise<unknown[]> {
  await session.query('BEGIN');
  const found: unknown[] = [];
  for (const schema of [database.schema, ledgerSchema(database.schema)]) {
    await session.execute(`SELECT set_config('search_path', $1, true)`, [ident(schema)]);
    const relations = `SELECT oid FROM pg_class WHERE relnamespace = to_regnamespace('${ident(schema)}') AND relname !~ '^(maker|part|mine)'`;
    found.push(
      await session.rows(`SELECT relname, relkind, attname, format_type(atttypid, atttypmod), attcollation, attnotnull, attidentity, pg_get_expr(adbin, adrelid),
                obj_description(c.oid, 'pg_class') AS about, col_description(c.oid, attnum) AS column_about
         FROM pg_class c LEFT JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'v')
         LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = attnum
         WHERE c.oid IN (${relations}) ORDER BY relname, attname`),
      await session.rows(
        `SELECT conname, conrelid::regclass::text, convalidated, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid IN (${relations}) ORDER BY 2, 1`,
      ),
      await session.rows(
        `SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid IN (${relations}) ORDER BY 1`,
      ),
      await session.rows(
        `SELECT relname, pg_get_viewdef(oid) FROM pg_class WHERE oid IN (${relations}) AND relkind = 'v' ORDER BY 1`,
      ),
    );
  }
  await session.query('ROLLBACK');
  return found;
}
