import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { withMigrated } from '../../scripts/migrated.ts';
import { draftMigration } from '../../scripts/migration.ts';
import { openServer } from '../../src/adapters/postgres/server.ts';
import { migrationDirs } from '../../src/app/database.ts';
import type { Row } from '../../src/core/table.ts';
import launches from '../../src/sources/launch-library/launches.ts';
import launchLibrary from '../../src/sources/launch-library/source.ts';
import { rowsOf } from '../suites/load-all.ts';
import { FULL_LAUNCH, launchId, mutantsOf } from '../suites/odd-launches.ts';
import { openSharedPglite } from '../suites/pglite.ts';
import {
  detailedLaunch,
  launchesWithBoosters,
  NO_LIVING,
  recordedLaunches,
  recordedStates,
} from '../suites/recorded-living.ts';
import { load, openLab, randomSchema, type Lab, type OpenDatabase } from '../suites/target-lab.ts';
import { createDatabase } from '../support/postgres.ts';

const CONTEXT = { transformedAt: '2026-01-02T03:04:05.678Z', lookup: () => null };

const testDatabase = await createDatabase();
after(() => testDatabase.drop());

/** Loads the rows of these records into a new schema. */
async function labWith(openDatabase: OpenDatabase, records: readonly unknown[]): Promise<Lab> {
  const lab = await openLab(openDatabase, randomSchema(), launchLibrary);
  const rows = rowsOf(launches, records, CONTEXT);
  // If there are several versions of a launch, the last version provides the row, as after several pulls.
  const loaded = launches.tables.map(({ key, name }) => {
    const keyOf = (row: Row): string => JSON.stringify(key.map((column) => row[column]));
    return [name, [...new Map((rows[name] ?? []).map((row) => [keyOf(row), row])).values()]] as const;
  });
  await load(lab, [{ resource: launches, rows: Object.fromEntries(loaded) }]);
  return lab;
}

/** A version of the invented launch, with this time of day and these changes. */
function version(last_updated: string, change: object = {}): object {
  return { ...FULL_LAUNCH, last_updated: `2026-01-01T${last_updated}:00Z`, ...change };
}

