import type { Json } from './recorded.ts';

/** In each pair, the launches have each other's id. */
const SWAPPED = 2;
const MINUTE = 60_000;

/**
 * Launches of Launch Library that match the past launches of the SpaceX API. None from those years was recorded, so they
 * have the form of a later recorded launch. Name, rocket and time (plus half a minute) are those of the SpaceX API, and so
 * is the Launch Library id where the API has one, except for four launches, which have each other's.
 */
export function launchesNamedBy(spacex: readonly Json[], rockets: readonly Json[], frame: Json): Json[] {
  const past = spacex.filter(({ upcoming }) => upcoming === false);
  const named = past.filter(({ launch_library_id: id }) => id !== null);
  const wrong = new Map<unknown, unknown>();
  for (let pair = 0; pair < SWAPPED; pair += 1) {
    const [one, other] = named.slice(pair * 10, pair * 10 + 2);
    wrong.set(one?.['id'], other?.['launch_library_id']);
    wrong.set(other?.['id'], one?.['launch_library_id']);
  }
  return past.map((launch, index) => {
    const rocket = rockets.find(({ id }) => id === launch['rocket'])?.['name'];
    const net = `${new Date(Date.parse(launch['date_utc']) + MINUTE / 2).toISOString().slice(0, 19)}Z`;
    return {
      ...frame,
      id: wrong.get(launch['id']) ?? launch['launch_library_id'] ?? madeUpId(index),
      name: `${rocket} | ${launch['name']}`,
      net,
      last_updated: net,
      rocket: {
        ...frame['rocket'],
        configuration: { ...frame['rocket'].configuration, full_name: fullName(rocket) },
      },
    };
  });
}

function fullName(rocket: unknown): string {
  return rocket === 'Falcon 9' ? 'Falcon 9 Block 5' : String(rocket);
}

function madeUpId(index: number): string {
  return `00000000-0000-8000-8000-${String(index).padStart(12, '0')}`;
}
