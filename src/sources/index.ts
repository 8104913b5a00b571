import type { Source } from '../core/source.ts';
import spacex from './spacex/source.ts';

/** @public Every source, the default one first. */
export const sources: readonly Source[] = [spacex];

/** For what does not choose one. */
export const defaultSource = spacex;

/** Of every source. */
export const resources = sources.flatMap((source) => source.resources);
