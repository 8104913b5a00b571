import assert from 'node:assert/strict';
import { it } from 'node:test';

import { readRecorded } from './recorded.ts';
import type { Lab } from './target-lab.ts';

type Launch = {
  readonly id: string;
  readonly name: string;
  readonly rocket: string;
  readonly date_utc: string;
  readonly date_local: string;
  readonly static_fire_date_utc: string | null;
  readonly success: boolean | null;
  readonly upcoming: boolean;
  readonly fairings: { readonly recovered: boolean | null; readonly ships: readonly string[] } | null;
  readonly crew: readonly { readonly crew: string; readonly role: string }[];
  readonly payloads: readonly string[];
  readonly cores: readonly Core[];
};
type Core = {
  readonly core: string | null;
  readonly landing_attempt: boolean | null;
  readonly landing_success: boolean | null;
  readonly landing_type: string | null;
  readonly landpad: string | null;
};
type Named = { readonly id: string; readonly name: string; readonly launches: readonly string[] };
type Payload = Named & {
  readonly orbit: string | null;
  readonly mass_kg: number | null;
  readonly customers: readonly string[];
};

type Found = Readonly<Record<string, string | number | boolean | null>>;

const DAY = 86_400_000;

/** Compares each view with counts made from the files by other means, and with a few manually checked figures. */
export function testRecordedViews(lab: () => Lab): void {
  const select = (sql: string) => lab().session.rows<Found>(sql);
  const values = async (sql: string) => (await select(sql)).map((row) => Object.values(row));
  const recorded = (resource: string) => readRecorded(resource) as readonly unknown[] as readonly Named[];
  const launches = () => readRecorded('launches') as readonly unknown[] as readonly Launch[];
  const past = () => launches().filter(({ upcoming }) => !upcoming);
  const nameOf = (resource: string, id: string | null) =>
    recorded(resource).find((one) => one.id === id)?.name ?? null;

  it('match the launch_times view', async () => {
    const found = await values(
      `SELECT launch_id, to_char(local_time, 'YYYY-MM-DD"T"HH24:MI:SS') FROM launch_times`,
    );
    const local = launches().map(({ date_local, id }) => [id, date_local.slice(0, 19)]);
    assert.deepEqual(new Map(found as [string, string][]), new Map(local as [string, string][]));
  });

  it('match the launch_cadence view', async () => {
    const counts = tally(past(), ({ date_utc, rocket }) =>
      JSON.stringify([`${date_utc.slice(0, 7)}-01`, nameOf('rockets', rocket)]),
    );
    const found = await select('SELECT * FROM launch_cadence');
    const byKey = found.map((one) => [JSON.stringify([one.month, one.rocket_name]), one.launches] as const);
    assert.deepEqual(sorted(byKey), sorted(counts));
    assert.deepEqual(
      await values(`SELECT rocket_name, launches, succeeded, failed FROM launch_cadence
        WHERE month IN ('2020-06-01', '2015-06-01') ORDER BY month`),
      [
        ['Falcon 9', 1, 0, 1], // CRS-7
        ['Falcon 9', 3, 3, 0], // Starlink-7, -8, GPS III SV03
      ],
    );
  });

  it('match the launch_success view', async () => {
    assert.deepEqual(
      await values(`SELECT rocket_name, launches, succeeded, failed, unknown, success_rate_pct
        FROM launch_success ORDER BY first_launch_utc`),
      [
        ['Falcon 1', 5, 2, 3, 0, 40],
        ['Falcon 9', 179, 176, 2, 1, 98.9], // failed: CRS-7, Amos-6; Starlink 3-1 has no outcome
        ['Falcon Heavy', 3, 3, 0, 0, 100],
      ],
    );
  });

  it('match the booster_flights and booster_reuse views', async () => {
    const flights = new Map<string, number[]>();
    for (const { cores, date_utc } of past()) {
      for (const { core } of cores) {
        if (core !== null) flights.set(core, [...(flights.get(core) ?? []), Date.parse(date_utc)]);
      }
    }
    const gaps = [...flights].flatMap(([core, times]) => {
      const inOrder = times.toSorted((a, b) => a - b);
      return inOrder.map((time, n) => [core, n + 1, n === 0 ? null : days(time - (inOrder[n - 1] ?? 0))]);
    });
    const found = await select('SELECT core_id, nth_flight, turnaround_days FROM booster_flights');
    assert.deepEqual(
      found.map((one) => Object.values(one).join()).sort(),
      gaps.map((gap) => gap.join()).sort(),
    );
    assert.deepEqual(
      await select('SELECT count(*) AS cores, sum(flights)::integer AS flights FROM booster_reuse'),
      [{ cores: flights.size, flights: 193 }],
    );
    const columns = 'core_serial, flights, landing_attempts, landings, fastest_turnaround_days';
    assert.deepEqual(
      await values(
        `SELECT ${columns} FROM booster_reuse WHERE core_serial IN ('B1058', 'B1059', 'B1062') ORDER BY 1`,
      ),
      [
        ['B1058', 14, 14, 14, 27.35],
        ['B1059', 6, 6, 5, 58.58],
        ['B1062', 9, 9, 9, 21.26], // between Axiom-1 and Starlink 4-16, the fastest of all
      ],
    );
    assert.deepEqual(await select('SELECT min(fastest_turnaround_days) AS days FROM booster_reuse'), [
      { days: 21.26 },
    ]);
  });

  it('match the landing_success view', async () => {
    const tries = past().flatMap(({ cores }) => cores.filter((one) => one.landing_attempt === true));
    const key = ({ landing_type, landpad, landing_success }: Core) =>
      [landing_type, nameOf('landpads', landpad), landing_success].join();
    const found = await select('SELECT * FROM landing_success');
    const outcomes = { succeeded: true, failed: false, unknown: '' };
    const byKey = found.flatMap((one) =>
      Object.entries(outcomes).map(
        ([column, value]) =>
          [[one['landing_type'], one['landpad_name'], value].join(), Number(one[column])] as const,
      ),
    );
    assert.deepEqual(sorted(byKey.filter(([, count]) => count > 0)), sorted(tally(tries, key)));
    assert.deepEqual(
      await values(`SELECT landing_type, sum(attempts)::integer AS attempts, max(success_rate_pct) FILTER (WHERE landpad_name = 'OCISLY') AS ocisly
        FROM landing_success GROUP BY 1 ORDER BY 1`),
      [
        ['ASDS', 127, 88.7], // 55 of 62, without CRS-7 and Amos-6
        ['Ocean', 7, null],
        ['RTLS', 30, null],
      ],
    );
  });

  it('match the payload_flights, payload_mass_by_orbit and payload_mass_by_customer views', async () => {
    const launched = new Set(past().flatMap(({ payloads }) => payloads));
    const payloads = (recorded('payloads') as readonly Payload[]).filter(({ id }) => launched.has(id));
    assert.deepEqual(
      (await select('SELECT payload_id FROM payload_flights')).map((one) => one.payload_id),
      payloads.map(({ id }) => id).sort(),
    );
    assert.deepEqual(
      await select(`SELECT launch_name FROM payload_flights WHERE payload_name = 'NROL-87'`),
      [{ launch_name: 'Transporter-3' }], // launch NROL-87 also lists it
    );
    for (const [view, column, keys] of [
      ['payload_mass_by_orbit', 'orbit', ({ orbit }: Payload) => [orbit]],
      [
        'payload_mass_by_customer',
        'customer',
        ({ customers }: Payload) => [...new Set(customers.map((one) => one.trim()))],
      ],
    ] as const) {
      const expected = new Map<string, readonly [number, number, number | null]>();
      for (const payload of payloads) {
        for (const key of keys(payload)) {
          const [count, weighed, kg] = expected.get(String(key)) ?? [0, 0, null];
          const mass = payload.mass_kg === null ? kg : (kg ?? 0) + payload.mass_kg;
          expected.set(String(key), [count + 1, weighed + (payload.mass_kg === null ? 0 : 1), mass]);
        }
      }
      const found = await select(`SELECT * FROM ${view}`);
      assert.deepEqual(
        sorted(found.map((one) => [String(one[column]), [one['payloads'], one['weighed'], one['mass_kg']]])),
        sorted(
          [...expected].map(([key, [n, weighed, kg]]) => [
            key,
            [n, weighed, kg === null ? null : rounded(kg)],
          ]),
        ),
      );
    }
    assert.deepEqual(
      await select(`SELECT payloads, mass_kg FROM payload_mass_by_orbit WHERE orbit = 'GTO'`),
      [{ payloads: 39, mass_kg: 175_727.85 }],
    );
    await select('BEGIN');
    await select(
      `UPDATE payloads SET launch_id = (SELECT id FROM launches WHERE name = 'NROL-87') WHERE name = 'NROL-87'`,
    );
    assert.deepEqual(await select(`SELECT launch_name FROM payload_flights WHERE payload_name = 'NROL-87'`), [
      { launch_name: 'NROL-87' },
    ]);
    await select(`INSERT INTO payload_customers SELECT payload_id, position + 1, customer, _run_id, _first_run_id, _loaded_at
      FROM payload_customers WHERE customer = 'CONAE'`);
    assert.deepEqual(
      await select(`SELECT payloads, mass_kg FROM payload_mass_by_customer WHERE customer = 'CONAE'`),
      [{ payloads: 2, mass_kg: 4400 }], // listed twice, counted once
    );
    await select('ROLLBACK');
  });

  it('match the static_fires view', async () => {
    const fired = launches().flatMap(({ id, date_utc, static_fire_date_utc: fire }) =>
      fire === null ? [] : [[id, days(Date.parse(date_utc) - Date.parse(fire))] as const],
    );
    const found = await select('SELECT * FROM static_fires');
    assert.equal(fired.length, 121);
    assert.deepEqual(
      sorted(found.map((one) => [String(one['launch_id']), one['days_to_launch']])),
      sorted(fired),
    );
    assert.deepEqual(
      await select(`SELECT launch_name FROM static_fires WHERE days_to_launch < 0 ORDER BY 1`),
      [{ launch_name: 'OG-2 Mission 1' }, { launch_name: 'SES-9' }],
    );
  });

  it('match the crew_flights view', async () => {
    const seats = launches().flatMap(({ name, crew }) =>
      crew.map((one) => [name.trim(), nameOf('crew', one.crew), one.role].join()),
    );
    const found = await select('SELECT * FROM crew_flights');
    assert.deepEqual(
      found.map((one) => [one['launch_name'], one['crew_name'], one['role']].join()).sort(),
      seats.sort(),
    );
    assert.deepEqual(
      await values(
        `SELECT crew_name, agency FROM crew_flights WHERE launch_name = 'CCtCap Demo Mission 2' ORDER BY 1`,
      ),
      [
        ['Douglas Hurley', 'NASA'],
        ['Robert Behnken', 'NASA'],
      ],
    );
  });

  it('match the ship_recoveries view', async () => {
    const flown = past();
    const expected = recorded('ships').map(({ id, name, launches: named }): [string, readonly number[]] => {
      const fairings = flown.filter((launch) => launch.fairings?.ships.includes(id));
      const all = new Set([...named, ...fairings.map((launch) => launch.id)]); // the ship does not list all of these
      const recovered = fairings.filter((launch) => launch.fairings?.recovered === true);
      return [name.trim(), [all.size, fairings.length, recovered.length]];
    });
    const found = await select('SELECT * FROM ship_recoveries');
    assert.deepEqual(
      sorted(
        found.map((one) => [
          String(one['ship_name']),
          [one['launches'], one['fairing_launches'], one['fairing_recoveries']],
        ]),
      ),
      sorted(expected),
    );
    assert.deepEqual(
      await select(
        `SELECT launches, fairing_launches, fairing_recoveries FROM ship_recoveries WHERE ship_name = 'GO Ms Tree'`,
      ),
      [{ launches: 32, fairing_launches: 30, fairing_recoveries: 10 }],
    );
  });

  it('match the starlink_shells view', async () => {
    const altitudes = { 310: '2020-06-13', 430: '2019-05-24' }; // (364 + 247) / 2 and (436 + 434) / 2
    assert.deepEqual(
      await select(`SELECT inclination_deg, altitude_km, satellites, launches, first_launch_date, last_launch_date
        FROM starlink_shells ORDER BY altitude_km`),
      Object.entries(altitudes).map(([altitude_km, date]) => ({
        inclination_deg: 53,
        altitude_km: Number(altitude_km),
        satellites: 1,
        launches: 1,
        first_launch_date: date,
        last_launch_date: date,
      })),
    );
  });
}

function tally<T>(all: readonly T[], key: (one: T) => string): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(key(one), (counts.get(key(one)) ?? 0) + 1);
  return [...counts];
}

function sorted<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function days(milliseconds: number): number {
  return rounded(milliseconds / DAY);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
