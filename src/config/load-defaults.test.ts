import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { load } from '../../test/support/config-folder.ts';
import spacex from '../sources/spacex/source.ts';

const SOURCE_DEFAULTS = {
  resources: null,
  limits: {},
  connectTimeoutSeconds: 10,
  bodyTimeoutSeconds: 30,
  minBytesPerSecond: 100,
  responseTimeoutSeconds: 7200,
  maxAttempts: 5,
  maxRetryAfterSeconds: 120,
  backoffBaseSeconds: 0.5,
  backoffCapSeconds: 30,
  httpProxy: null,
  httpsProxy: null,
  noProxy: null,
};

const SOURCES = {
  spacex: {
    ...SOURCE_DEFAULTS,
    schema: 'spacex',
    baseUrl: 'https://api.spacexdata.com',
    archiveUrl: spacex.archive?.url,
    recordingsUrl: spacex.archive?.recordingsUrl,
    headersTimeoutSeconds: 30,
    requestsPerSecond: 10,
    burst: 20,
  },
  'launch-library': {
    ...SOURCE_DEFAULTS,
    schema: 'launch_library',
    baseUrl: 'https://ll.thespacedevs.com/2.3.0',
    token: null,
    provider: '121',
    pageSize: 100,
    fullAfterHours: 24,
    settleSeconds: 600,
    headersTimeoutSeconds: 120,
    requestsPerSecond: 1,
    burst: 5,
  },
};

test('without file, environment and flags, every value is the default', async () => {
  const {
    config: { sources, ...config },
    origins,
    file,
    cwd,
  } = await load({});
  const seconds = { answerTimeoutSeconds: 30, lockTimeoutSeconds: 30, statementTimeoutSeconds: 600 };
  for (const [name, settings] of Object.entries(SOURCES)) assert.deepEqual(sources[name], settings, name);
  assert.deepEqual(config, {
    jobs: {},
    serve: {
      host: '127.0.0.1',
      port: 8080,
      token: null,
      queueSchema: 'spacex_pipeline_queue',
      stopTimeoutSeconds: 30,
    },
    concurrency: 4,
    batchSize: 10_000,
    atomic: false,
    dataDir: join(cwd, 'data'),
    database: { url: null, allowNetworkFolder: false, ...seconds },
    limits: { rejects: { count: 5, share: 0.1 }, vanished: { count: 5, share: 0.1 } },
    deletes: true,
    checks: true,
    retention: { prune: true, publishedRuns: 20, failedDays: 14, tombstoneDays: 90 },
    log: { level: 'info', format: 'text' },
  });
  assert.deepEqual([file, new Set(Object.values(origins))], [null, new Set(['default'])]);
});
