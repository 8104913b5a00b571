import { roll } from '../random.ts';
import { EARLY } from './seasons.ts';

/**
 * Things that many launches share, such as launchpads. Each member serves only one block of launches, so that its
 * record does not grow without limit.
 */
export type Fleet = { readonly launches: number; readonly size: number };

export type LandingType = 'RTLS' | 'ASDS' | 'Ocean';

export const LAUNCHPADS: Fleet = { launches: 4096, size: 6 };
export const LANDPADS: Fleet = { launches: 4096, size: 7 };
export const SHIPS: Fleet = { launches: 1024, size: 24 };
const SHIP_TEAM = 4;

const PAD = 51;
const SHIP = 52;
/** The number of launches after which a block no longer uses its first launchpad. */
const OLD_PAD_LAUNCHES = 64;

/** The number of members in all blocks up to this number of launches. The first block always exists. */
export function fleetSize({ launches, size }: Fleet, known: number): number {
  return size * Math.max(1, Math.ceil(known / launches));
}

/** The launches below `past` in the block of a member. */
export function* launchesOfBlock(
  { launches, size }: Fleet,
  index: number,
  past: number,
): Generator<number, void, undefined> {
  const first = Math.floor(index / size) * launches;
  for (let launch = first; launch < Math.min(past, first + launches); launch += 1) yield launch;
}

/** The last launchpad of a block is under construction and serves no launch. */
export function launchpadOf(seed: number, launch: number): number {
  const block = Math.floor(launch / LAUNCHPADS.launches);
  const die = roll(seed, launch, PAD);
  const old = launch - block * LAUNCHPADS.launches < OLD_PAD_LAUNCHES && die % 2 === 0;
  return block * LAUNCHPADS.size + (old ? 0 : 1 + ((die >>> 8) % 4));
}

/** In each block, three landpads are on land, three are at sea, and the last is under construction. */
export function landpadOf(launch: number, landing: 'RTLS' | 'ASDS', die: number): number {
  const block = Math.floor(launch / LANDPADS.launches);
  return block * LANDPADS.size + (landing === 'RTLS' ? 0 : 3) + (die % 3);
}

/** Up to two ships from a team of four. */
export function shipsOf(seed: number, launch: number): readonly number[] {
  if (launch < EARLY) return [];
  const die = roll(seed, launch, SHIP);
  const team = (die >>> 8) % (SHIPS.size / SHIP_TEAM);
  const first = Math.floor(launch / SHIPS.launches) * SHIPS.size + team * SHIP_TEAM;
  const ships = [];
  for (let ship = 0; ship < die % 3; ship += 1) ships.push(first + (((die >>> 16) + ship) % SHIP_TEAM));
  return ships;
}
