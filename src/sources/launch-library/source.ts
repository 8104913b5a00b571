import type { Source } from '../../core/source.ts';
import { changesRules } from './changes.ts';
import launches from './launches.ts';
import { quota } from './quota.ts';

/** Launch Library 2 of The Space Devs: every launch, past and planned, kept up by people within minutes. */
const launchLibrary: Source = {
  name: 'launch-library',
  offers: 'what flies next',
  schema: 'launch_library',
  baseUrl: 'https://ll.thespacedevs.com/2.3.0',
  // 15 requests an hour without a token, in whatever rhythm.
  pacing: { requestsPerSecond: 1, burst: 5 },
  // Pages of detailed launches take long to make.
  headersTimeoutSeconds: 120,
  auth: { scheme: 'Token', schedule: '*/5 * * * *' },
  quota,
  changes: changesRules,
  schedule: '*/15 * * * *',
  archive: null,
  defaultAddress: 'live',
  resources: [launches],
};

export default launchLibrary;