function testLaunches(name: string, openDatabase: OpenDatabase): void {
  void describe(`launches on ${name}`, () => {
    const opened: Lab[] = [];
    const open = async (records: readonly unknown[]): Promise<Lab> => {
      const lab = await labWith(openDatabase, records);
      opened.push(lab);
      return lab;
    };
    after(() => Promise.all(opened.map((lab) => lab.close())));

    void it('are stored, no matter what values their fields have', async () => {
      const records = [...mutantsOf(FULL_LAUNCH)].map(({ record }) => record);
      const { session } = await open(records);
      const [found] = await session.rows<{ launches: number; versions: number }>(
        'SELECT (SELECT count(*) FROM launches) AS launches, (SELECT count(*) FROM launch_versions) AS versions',
      );
      assert.deepEqual(found, { launches: records.length, versions: records.length });
    });

    void it('have a history in which equal consecutive versions are merged', async () => {
      const hold = { status: { id: 5, name: 'On Hold', abbrev: 'Hold' } };
      const other = { id: launchId(9), net: '2026-02-02T00:00:00Z' };
      // Deliberately unsorted, because the order in which versions arrive has no meaning.
      const { session } = await open([
        version('05:00', { weather_concerns: null }),
        version('03:00', hold),
        version('01:00', { hashtag: 'not part of a version' }),
        version('02:00'),
        version('04:00'),
        version('00:30', { ...other, probability: null }),
        version('06:00', { ...other, probability: null }),
      ]);
      const rows = await session.rows(
        `SELECT launch_id = '${FULL_LAUNCH.id}' AS own, to_char(valid_from AT TIME ZONE 'UTC', 'HH24:MI') AS valid_from,
                to_char(valid_to AT TIME ZONE 'UTC', 'HH24:MI') AS valid_to, status_abbrev, weather_concerns
         FROM launch_history ORDER BY launch_id, 2`,
      );
      const clouds = { own: true, status_abbrev: 'Success', weather_concerns: 'Cumulus clouds' };
      assert.deepEqual(rows, [
        { ...clouds, valid_from: '01:00', valid_to: '03:00' },
        { ...clouds, valid_from: '03:00', valid_to: '04:00', status_abbrev: 'Hold' },
        { ...clouds, valid_from: '04:00', valid_to: '05:00' },
        { ...clouds, valid_from: '05:00', valid_to: null, weather_concerns: null },
        { ...clouds, own: false, valid_from: '00:30', valid_to: null },
      ]);
    });

    void it('are listed in chronological order if they are upcoming', async () => {
      const { session } = await open([
        version('01:00', { id: launchId(1), net: '2999-03-01T00:00:00Z' }),
        version('01:00', {
          id: launchId(2),
          net: '2999-01-31T00:00:00Z',
          net_precision: { id: 7, name: 'Month' },
        }),
        version('01:00', { id: launchId(3), net: '2020-01-31T00:00:00Z' }),
      ]);
      assert.deepEqual(await session.rows('SELECT id, net_precision_name FROM next_launches'), [
        { id: launchId(2), net_precision_name: 'Month' },
        { id: launchId(1), net_precision_name: 'Second' },
      ]);
    });

    void it('are found by the data checks if they look wrong', async () => {
      const [stage] = FULL_LAUNCH.rocket.launcher_stage;
      const unknown = {
        ...stage,
        launcher: { ...stage.launcher, is_placeholder: true },
        landing: { ...stage.landing, success: null },
      };
      const lab = await open([
        version('01:00'),
        version('01:00', { id: launchId(1), net: '2999-01-31T00:00:00Z' }),
        version('01:00', { id: launchId(2), net: '2020-01-31T00:00:00Z', status: { id: 1 } }),
        version('01:00', { id: launchId(3), status: { id: 4 } }),
        version('01:00', { id: launchId(4), rocket: { ...FULL_LAUNCH.rocket, launcher_stage: [unknown] } }),
      ]);
      const found = await Promise.all(
        launches.checks.map(async (check) => {
          const rows = await lab.session.rows<{ id: string; detail: string }>(check.sql);
          assert.ok(rows.every(({ detail }) => typeof detail === 'string'));
          return [check.name, rows.map(({ id }) => Number(id.slice(-12)))];
        }),
      );
      assert.deepEqual(Object.fromEntries(found), {
        net_outside_window: [1, 2],
        net_passed: [2],
        outcome_before_net: [1],
        failure_unexplained: [3],
        landing_unknown: [4],
        booster_unnamed: [4],
      });
    });
  });

  void describe(`recorded launches on ${name}`, { skip: NO_LIVING }, () => {
    let lab: Lab;
    before(async () => {
      const records = [...recordedLaunches('page'), detailedLaunch(), ...launchesWithBoosters()];
      lab = await labWith(openDatabase, records);
    });
    after(() => lab.close());

    void it('are stored completely, with their boosters', async () => {
      const [found] = await lab.session.rows(
        `SELECT (SELECT count(*) FROM launches) AS launches, (SELECT count(*) FROM launch_boosters) AS boosters,
                (SELECT count(*) FROM launches WHERE provider_id = 121) AS own,
                (SELECT count(*) FROM launch_boosters WHERE turnaround_s IS NULL) AS without_turnaround,
                (SELECT round(max(turnaround_s) / 86400.0, 1)::float8 FROM launch_boosters) AS slowest_days`,
      );
      assert.deepEqual(found, {
        launches: 180,
        boosters: 79,
        own: 51,
        without_turnaround: 23,
        slowest_days: 345.5,
      });
    });

    void it('have the same history, regardless of the order in which their states arrive', async () => {
      const states = recordedStates();
      for (const records of [states, states.toReversed()]) {
        const other = await labWith(openDatabase, records);
        try {
          const [found] = await other.session.rows(
            `SELECT (SELECT count(DISTINCT launch_id) FROM launch_versions) AS launches, (SELECT count(*) FROM launch_versions) AS versions,
                    count(*) AS rows, count(*) FILTER (WHERE valid_to IS NULL) AS open FROM launch_history`,
          );
          assert.deepEqual(found, { launches: 121, versions: 647, rows: 531, open: 121 });
        } finally {
          await other.close();
        }
      }
    });
  });
}

testLaunches('PostgreSQL', async (schema) => openServer({ url: testDatabase.url, schema }));
testLaunches('PGlite', await openSharedPglite());

void it('launches have the tables that their literals describe, with a comment on every table and column', async () => {
  await withMigrated(migrationDirs(launchLibrary), async (session, schema) => {
    assert.equal(await draftMigration(session, schema, launches.tables), null);
    const silent = await session.rows(
      `SELECT relname, attname FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0
       WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'v')
       AND (col_description(c.oid, attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)`,
      [schema],
    );
    assert.deepEqual(silent, []);
  });
});
