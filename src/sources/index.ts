import type { Source } from '../core/source.ts';
import launchLibrary from './launch-library/source.ts';
import spacex from './spacex/source.ts';

/** All sources, the default one first. */
export const sources: readonly [Source, ...Source[]] = [spacex, launchLibrary];

/** The resources of all sources. */
export const resources = sources.flatMap((source) => source.resources);
