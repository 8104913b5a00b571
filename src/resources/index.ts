import type { Resource } from '../core/resource.ts';
import launches from './launches.ts';
import rockets from './rockets.ts';

/** Everything that can be pulled. */
export const resources: readonly Resource[] = [rockets, launches];
