import { collectionOf, type Collection } from '../collection.ts';
import { roll } from '../random.ts';
import { teamsFor } from '../universe/missions.ts';
import { launchesOfCapsule } from '../universe/staff.ts';
import type { Universe } from '../universe/universe.ts';
import { dragonOf } from './dragons.ts';

const CAPSULE = 91;
const TYPES = ['Dragon 1.0', 'Dragon 1.1', 'Dragon 2.0'] as const;
const SPENT = ['retired', 'retired', 'unknown', 'destroyed'] as const;

export function createCapsules(universe: Universe): Collection {
  const { ids, seasons, known } = universe;
  return collectionOf('capsules', ids.capsule, 2 * teamsFor(seasons, known), (capsule, id) =>
    capsuleRecord(universe, capsule, id),
  );
}

/** Capsules with an even number carry cargo, the others carry crews. Only crewed capsules have a dragon. */
export function capsuleType(capsule: number): (typeof TYPES)[number] {
  if (capsule % 2 === 1) return 'Dragon 2.0';
  return capsule < 6 ? 'Dragon 1.0' : 'Dragon 1.1';
}

function capsuleRecord(universe: Universe, capsule: number, id: string): object {
  const { seed, past, ids } = universe;
  const all = launchesOfCapsule(universe, capsule);
  const launches = all.filter((launch) => launch < past);
  const type = capsuleType(capsule);
  const die = roll(seed, capsule, CAPSULE);
  return {
    reuse_count: Math.max(0, launches.length - 1),
    water_landings: launches.length,
    land_landings: 0,
    last_update:
      die % 8 === 0 ? null : `Simulated: seen after ${launches.length} flights${die % 4 === 0 ? ' ' : ''}`,
    launches: launches.map(ids.launch.at),
    serial: `SIMC${101 + capsule}`,
    status: launches.length < all.length ? 'active' : (SPENT[(die >>> 8) % SPENT.length] ?? 'unknown'),
    type,
    ...(type === 'Dragon 2.0' ? { dragon: ids.dragon.at(dragonOf(capsule)) } : {}),
    id,
  };
}
