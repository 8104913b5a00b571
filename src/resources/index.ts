import type { Resource } from '../core/resource.ts';
import capsules from './capsules.ts';
import company from './company.ts';
import cores from './cores.ts';
import crew from './crew.ts';
import dragons from './dragons.ts';
import history from './history.ts';
import landpads from './landpads.ts';
import launches from './launches.ts';
import launchpads from './launchpads.ts';
import payloads from './payloads.ts';
import roadster from './roadster.ts';
import rockets from './rockets.ts';
import ships from './ships.ts';
import starlink from './starlink.ts';

/** Everything that can be pulled. */
export const resources: readonly Resource[] = [
  rockets,
  launchpads,
  landpads,
  payloads,
  cores,
  capsules,
  ships,
  crew,
  dragons,
  starlink,
  roadster,
  company,
  history,
  launches,
];
