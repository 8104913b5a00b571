import type { Json } from './recorded.ts';

/** The number of pairs of launches whose ids are swapped. */
const SWAPPED = 2;
const MINUTE = 60_000;

/**
 * Returns Launch Library launches that match the SpaceX API's past launches. No launches from those years have been
 * recorded, so these have the form of a later recorded launch. Name, rocket and time (plus half a minute) come from the
 * SpaceX API. So does the Launch Library id, if the SpaceX API has one, except that the ids of two pairs of launches
 * are swapped.
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
