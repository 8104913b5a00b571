import type { Source } from '../core/source.ts';
import launchLibrary from './launch-library/source.ts';
import spacex from './spacex/source.ts';

/** Every source, the default one first. */
export const sources: readonly [Source, ...Source[]] = [spacex, launchLibrary];

/** Of every source. */
export const resources = sources.flatMap((source) => source.resources);
