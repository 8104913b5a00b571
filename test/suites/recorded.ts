import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { createCsvEncoder } from '../../src/lib/csv.ts';
import launches from '../../src/sources/spacex/launches.ts';
import rockets from '../../src/sources/spacex/rockets.ts';

type Recorded = Readonly<Record<string, unknown>>;

/** The folder with the recorded responses of the real API, which is not part of the package. */
const DIR = process.env['SHARED_DATA'] ?? join(import.meta.dirname, '../../../shared/data');

/** The number of rows that each table must contain, counted from the recorded files without the code under test. */
export const RECORDED_ROWS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  rockets: { rockets: 4, rocket_payload_weights: 11, rocket_images: 16 },
  launchpads: { launchpads: 6, launchpad_rockets: 6, launchpad_launches: 187, launchpad_images: 6 },
  landpads: { landpads: 7, landpad_launches: 157, landpad_images: 7 },
  payloads: {
    payloads: 225,
    payload_customers: 236,
    payload_norad_ids: 906,
    payload_nationalities: 221,
    payload_manufacturers: 210,
  },
  cores: { cores: 83, core_launches: 193 },
  capsules: { capsules: 25, capsule_launches: 35 },
  ships: { ships: 29, ship_roles: 41, ship_launches: 342 },
  crew: { crew: 18, crew_launches: 14 },
  dragons: { dragons: 2, dragon_thrusters: 3, dragon_images: 7 },
  starlink: { starlink: 2 },
  roadster: { roadster: 1, roadster_images: 4 },
  company: { company: 1 },
  history: { history: 15 },
  launches: {
    launches: 205,
    launch_cores: 215,
    launch_payloads: 222,
    launch_crew: 30,
    launch_ships: 342,
    launch_capsules: 35,
    launch_fairing_ships: 75,
    launch_failures: 5,
    launch_images: 848,
  },
};

/** The files that are not in v4/ under the name of their resource. */
const PATHS: Readonly<Record<string, string>> = {
  launches: 'v5/launches.json',
  starlink: 'v4/starlink_sample.json',
};

function pathOf(resource: string): string {
  return join(DIR, 'spacex-api', PATHS[resource] ?? `v4/${resource}.json`);
}

const missing = Object.keys(RECORDED_ROWS)
  .map(pathOf)
  .find((path) => !existsSync(path));

/** The reason for skipping tests of recorded data, or false if the data exists. */
export const NOT_RECORDED: string | false =
  missing !== undefined &&
  `the recorded response ${missing} is missing (SHARED_DATA can name a different folder)`;

/** The body of the recorded response. */
export function recordedBody(resource: string): string {
  return readFileSync(pathOf(resource), 'utf8');
}

/** The records of the recorded response, or a single record if it is an object. */
export function readRecorded(resource: string): Recorded[] {
  return [JSON.parse(recordedBody(resource))].flat();
}

/**
 * The main columns of a launch, derived by simple rules without the code under test: renamed fields, the rocket's
 * name, and text trimmed at both ends.
 */
export function expectedLaunch(launch: Recorded, allRockets: readonly Recorded[]): Recorded {
  const trim = (value: unknown) => (typeof value === 'string' ? value.trim() : null);
  const rocket = allRockets.find(({ id }) => id === launch['rocket']);
  return {
    id: trim(launch['id']),
    name: trim(launch['name']),
    details: trim(launch['details']),
    rocket_id: trim(launch['rocket']),
    rocket_name: trim(rocket?.['name']),
    launch_date_precision: trim(launch['date_precision']),
    flight_number: launch['flight_number'],
    launch_date_unix: launch['date_unix'],
    success: launch['success'],
    launch_date_utc: Date.parse(String(launch['date_utc'])),
    launch_date_local: Date.parse(String(launch['date_local'])),
  };
}

/** Every recorded row in the format used by the stage files and COPY. */
export function csvOfRecorded(): Buffer {
  const context = {
    transformedAt: '2026-01-02T03:04:05.678Z',
    lookup: (_: string, id: string) => `rocket ${id}`,
  };
  const parts = [launches, rockets].map((resource) => {
    const [{ name, columns }] = resource.tables;
    const encoder = createCsvEncoder(Object.keys(columns));
    for (const record of readRecorded(name)) {
      for (const row of resource.transform(record, context)[name] ?? []) encoder.encode(row);
    }
    return Buffer.concat([encoder.header(), encoder.take()]);
  });
  return Buffer.concat(parts);
}
