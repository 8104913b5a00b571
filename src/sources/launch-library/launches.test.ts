import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { FULL_LAUNCH, launchId, mutantsOf, type Mutant } from '../../../test/suites/odd-launches.ts';
import {
  detailedLaunch,
  launchesWithBoosters,
  NO_LIVING,
  recordedLaunches,
} from '../../../test/suites/recorded-living.ts';
import { assertFits } from '../../../test/suites/resource-suite.ts';
import { compileValidation } from '../../core/validation.ts';
import { compareProfiles } from '../../core/drift.ts';
import type { Row } from '../../core/table.ts';
import { createProfiler } from '../../steps/profile.ts';
import { omitted } from './ignored.ts';
import launches from './launches.ts';

const CONTEXT = { transformedAt: '2026-01-02T03:04:05.678Z', lookup: () => null };
const check = compileValidation(launches.contract);

function rowsOf(record: unknown): Readonly<Record<string, readonly Row[]>> {
  assert.equal(check(record), null);
  const rows = launches.transform(record, CONTEXT);
  for (const { name, columns } of launches.tables)
    for (const row of rows[name] ?? []) assertFits(row, columns);
  return rows;
}

function countRows(records: readonly unknown[]): Readonly<Record<string, number>> {
  const all = records.map(rowsOf);
  const counts = launches.tables.map(
    ({ name }) => [name, all.reduce((sum, rows) => sum + (rows[name]?.length ?? 0), 0)] as const,
  );
  return Object.fromEntries(counts);
}

/** The drift of a single record from the contract. */
function driftOf(record: unknown): readonly string[] {
  const profiler = createProfiler(launches.contract);
  profiler.add(record);
  return compareProfiles(profiler.end('launches'), null)
    .filter(({ kind }) => kind !== 'absent')
    .map(({ found, kind, path }) => `${kind} ${path} ${found}`);
}

describe('recorded launches', { skip: NO_LIVING }, () => {
  it('satisfy the contract and become rows, each with a version', () => {
    const none = { launch_boosters: 0, launch_updates: 0 };
    const counted = (count: number) => ({ ...none, launches: count, launch_versions: count });
    assert.deepEqual(countRows(recordedLaunches('page')), counted(100));
    assert.deepEqual(countRows(recordedLaunches('two')), counted(2));
    assert.deepEqual(countRows([detailedLaunch()]), counted(1));
  });

  it('have the boosters of the recorded landings', () => {
    const records = launchesWithBoosters();
    assert.equal(countRows(records)['launch_boosters'], 79);
    const boosters = records.flatMap((record) => rowsOf(record)['launch_boosters'] ?? []);
    const nulls = (column: string) => boosters.filter((row) => row[column] === null).length;
    assert.deepEqual(
      ['turnaround_s', 'previous_launch_date', 'previous_launch_id', 'reused', 'landing_success'].map(nulls),
      [23, 23, 46, 17, 20],
    );
    assert.equal(boosters.filter((row) => row['launcher_is_placeholder'] === true).length, 17);
  });

  it('contain only fields and values that the contract defines', () => {
    const records = [...recordedLaunches('page'), ...recordedLaunches('two'), ...launchesWithBoosters()];
    assert.deepEqual([...new Set(records.flatMap(driftOf))], []);
  });
});

