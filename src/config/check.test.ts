import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compileConfigCheck } from './check.ts';
import { listSettings, treeOf } from './keys.ts';
import type { SourceKey } from './schema.ts';
import { readText, showFound } from './value.ts';

const check = compileConfigCheck();

/** A valid value as text, an invalid value, and what the error for the invalid value reports as expected. */
type Values = readonly [good: string, bad: unknown, expected: string];

/** Values for the per-source settings. */
const SOURCE_VALUES: Readonly<Record<SourceKey, Values>> = {
  schema: [
    'Raumfahrt ä',
    'pg_x',
    'a name of 1 to 63 bytes that does not start with pg_ and is not pg, information_schema or $user',
  ],
  resources: ['one,two', ['one', 'one'], 'a list of distinct names, or null for all'],
  limits: ['{"any":{"rejects":{"count":1},"vanished":{"share":1}}}', 'many', 'an object'],
  baseUrl: ['http://localhost:8080', 'ftp://h', 'an http:// or https:// URL without a query'],
  token: ['0123456789abcdef', 'short', 'at least 16 ASCII characters without spaces'],
  provider: ['all', 'SpaceX', 'an id as a string, or all'],
  pageSize: ['30', 101, 'a whole number from 1 to 100'],
  fullAfterHours: ['0.5', 8761, 'a number from 0 to 8760'],
  settleSeconds: ['0', -1, 'a number from 0 to 86400'],
  archiveUrl: ['http://localhost/web/1id_/http://h', 'ftp://h', 'an http:// or https:// URL without a query'],
  recordingsUrl: ['', 'ftp://h', 'an http:// or https:// URL without a query, or empty'],
  connectTimeoutSeconds: ['1.5', 0, 'a number above 0 and at most 3600'],
  headersTimeoutSeconds: ['2', 'soon', 'a number above 0 and at most 3600'],
  bodyTimeoutSeconds: ['3', 3601, 'a number above 0 and at most 3600'],
  minBytesPerSecond: ['0', -1, 'a number from 0 to 1000000000'],
  responseTimeoutSeconds: ['600', 0, 'a number above 0 and at most 86400'],
  maxAttempts: ['6', 1.5, 'a whole number from 1 to 100'],
  maxRetryAfterSeconds: ['0', -1, 'a number from 0 to 86400'],
  backoffBaseSeconds: ['0.25', '1s', 'a number from 0 to 86400'],
  backoffCapSeconds: ['7', '0x10', 'a number from 0 to 86400'],
  requestsPerSecond: ['0.5', 'fast', 'a number above 0 and at most 1000'],
  burst: ['20', 0, 'a whole number from 1 to 1000'],
  httpProxy: ['proxy:3128', 'socks5://h:1', 'an http:// or https:// URL without a path, or host:port'],
  httpsProxy: ['https://u:p@h', 'http://h/x', 'an http:// or https:// URL without a path, or host:port'],
  noProxy: ['localhost, .lan, 10.0.0.0/8', true, 'host names separated by commas'],
};

/** Values for the settings shared by all sources. */
const VALUES: Readonly<Record<string, Values>> = {
  jobs: ['{}', 1, 'an object'],
  'serve.host': ['0.0.0.0', 'a/b', 'a host name or address'],
  'serve.port': ['0', 65_536, 'a whole number from 0 to 65535'],
  'serve.token': ['0123456789abcdef', true, 'at least 16 ASCII characters without spaces'],
  'serve.queueSchema': [
    'jobs',
    'Jobs',
    'a name of at most 50 lowercase letters, digits and _ that does not start with pg_',
  ],
  'serve.stopTimeoutSeconds': ['0', -1, 'a number from 0 to 86400'],
  concurrency: ['8', 65, 'a whole number from 1 to 64'],
  batchSize: ['500', 0, 'a whole number from 1 to 1000000'],
  atomic: ['true', 'perhaps', 'true or false'],
  dataDir: ['/srv/data', 'a\0b', 'a folder path'],
  'database.url': ['postgres://h/d', 'mysql://h/d', 'a postgresql:// or postgres:// URL'],
  'database.allowNetworkFolder': ['true', 'perhaps', 'true or false'],
  'database.answerTimeoutSeconds': ['1', '0', 'a number above 0 and at most 3600'],
  'database.lockTimeoutSeconds': ['1', 'x', 'a number from 0 to 86400'],
  'database.statementTimeoutSeconds': ['0', 1e9, 'a number from 0 to 86400'],
  'limits.rejects.count': ['0', -1, 'a whole number from 0 to 1000000000'],
  'limits.rejects.share': ['1', 1.1, 'a number from 0 to 1'],
  'limits.vanished.count': ['9', 'x', 'a whole number from 0 to 1000000000'],
  'limits.vanished.share': ['0.5', '10%', 'a number from 0 to 1'],
  deletes: ['off', 'maybe', 'true or false'],
  checks: ['on', 'perhaps', 'true or false'],
  'retention.prune': ['no', 'later', 'true or false'],
  'retention.publishedRuns': ['1', 0, 'a whole number from 1 to 1000000'],
  'retention.failedDays': ['90', 0.5, 'a whole number from 1 to 36500'],
  'retention.tombstoneDays': ['365', 0, 'a whole number from 1 to 36500'],
  'log.level': ['debug', 'loud', 'one of debug, info, warn, error'],
  'log.format': ['json', 'xml', 'one of text, json'],
};

