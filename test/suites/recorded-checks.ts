import assert from 'node:assert/strict';
import { it } from 'node:test';

import { checkRows, runChecks } from '../../src/adapters/postgres/checks.ts';
import spacex from '../../src/sources/spacex/source.ts';
import type { Lab } from './target-lab.ts';

const { resources } = spacex;

/**
 * What each data check finds in the recorded responses. Launches, payloads, pads and ships were recorded from 2023 to
 * 2026, cores, capsules and rockets in 2025 (all in the state of November 2022), and crew in October 2021.
 */
const FOUND = {
  rocket_first_flight_differs: 0,
  rocket_first_flight_without_launch: 1, // Starship
  rocket_success_rate_differs: 0,

  launch_utc_offset_differs: 14, // daylight saving time confused with standard time, COTS 1 to CRS-10
  launchpad_counts_differ: 0,
  launchpad_rocket_unlisted: 0,
  launchpad_never_used: 2, // SLC 3W, STLS
  launchpad_missing_in_launch: 0,
  launch_missing_in_launchpad: 0,

  landpad_counts_differ: 1, // OCISLY has 61 attempts and 54 landings, but launches add up to 64 and 55
  landpad_same_place: 2, // LZ-1, LZ-2
  landing_outcome_unknown: 2, // CRS-7 and Amos-6, which were lost before landing
  landing_without_attempt: 0,
  landing_without_pad: 0, // the 7 landings without a pad were all in the ocean
  landpad_missing_in_launch: 0,
  launch_missing_in_landpad: 0,

  payload_missing_in_launch: 3, // O3b mPower 3.4, Starlink 4-36, TTL-1
  launch_missing_in_payload: 4, // NROL-87, Starlink 4-36, TTL-1 and O3b mPower 3.4 list payloads that refer to a different launch
  payload_in_two_launches: 2, // NROL-87; O3b mPower 1,2
  payload_unlisted: 5, // the payloads of 3 removed launches, and O3b mPower 3.4
  launch_without_payload: 12, // all upcoming
  payload_capsule_differs: 1, // CRS-23
  payload_norad_id_repeated: 1, // Iridium NEXT 2
  payload_norad_id_shared: 84, // Starlink-7 and 9 share 60, Starlink-8, 9 and 10 share 22, two pairs share one each
  payload_reference_system_odd: 3, // trans-lunar-injection (twice) and highly-elliptical
  payload_impossible: 0,

  core_reuse_count_differs: 0,
  core_landings_differ: 12, // failed attempts on drone ships are not counted: B1012 … B1059
  core_flight_numbers_broken: 2, // B1063 has flights 1, 2, 2, 4 …; B1072 starts with 4
  core_reused_differs: 0,
  core_unknown_described: 13, // all upcoming
  launch_core_unknown: 0,
  core_never_flown: 5, // B1068, B1070, B1074, B1075, B1076
  core_missing_in_launch: 0,
  launch_missing_in_core: 0,

  capsule_reuse_count_differs: 0,
  capsule_landings_excess: 1, // C208: two landings, one flight
  capsule_never_flown: 4, // C202, C203, C204, C211
  capsule_missing_in_launch: 0,
  launch_missing_in_capsule: 0,

  fairing_ship_unlisted: 6,
  ship_status_empty: 17, // the other 12 are null
  ship_missing_in_launch: 0,
  launch_missing_in_ship: 0,

  crew_missing_in_launch: 0,
  launch_missing_in_crew: 4, // Crew-3, which had not flown when the crew was recorded

  starlink_launch_date_differs: 0,
  starlink_decay_differs: 0,
  starlink_impossible: 0,

  roadster_axis_impossible: 1, // 57.7 AU, although the distance is between 0.99 and 1.66 AU
  roadster_unix_differs: 0,

  history_unix_differs: 0,

  launch_flight_number_shared: 6, // four launches have 188, two have 198
  launch_flight_number_missing: 2, // 190, 201
  launch_order_differs: 4, // past: Starlink 4-19 after Nilesat-301; upcoming: 3, and 2 more with shared numbers
  launch_unix_differs: 2, // COTS 2 by 20 days, SSO-A by 120 s
  launch_local_differs: 7, // RatSat, CRS-1, ABS-3A, OG-2 M2, Iridium NEXT M5 and M6, Starlink 4-4
  launch_local_month_differs: 8, // all launches that are known only to the month
  launch_overdue: 18, // all upcoming launches, planned for late 2022
  launch_date_vague: 1, // Starlink 4-25
  launch_outcome_unknown: 1, // Starlink 3-1
  launch_outcome_early: 0,
  launch_failure_differs: 0,
  launch_failure_early: 1, // Amos-6, on the pad
  static_fire_unix_differs: 1, // Starlink-6
  static_fire_late: 2, // OG-2 M1, SES-9
  launch_not_updated: 3, // Starlink 4-4, Türksat 5B, CSG-2
};

