import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { Ajv } from 'ajv';

import { editorSchema } from './schema.ts';

const shipped = new URL('../../spacex-pipeline.config.schema.json', import.meta.url);

test('the schema file is up to date (if not, run: npm run config:schema)', async () => {
  assert.deepEqual(JSON.parse(await readFile(shipped, 'utf8')), JSON.parse(editorSchema()));
});

const EXAMPLE = {
  $schema: './node_modules/spacex-pipeline/spacex-pipeline.config.schema.json',
  sources: {
    spacex: {
      schema: 'space',
      resources: ['one', 'two'],
      baseUrl: 'https://api.example.com',
      connectTimeoutSeconds: 5,
      headersTimeoutSeconds: 20,
      bodyTimeoutSeconds: 20,
      minBytesPerSecond: 0,
      responseTimeoutSeconds: 3600,
      maxAttempts: 3,
      maxRetryAfterSeconds: 60,
      backoffBaseSeconds: 1,
      backoffCapSeconds: 10,
      requestsPerSecond: 2.5,
      burst: 1,
    },
  },
  concurrency: 2,
  batchSize: 1000,
  atomic: true,
  dataDir: './data',
  database: {
    url: 'postgresql://user@localhost/db',
    allowNetworkFolder: true,
    lockTimeoutSeconds: 10,
    statementTimeoutSeconds: 60,
  },
  limits: { rejects: { count: 0, share: 0 }, vanished: { count: 100, share: 0.5 } },
  deletes: false,
  checks: false,
  retention: { prune: false, publishedRuns: 3, failedDays: 1, tombstoneDays: 7 },
  log: { level: 'debug', format: 'json' },
};

test('the schema file, as an editor reads it, accepts a complete example and rejects invalid ones', () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true, keywords: ['allowComments'] }).compile(
    JSON.parse(editorSchema()),
  );
  assert.ok(validate(EXAMPLE), JSON.stringify(validate.errors));
  assert.ok(validate({}));
  assert.ok(validate({ sources: { spacex: { resources: null } }, database: { url: null } }));
  for (const wrong of [
    { color: 1 },
    { sources: { spacex: { baseUrl: 'ftp://h' } } },
    { sources: { none: {} } },
    { database: { url: 'h' } },
    { log: { format: 'x' } },
  ]) {
    assert.equal(validate(wrong), false, JSON.stringify(wrong));
  }
});
