import type { Source } from '../../core/source.ts';
import archive from './archive.ts';
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

/** The API that r/SpaceX ran from 2018 to 2026. */
const spacex: Source = {
  name: 'spacex',
  offers: 'what flew until 2022',
  schema: 'spacex',
  baseUrl: 'https://api.spacexdata.com',
  // The live API allowed 50 requests per second.
  pacing: { requestsPerSecond: 10, burst: 20 },
  headersTimeoutSeconds: 30,
  auth: null,
  quota: null,
  changes: null,
  // The preserved copies never change, but a mirror may.
  schedule: '20 4 * * *',
  archive,
  // The live API's host no longer answers. If its domain name ever changes hands, the program must not pull from its
  // new owner.
  defaultAddress: 'archive',
  hasStandIn: true,
  resources: [
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
  ],
};

export default spacex;
