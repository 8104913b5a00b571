import type { Collection } from '../collection.ts';
import type { Universe } from '../universe/universe.ts';
import { createCapsules } from './capsules.ts';
import { createCompany } from './company.ts';
import { createCores } from './cores.ts';
import { createCrew } from './crew.ts';
import { createDragons } from './dragons.ts';
import { createHistory } from './history.ts';
import { createLandpads } from './landpads.ts';
import { createLaunches } from './launches.ts';
import { createLaunchpads } from './launchpads.ts';
import { createPayloads } from './payloads.ts';
import { createRoadster } from './roadster.ts';
import { createRockets } from './rockets.ts';
import { createShips } from './ships.ts';
import { createStarlink } from './starlink.ts';

/** All collections that /v4 serves, by name. */
export function createCollections(universe: Universe): ReadonlyMap<string, Collection> {
  const collections = [
    createLaunches(universe, 'v4'),
    createRockets(universe),
    createLaunchpads(universe),
    createLandpads(universe),
    createPayloads(universe),
    createCores(universe),
    createCapsules(universe),
    createShips(universe),
    createCrew(universe),
    createDragons(universe),
    createStarlink(universe),
    createRoadster(universe),
    createCompany(universe),
    createHistory(universe),
  ];
  return new Map(collections.map((collection) => [collection.name, collection]));
}
