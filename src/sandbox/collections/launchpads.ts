import { collectionOf, type Collection } from '../collection.ts';
import { outcomeOf } from '../universe/boosters.ts';
import { fleetSize, launchesOfBlock, launchpadOf, LAUNCHPADS } from '../universe/fleet.ts';
import { rocketOf } from '../universe/staff.ts';
import type { Universe } from '../universe/universe.ts';
import { rounded } from './orbits.ts';

/** Time zones without daylight saving time, so that the same offset is correct all year. */
const SITES = [
  site('Bahía Prueba', 'Isla Simulada', 'America/Puerto_Rico', -240, '-04:00', [18.03, -66.83]),
  site('Cape Example', 'Example Island', 'Pacific/Pitcairn', -480, '-08:00', [-25.07, -130.1]),
  site('Atoll Nowhere', 'Simulated Islands', 'Pacific/Wake', 720, '+12:00', [19.28, 166.65]),
  site('Udaharan Point', 'Simulated Coast', 'Asia/Kolkata', 330, '+05:30', [8.54, 76.86]),
  site('Ímyndun', 'Simulated Fjords', 'Atlantic/Reykjavik', 0, '+00:00', [63.79, -18.06]),
  site('Sample Ridge', 'Simulated Range', 'Australia/Brisbane', 600, '+10:00', [-12.46, 130.84]),
] as const;

type Site = ReturnType<typeof site>;

/** The UTC offset of launches from a pad: in minutes east of UTC, and in ISO 8601 form. */
export function zoneOf(pad: number): Pick<Site, 'minutes' | 'offset'> {
  return SITES[pad % SITES.length] ?? SITES[0];
}

export function createLaunchpads(universe: Universe): Collection {
  const { ids, known } = universe;
  return collectionOf('launchpads', ids.launchpad, fleetSize(LAUNCHPADS, known), (pad, id) =>
    launchpad(universe, pad, id),
  );
}

function launchpad(universe: Universe, pad: number, id: string): object {
  const { seed, past, known, ids, mission } = universe;
  const { locality, region, timezone, latitude, longitude } = SITES[pad % SITES.length] ?? SITES[0];
  const named = [...launchesOfBlock(LAUNCHPADS, pad, known)].filter(
    (launch) => launchpadOf(seed, launch) === pad,
  );
  const flown = named.filter((launch) => launch < past);
  const rockets = new Set(named.map((launch) => rocketOf(universe, mission(launch))));
  const complex = `SLX ${pad + 1}`;
  return {
    images: { large: [`https://images.example.org/simulated/launchpads/${id}.png`] },
    name: `${locality} ${complex}`,
    full_name: `${locality} Simulated Launch Complex ${pad + 1}`,
    locality,
    region,
    latitude: rounded(latitude + pad / 1000, 6),
    longitude: rounded(longitude - pad / 1000, 6),
    launch_attempts: flown.length,
    launch_successes: flown.filter((launch) => outcomeOf(seed, mission(launch)) === true).length,
    rockets: [...rockets].toSorted((one, other) => one - other).map(ids.rocket.at),
    timezone,
    launches: flown.map(ids.launch.at),
    status: statusOf(pad, named.length, flown.length),
    details: pad % 4 === 3 ? null : `Simulated. ${flown.length} launches have left from here.`,
    id,
  };
}

function statusOf(pad: number, named: number, flown: number): string {
  if (pad % LAUNCHPADS.size === LAUNCHPADS.size - 1) return 'under construction';
  if (named > flown) return 'active';
  return pad % LAUNCHPADS.size === 0 ? 'retired' : 'inactive';
}

function site(
  locality: string,
  region: string,
  timezone: string,
  minutes: number,
  offset: string,
  [latitude, longitude]: readonly [number, number],
) {
  return { locality, region, timezone, minutes, offset, latitude, longitude };
}