test('each key accepts a valid value given as text, and rejects an invalid value with an error that shows its path and what was expected and found', () => {
  const settings = listSettings();
  assert.deepEqual(
    Object.keys(VALUES),
    settings.filter(({ ofSource }) => ofSource === null).map(({ key }) => key),
  );
  for (const { key, ofSource, path, schema } of settings) {
    const [good, bad, expected] = (ofSource === null ? VALUES[key] : SOURCE_VALUES[ofSource]) ?? [
      '',
      null,
      '',
    ];
    assert.deepEqual(check(treeOf([{ path, value: readText(schema, good) }])), [], key);
    const values = typeof bad === 'number' ? [bad, readText(schema, String(bad)), [], null] : [bad, -0.5];
    for (const value of values) {
      assert.deepEqual(check(treeOf([{ path, value }])), [
        { where: key, message: `must be ${expected}, found ${showFound(value, schema)}` },
      ]);
    }
  }
});

test('an unknown key is rejected with a suggestion', () => {
  const complaints: readonly (readonly [unknown, string])[] = [
    [{ batchsize: 1 }, 'unknown key "batchsize"; did you mean "batchSize"?'],
    [
      { sources: { spacex: { maxAttemps: 1 } } },
      'unknown key "sources.spacex.maxAttemps"; did you mean "sources.spacex.maxAttempts"?',
    ],
    [{ sources: { space: {} } }, 'unknown key "sources.space"; did you mean "sources.spacex"?'],
    [
      { requestsPerSecond: 1 },
      'unknown key "requestsPerSecond"; did you mean "sources.spacex.requestsPerSecond"?',
    ],
    [{ color: 'red' }, 'unknown key "color"'],
    [JSON.parse('{ "__proto__": 1 }'), 'unknown key "__proto__"'],
    [{ 'a/b~c': 1 }, 'unknown key "a/b~c"'],
  ];
  for (const [value, complaint] of complaints) {
    assert.deepEqual(
      check(value).map(({ message }) => message),
      [complaint],
    );
  }
});

test('a key from versions without sources is rejected, and the error names its new key', () => {
  const complaints: readonly (readonly [unknown, string])[] = [
    [
      { source: { baseUrl: 'http://h', maxAttempts: 1 } },
      '"source.baseUrl": it is now "sources.spacex.baseUrl"',
    ],
    [{ source: {} }, '"source": it is now "sources.spacex"'],
    [{ resources: ['a'] }, '"resources": it is now "sources.spacex.resources"'],
    [{ database: { schema: 'a' } }, '"database.schema": it is now "sources.spacex.schema"'],
    [{ limits: { resources: {} } }, '"limits.resources": it is now "sources.spacex.limits"'],
  ];
  for (const [value, complaint] of complaints)
    assert.deepEqual(
      check(value).map(({ message }) => message),
      [`unknown key ${complaint}`],
    );
});

test('the error for a value of the wrong type names its path, which is empty for the whole configuration', () => {
  assert.deepEqual(check({ log: 1 }), [{ where: 'log', message: 'must be an object, found 1' }]);
  assert.deepEqual(check({ batchSize: { password: 'x' } }), [
    { where: 'batchSize', message: 'must be a whole number from 1 to 1000000, found an object' },
  ]);
  assert.deepEqual(check(null), [{ where: '', message: 'must be an object, found null' }]);
  assert.deepEqual(check({ sources: { spacex: { resources: ['a', ''] } } }), [
    { where: 'sources.spacex.resources[1]', message: 'must be a name, found ""' },
  ]);
});

test('every invalid value is reported, but only once even if it has several faults', () => {
  const where = check({
    color: 'red',
    batchSize: 0.5,
    log: { x: 1 },
    sources: { spacex: { resources: [] } },
  }).map((one) => one.where);
  assert.deepEqual(where.sort(), ['batchSize', 'color', 'log.x', 'sources.spacex.resources']);
});

test('the length limit of a schema name counts UTF-8 bytes', () => {
  const faults = (schema: string) => check({ sources: { spacex: { schema } } }).length;
  for (const name of ['ä'.repeat(31), 'My "odd" schema', 'pgx', 'PG_x', '$users', 'my$user'])
    assert.equal(faults(name), 0, name);
  for (const name of ['ä'.repeat(32), '', 'a\0', '\ud800', 'pg_temp', 'pg', '$user', 'information_schema'])
    assert.equal(faults(name), 1, name);
});
