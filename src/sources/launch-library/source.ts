import type { Source } from '../../core/source.ts';
import { changesRules } from './changes.ts';
import launches from './launches.ts';
import { quota } from './quota.ts';

/** Launch Library 2 by The Space Devs: all past and planned launches, updated by people within minutes. */
const launchLibrary: Source = {
  name: 'launch-library',
  offers: 'what flies next',
  schema: 'launch_library',
  baseUrl: 'https://ll.thespacedevs.com/2.3.0',
  // Without a token, the API allows 15 requests an hour, at any pace.
  pacing: { requestsPerSecond: 1, burst: 5 },
  // The API takes a long time to produce pages of detailed launches.
  headersTimeoutSeconds: 120,
  auth: { scheme: 'Token', schedule: '*/5 * * * *' },
  quota,
  changes: changesRules,
  schedule: '*/15 * * * *',
  archive: null,
  defaultAddress: 'live',
  hasStandIn: true,
  resources: [launches],
};

export default launchLibrary;
