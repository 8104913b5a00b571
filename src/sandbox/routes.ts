import type { Collection } from './collection.ts';
import { createLaunches, isUpcoming } from './launches.ts';
import { createRockets } from './rockets.ts';
import { arrayText, isGone, recordText, type Shape } from './shape.ts';

/** What a path answers. */
type Route = {
  readonly maxAge: number;
  /** What decides the body beside seed and faults. */
  readonly etagParts: readonly (string | number)[];
  readonly body: (shape: Shape) => Body;
};
/** In pieces, or null where there is no such record. */
type Body = Iterable<string | Buffer> | null;

/** Null where the path is none of the API's. */
type Router = (path: string) => Route | null;

const ROUTE = /^\/(?<version>v4|v5|latest)\/(?<name>launches|rockets)(?:\/(?<part>[^/]+))?\/?$/;
const LAUNCHES_MAX_AGE = 20;
const ROCKETS_MAX_AGE = 86_400;

export function createRouter(seed: number, launchCount: number): Router {
  const launches = {
    v4: createLaunches(seed, launchCount, 'v4'),
    v5: createLaunches(seed, launchCount, 'v5'),
  };
  const rockets = createRockets(seed);
  return (path) => {
    const { version, name, part } = ROUTE.exec(path)?.groups ?? {};
    if (name === undefined || part === 'query' || (name === 'rockets' && version === 'v5')) return null;
    if (name === 'rockets') return rocketRoute(rockets, part);
    const shapeVersion = version === 'v4' ? 'v4' : 'v5';
    return launchRoute(seed, shapeVersion, launches[shapeVersion], part);
  };
}

function rocketRoute(rockets: Collection, part: string | undefined): Route {
  return {
    maxAge: ROCKETS_MAX_AGE,
    etagParts: ['rockets', part ?? ''],
    body: (shape) =>
      part === undefined
        ? arrayText(rockets, shape, () => true)
        : oneText(rockets, shape, rockets.indexOf(part) ?? rockets.count),
  };
}

function launchRoute(seed: number, version: string, launches: Collection, part: string | undefined): Route {
  const { count } = launches;
  const upcoming = (index: number): boolean => isUpcoming(seed, index);
  const past = (index: number): boolean => !isUpcoming(seed, index);
  const body = (shape: Shape): Body => {
    switch (part) {
      case undefined:
        return arrayText(launches, shape, () => true);
      case 'past':
        return arrayText(launches, shape, past);
      case 'upcoming':
        return arrayText(launches, shape, upcoming);
      case 'latest': {
        let index = count - 1;
        while (index >= 0 && (upcoming(index) || isGone(shape, launches, index))) index -= 1;
        return oneText(launches, shape, index);
      }
      case 'next': {
        let index = 0;
        while (index < count && (past(index) || isGone(shape, launches, index))) index += 1;
        return oneText(launches, shape, index);
      }
      default:
        return oneText(launches, shape, launches.indexOf(part) ?? count);
    }
  };
  return { maxAge: LAUNCHES_MAX_AGE, etagParts: ['launches', version, part ?? '', count], body };
}

function oneText(collection: Collection, shape: Shape, index: number): Body {
  if (index < 0 || index >= collection.count || isGone(shape, collection, index)) return null;
  return [recordText(collection, shape, index)];
}
