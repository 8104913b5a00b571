import { collectionOf, type Collection } from '../collection.ts';
import { coreFlight, seatCount } from '../universe/boosters.ts';
import { fleetSize, LANDPADS, launchesOfBlock } from '../universe/fleet.ts';
import type { Universe } from '../universe/universe.ts';
import { rounded } from './orbits.ts';

/** Three landpads on land, three at sea and one under construction, as `landpadOf` expects. */
const PLACES = [
  ['LF', 'Landing Field', 'RTLS'],
  ['LF', 'Landing Field', 'RTLS'],
  ['LF', 'Landing Field', 'RTLS'],
  ['PE', 'Politely Ambiguous', 'ASDS'],
  ['SR', 'Simulated Raft', 'ASDS'],
  ['NQ', 'Not Quite an Island', 'ASDS'],
  ['NW', 'Nearly Watertight', 'ASDS'],
] as const;

export function createLandpads(universe: Universe): Collection {
  const { ids, known } = universe;
  return collectionOf('landpads', ids.landpad, fleetSize(LANDPADS, known), (pad, id) =>
    landpad(universe, pad, id),
  );
}

function landpad(universe: Universe, pad: number, id: string): object {
  const landings = landingsOn(universe, pad);
  const place = pad % LANDPADS.size;
  const [short, long, type] = PLACES[place] ?? PLACES[0];
  const afloat = type === 'ASDS';
  return {
    images: { large: [`https://images.example.org/simulated/landpads/${id}.png`] },
    name: `${short}-${pad + 1}`,
    full_name: `${long} ${pad + 1}`,
    status: statusOf(universe, pad),
    type,
    locality: afloat ? 'Port Pretend' : 'Cape Example',
    region: 'Simulated Coast',
    latitude: rounded(18.4 + pad / 100, 4),
    longitude: rounded(-66.1 - pad / 100, 4),
    landing_attempts: landings.length,
    landing_successes: landings.filter(({ landed }) => landed).length,
    wikipedia: `https://wiki.example.org/simulated/wiki/${id}`,
    details: place === 5 ? null : 'Simulated. A flat place, "wide enough for most landings".',
    launches: [...new Set(landings.map(({ launch }) => launch))].map(universe.ids.launch.at),
    id,
  };
}

function landingsOn(
  { seed, past, mission }: Universe,
  pad: number,
): readonly { readonly launch: number; readonly landed: boolean }[] {
  const landings = [];
  for (const launch of launchesOfBlock(LANDPADS, pad, past)) {
    const flown = mission(launch);
    for (let seat = 0; seat < seatCount(flown); seat += 1) {
      const { landpad: at, landed } = coreFlight(seed, flown, seat);
      if (at === pad) landings.push({ launch, landed: landed === true });
    }
  }
  return landings;
}

function statusOf({ past }: Universe, pad: number): string {
  if (pad % LANDPADS.size === LANDPADS.size - 1) return 'under construction';
  const blockEnd = (Math.floor(pad / LANDPADS.size) + 1) * LANDPADS.launches;
  return past < blockEnd ? 'active' : 'retired';
}