describe('a launch', () => {
  it('becomes rows', () => {
    const rows = rowsOf(FULL_LAUNCH);
    assert.partialDeepStrictEqual(rows, {
      launches: [
        {
          id: FULL_LAUNCH.id,
          status_abbrev: 'Success',
          probability_pct: 90,
          fail_reason: null,
          rocket_family: 'Falcon, Falcon 9',
          orbit_abbrev: 'LEO',
          pad_latitude_deg: 28.56,
          location_country_code: 'USA',
        },
      ],
      launch_boosters: [
        {
          stage_id: 7,
          launcher_serial: 'B1099',
          previous_launch_id: launchId(1),
          turnaround_s: ((31 * 24 + 1) * 60 + 2) * 60 + 3,
          landing_type_abbrev: 'ASDS',
          landing_location_abbrev: 'OCISLY',
          downrange_km: 620.5,
        },
      ],
      launch_updates: [{ update_id: 11, comment: 'Go.', info_url: null }],
      launch_versions: [{ launch_id: FULL_LAUNCH.id, last_updated: FULL_LAUNCH.last_updated, pad_id: 80 }],
    });
  });

  it('is rejected only if an essential field is missing or invalid', () => {
    const faults = (change: object) => (check({ ...FULL_LAUNCH, ...change }) ?? []).map(({ path }) => path);
    for (const field of ['id', 'name', 'last_updated', 'net', 'status'])
      for (const value of [undefined, null, '', ' ', 7, true, [], 'a\0', '2026-02-30T00:00:00Z'])
        if (field !== 'name' || value !== '2026-02-30T00:00:00Z')
          assert.deepEqual(
            [...new Set(faults({ [field]: value }))],
            [`/${field}`],
            `${field} ${String(value)}`,
          );
    for (const id of [undefined, null, '3', 2 ** 31, 1.5])
      assert.deepEqual(faults({ status: { id, name: 'Go' } }), ['/status/id']);
    assert.deepEqual(faults({ status: { id: 99 } }), []);
  });

  const mutants = [...mutantsOf(FULL_LAUNCH)];
  const named = ({ change, pointer }: Mutant): string => `${pointer}: ${change}`;

  it('is loaded regardless of the values of its other fields', () => {
    assert.ok(mutants.length > 500);
    for (const mutant of mutants) {
      const rows = rowsOf(mutant.record);
      assert.deepEqual([rows['launches']?.length, rows['launch_versions']?.length], [1, 1], named(mutant));
    }
  });

  it('shows each unexpected value as drift', () => {
    assert.deepEqual(driftOf(FULL_LAUNCH), []);
    const ignored = (pointer: string) => omitted[pointer.replaceAll(/\/\d+(?=\/)/g, '/*')] !== undefined;
    const kept = (record: unknown): number => valuesOf(rowsOf(record));
    const whole = kept(FULL_LAUNCH);
    const lost = mutants.filter(
      ({ change, pointer, record }) =>
        !['removed', 'null', 'empty'].includes(change) && !ignored(pointer) && kept(record) < whole,
    );
    assert.ok(lost.length > 200);
    for (const mutant of lost) assert.notDeepEqual(driftOf(mutant.record), [], named(mutant));
    const drifted = (change: object) => driftOf({ ...FULL_LAUNCH, ...change });
    assert.deepEqual(drifted({ window_start: '2026-02-30T00:00:00Z', probability: 1e9 * 10, slug: 7 }), [
      'new_type /slug integer',
      'new_value /window_start 2026-02-30T00:00:00Z',
      'new_value /probability 10000000000',
    ]);
    assert.deepEqual(drifted({ pad: { ...FULL_LAUNCH.pad, latitude: 91, longitude: '1' } }), [
      'new_value /pad/latitude 91',
      'new_type /pad/longitude string',
    ]);
  });

  it('omits a booster or a note without an id, and reports drift', () => {
    const [stage] = FULL_LAUNCH.rocket.launcher_stage;
    const { id: _, ...nameless } = stage;
    const record = {
      ...FULL_LAUNCH,
      rocket: { ...FULL_LAUNCH.rocket, launcher_stage: [nameless, { ...stage, id: '8' }, null, stage] },
      updates: [...FULL_LAUNCH.updates, {}],
    };
    const rows = rowsOf(record);
    assert.deepEqual([rows['launch_boosters']?.length, rows['launch_updates']?.length], [1, 1]);
    assert.deepEqual(driftOf(record), [
      'new_type /rocket/launcher_stage/* null',
      'new_value /rocket/launcher_stage/* null',
      'new_type /rocket/launcher_stage/*/id string',
      'new_value /updates/* null',
    ]);
  });

  it('contains each booster and note once, even if the record lists it twice', () => {
    const [stage] = FULL_LAUNCH.rocket.launcher_stage;
    const twice = [stage, { ...stage, type: 'Strap-On Booster' }, { ...stage, id: 8 }];
    const rows = rowsOf({
      ...FULL_LAUNCH,
      rocket: { ...FULL_LAUNCH.rocket, launcher_stage: twice },
      updates: [...FULL_LAUNCH.updates, ...FULL_LAUNCH.updates],
    });
    assert.deepEqual(
      rows['launch_boosters']?.map(({ stage_id, stage_type }) => [stage_id, stage_type]),
      [
        [7, 'Core'],
        [8, 'Core'],
      ],
    );
    assert.equal(rows['launch_updates']?.length, 1);
  });
});

/** The number of values in all rows. */
function valuesOf(rows: Readonly<Record<string, readonly Row[]>>): number {
  const all = Object.values(rows)
    .flat()
    .flatMap((row) => Object.values(row));
  return all.filter((value) => value !== null).length;
}