const A_LAUNCH = `(SELECT launch_id FROM launch_crew ORDER BY 1 LIMIT 1)`;

/** For each check that finds nothing, a statement that breaks the recorded data so that the check finds something. */
const BROKEN: Readonly<Record<string, string>> = {
  rocket_first_flight_differs: `UPDATE rockets SET first_flight_date = first_flight_date + 1`,
  rocket_success_rate_differs: `UPDATE rockets SET success_rate_pct = success_rate_pct + 3`,
  launchpad_counts_differ: `UPDATE launchpads SET launch_attempts = launch_attempts + 1`,
  launchpad_rocket_unlisted: `DELETE FROM launchpad_rockets`,
  launchpad_missing_in_launch: `UPDATE launches SET launchpad_id = NULL WHERE id = ${A_LAUNCH}`,
  launch_missing_in_launchpad: `DELETE FROM launchpad_launches WHERE launch_id = ${A_LAUNCH}`,
  landing_without_attempt: `UPDATE launch_cores SET landing_attempt = false`,
  landing_without_pad: `UPDATE launch_cores SET landpad_id = NULL`,
  landpad_missing_in_launch: `UPDATE launch_cores SET landpad_id = NULL WHERE launch_id = ${A_LAUNCH}`,
  launch_missing_in_landpad: `DELETE FROM landpad_launches WHERE launch_id = ${A_LAUNCH}`,
  payload_impossible: `UPDATE payloads SET semi_major_axis_km = semi_major_axis_km * 1.1`,
  core_reuse_count_differs: `UPDATE cores SET reuse_count = reuse_count + 1`,
  core_reused_differs: `UPDATE launch_cores SET reused = NOT reused`,
  launch_core_unknown: `UPDATE launch_cores SET core_id = NULL`,
  core_missing_in_launch: `DELETE FROM launch_cores WHERE launch_id = ${A_LAUNCH}`,
  launch_missing_in_core: `DELETE FROM core_launches WHERE launch_id = ${A_LAUNCH}`,
  capsule_reuse_count_differs: `UPDATE capsules SET reuse_count = reuse_count + 1`,
  capsule_missing_in_launch: `DELETE FROM launch_capsules WHERE launch_id = ${A_LAUNCH}`,
  launch_missing_in_capsule: `DELETE FROM capsule_launches WHERE launch_id = ${A_LAUNCH}`,
  ship_missing_in_launch: `DELETE FROM launch_ships WHERE launch_id = ${A_LAUNCH}`,
  launch_missing_in_ship: `DELETE FROM ship_launches WHERE launch_id = ${A_LAUNCH}`,
  crew_missing_in_launch: `DELETE FROM launch_crew WHERE launch_id = ${A_LAUNCH}`,
  starlink_launch_date_differs: `UPDATE starlink SET launch_date = launch_date + 2`,
  starlink_decay_differs: `UPDATE starlink SET decayed = 1`,
  starlink_impossible: `UPDATE starlink SET apoapsis_km = periapsis_km - 1`,
  roadster_unix_differs: `UPDATE roadster SET launch_date_unix = launch_date_unix + 1`,
  history_unix_differs: `UPDATE history SET event_date_unix = event_date_unix + 1`,
  launch_outcome_early: `UPDATE launches SET success = true WHERE upcoming`,
  launch_failure_differs: `DELETE FROM launch_failures`,
};

export function testRecordedChecks(lab: () => Lab): void {
  const check = async (runId: string) => {
    const results = await runChecks(lab().session, runId, resources);
    assert.deepEqual(
      results.filter(({ error }) => error !== null),
      [],
    );
    return Object.fromEntries(results.map(({ name, count }) => [name, count]));
  };
  const run = async (): Promise<string> => {
    const [newest] = await lab().session.rows<{ run_id: string }>('SELECT max(run_id) AS run_id FROM runs');
    return newest?.run_id ?? assert.fail('no run');
  };

  it('contain the known errors, which the data checks find', async () => {
    assert.deepEqual(await check(await run()), FOUND);
    for (const one of resources.flatMap(({ checks }) => checks)) {
      for (const row of await checkRows(lab().session, one, 1000)) {
        assert.deepEqual(
          Object.values(row).filter((value) => typeof value !== 'string'),
          [],
          one.name,
        );
      }
    }
  });

  it('make every other data check report a finding if they are broken', async () => {
    const { session } = lab();
    assert.deepEqual(
      Object.keys(BROKEN).sort(),
      Object.entries(FOUND)
        .flatMap(([name, count]) => (count === 0 ? [name] : []))
        .sort(),
    );
    for (const one of resources.flatMap(({ checks }) => checks)) {
      const sql = BROKEN[one.name];
      if (sql === undefined) continue;
      await session.query('BEGIN');
      await session.query(sql);
      const found = await checkRows(session, one, 1);
      await session.query('ROLLBACK');
      assert.equal(found.length, 1, one.name);
    }
  });
}
