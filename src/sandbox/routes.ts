import type { Collection } from './collection.ts';
import { createCollections } from './collections/index.ts';
import { createLaunches } from './collections/launches.ts';
import { createSamples } from './collections/samples.ts';
import { arrayText, isGone, recordText, type Shape } from './shape.ts';
import { listedAt } from './universe/listing.ts';
import { createUniverse, type Universe } from './universe/universe.ts';

/** The response for a path. */
type Route = {
  readonly maxAge: number;
  /** The values that determine the body, in addition to the seed and faults. */
  readonly etagParts: readonly (string | number)[];
  readonly body: (shape: Shape) => Body;
};
/** The body in pieces; null if there is no such record. */
type Body = Iterable<string | Buffer> | null;

/** Returns null if the API has no such path. */
type Router = (path: string) => Route | null;

const ROUTE = /^\/(?<version>v4|v5|latest)\/(?<name>[a-z0-9_]+)(?:\/(?<part>[^/]+))?\/?$/;
const MAX_AGE: Readonly<Record<string, number>> = {
  launches: 20,
  rockets: 86_400,
  dragons: 86_400,
  company: 86_400,
  starlink: 3600,
};
const OTHER_MAX_AGE = 300;
/** Collections that are the same in every state. */
const CONSTANT = ['rockets', 'dragons', 'company'];

export function createRouter(seed: number, launches: number, revision: number): Router {
  const universe = createUniverse(seed, launches, revision);
  const v4 = new Map([...createCollections(universe), ...createSamples()]);
  const v5 = new Map([['launches', createLaunches(universe, 'v5')]]);
  const latest = new Map([...v4, ...v5]);
  return (path) => {
    const { version, name = '', part } = ROUTE.exec(path)?.groups ?? {};
    const served = { v4, v5, latest }[version ?? ''];
    const collection = served?.get(name);
    if (collection === undefined || part === 'query') return null;
    if (collection.isSingle === true && part !== undefined) return null;
    const state = CONSTANT.includes(name) ? [] : [launches, revision];
    return {
      maxAge: MAX_AGE[name] ?? OTHER_MAX_AGE,
      // The same body has the same tag, whether requested by version number or as `latest`.
      etagParts: [name, collection === v5.get(name) ? 'v5' : 'v4', part ?? '', ...state],
      body: (shape) =>
        name === 'launches'
          ? launchesText(universe, collection, shape, part)
          : collectionText(collection, shape, part),
    };
  };
}

function collectionText(collection: Collection, shape: Shape, part: string | undefined): Body {
  if (collection.isSingle === true) return [recordText(collection, shape, 0)];
  if (part === undefined) return arrayText(collection, shape, () => true);
  return oneText(collection, shape, collection.indexOf(part) ?? collection.count);
}

function launchesText(
  universe: Universe,
  launches: Collection,
  shape: Shape,
  part: string | undefined,
): Body {
  const { count } = launches;
  const past = (index: number): boolean => listedAt(universe, index).launch < universe.past;
  switch (part) {
    case 'past':
      return arrayText(launches, shape, past);
    case 'upcoming':
      return arrayText(launches, shape, (index) => !past(index));
    case 'latest': {
      let index = universe.past - 1;
      while (index >= 0 && isGone(shape, index)) index -= 1;
      return oneText(launches, shape, index);
    }
    case 'next': {
      let index = universe.past;
      while (index < count && isGone(shape, index)) index += 1;
      return oneText(launches, shape, index);
    }
    case undefined:
    default:
      return collectionText(launches, shape, part);
  }
}

function oneText(collection: Collection, shape: Shape, index: number): Body {
  if (index < 0 || index >= collection.count || isGone(shape, index)) return null;
  return [recordText(collection, shape, index)];
}
