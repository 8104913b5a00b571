type Json = Readonly<Record<string, unknown>>;

/** A UUID made from a number. */
export function launchId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** The same launch with a different id and with these first stages. */
export function withBoosters(launch: Json, number: number, launcher_stage: readonly Json[]): Json {
  return { ...launch, id: launchId(number), rocket: { ...(launch['rocket'] as Json), launcher_stage } };
}

/** An invented launch with every field of a detailed record that the tables use. */
export const FULL_LAUNCH = {
  id: launchId(0),
  name: 'Falcon 9 Block 5 | Example',
  slug: 'falcon-9-block-5-example',
  launch_designator: '2026-001',
  status: { id: 3, name: 'Launch Successful', abbrev: 'Success', description: 'It worked.' },
  last_updated: '2026-01-02T03:04:05Z',
  net: '2026-01-02T02:00:00Z',
  net_precision: { id: 0, name: 'Second', abbrev: 'SEC', description: 'To the second.' },
  window_start: '2026-01-02T01:00:00Z',
  window_end: '2026-01-02T03:00:00Z',
  probability: 90,
  weather_concerns: 'Cumulus clouds',
  failreason: '',
  hashtag: '#example',
  launch_service_provider: { id: 121, name: 'SpaceX', type: { id: 3, name: 'Commercial' } },
  rocket: {
    id: 1,
    configuration: {
      id: 164,
      full_name: 'Falcon 9 Block 5',
      variant: 'Block 5',
      families: [{ name: 'Falcon' }, { name: 'Falcon 9' }],
    },
    launcher_stage: [
      {
        id: 7,
        type: 'Core',
        reused: true,
        launcher_flight_number: 2,
        launcher: {
          id: 99,
          serial_number: 'B1099',
          flight_proven: true,
          is_placeholder: false,
          status: { id: 1, name: 'active' },
        },
        previous_flight_date: '2025-12-02T02:00:00Z',
        turn_around_time: 'P31DT1H2M3S',
        landing: {
          id: 5,
          attempt: true,
          success: true,
          downrange_distance: 620.5,
          landing_location: { id: 3, name: 'Of Course I Still Love You', abbrev: 'OCISLY' },
          type: { id: 1, name: 'Autonomous Spaceport Drone Ship', abbrev: 'ASDS' },
        },
        previous_flight: { id: launchId(1), name: 'Falcon 9 Block 5 | Before' },
      },
    ],
  },
  mission: {
    id: 4,
    name: 'Example',
    type: 'Communications',
    description: 'An example.',
    orbit: { id: 8, name: 'Low Earth Orbit', abbrev: 'LEO' },
  },
  pad: {
    id: 80,
    name: 'Space Launch Complex 40',
    latitude: 28.56,
    longitude: -80.58,
    location: {
      id: 12,
      name: 'Cape Canaveral SFS, FL, USA',
      country: { alpha_3_code: 'USA' },
      timezone_name: 'America/New_York',
    },
  },
  updates: [
    {
      id: 11,
      created_by: 'Somebody',
      comment: 'Go.',
      info_url: '',
      created_on: '2026-01-01T00:00:00Z',
      profile_image: null,
    },
  ],
} as const;

/** A record with one changed value. */
export type Mutant = { readonly pointer: string; readonly change: string; readonly record: Json };

const REMOVED = Symbol('removed');
const CHANGES: Readonly<Record<string, unknown>> = {
  removed: REMOVED,
  null: null,
  empty: '',
  'a different type': { toString: 1, length: -1, id: [] },
  'a list': [null, 7, [], {}, { id: 'x' }, { id: 2 ** 40 }, { id: 1, name: 2 }],
  'a number out of range': 1e300,
  'an infinite number': Number.POSITIVE_INFINITY,
  'text that cannot be stored': `\0\uD800${'x'.repeat(100_000)}`,
  'a long text': 'y'.repeat(100_000),
  'an impossible date': '2026-02-30T25:61:61Z',
  'a boolean': true,
};

/** Fields that a record requires. The reject tests cover changes to these fields. */
const NEEDED = new Set(['/id', '/name', '/last_updated', '/net', '/status', '/status/id']);

/** A record with its own id for each way in which a value can change, except for the required fields. */
export function* mutantsOf(record: Json): Generator<Mutant> {
  let number = 1000;
  for (const path of pathsOf(record)) {
    const pointer = path.map((step) => `/${step}`).join('');
    if (NEEDED.has(pointer)) continue;
    for (const [change, value] of Object.entries(CHANGES)) {
      number += 1;
      yield { pointer, change, record: { ...changed(record, path, value), id: launchId(number) } };
    }
  }
}

function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, name]);
}

/** Copies only the objects along the path. */
function changed(record: Json, path: readonly string[], value: unknown): Json {
  const [name = '', ...rest] = path;
  const copy: Record<string, unknown> = (
    Array.isArray(record) ? [...(record as readonly unknown[])] : { ...record }
  ) as Record<string, unknown>;
  if (rest.length > 0) copy[name] = changed(copy[name] as Json, rest, value);
  else if (value !== REMOVED) copy[name] = value;
  else if (Array.isArray(copy)) copy.splice(Number(name), 1);
  else delete copy[name];
  return copy;
}
