import assert from 'node:assert/strict';
import { test } from 'node:test';

import { compileConfigCheck } from './check.ts';
import { listSettings, treeOf } from './keys.ts';
import { readText } from './value.ts';

const check = compileConfigCheck();

/** For each key a good value as text, and a wrong one with what it should have been. */
const VALUES: Readonly<Record<string, readonly [good: string, bad: unknown, expected: string]>> = {
  'source.baseUrl': ['http://localhost:8080', 'ftp://h', 'an http:// or https:// URL without query'],
  'source.connectTimeoutSeconds': ['1.5', 0, 'a number above 0 and at most 3600'],
  'source.headersTimeoutSeconds': ['2', 'soon', 'a number above 0 and at most 3600'],
  'source.bodyTimeoutSeconds': ['3', 3601, 'a number above 0 and at most 3600'],
  'source.minBytesPerSecond': ['0', -1, 'a number from 0 to 1000000000'],
  'source.responseTimeoutSeconds': ['600', 0, 'a number above 0 and at most 86400'],
  'source.maxAttempts': ['6', 1.5, 'a whole number from 1 to 100'],
  'source.maxRetryAfterSeconds': ['0', -1, 'a number from 0 to 86400'],
  'source.backoffBaseSeconds': ['0.25', '1s', 'a number from 0 to 86400'],
  'source.backoffCapSeconds': ['7', '0x10', 'a number from 0 to 86400'],
  'source.requestsPerSecond': ['0.5', 'fast', 'a number above 0 and at most 1000'],
  'source.httpProxy': ['proxy:3128', 'socks5://h:1', 'an http:// or https:// URL without path, or host:port'],
  'source.httpsProxy': [
    'https://u:p@h',
    'http://h/x',
    'an http:// or https:// URL without path, or host:port',
  ],
  'source.noProxy': ['localhost, .lan, 10.0.0.0/8', true, 'names of hosts by comma'],
  resources: ['one,two', ['one', 'one'], 'a list of different names, or null for all'],
  concurrency: ['8', 65, 'a whole number from 1 to 64'],
  batchSize: ['500', 0, 'a whole number from 1 to 1000000'],
  atomic: ['true', 'perhaps', 'true or false'],
  dataDir: ['/srv/data', 'a\0b', 'the path of a folder'],
  'database.url': ['postgres://h/d', 'mysql://h/d', 'a postgresql:// or postgres:// URL'],
  'database.schema': [
    'Raumfahrt ä',
    'pg_x',
    'a name of 1 to 63 bytes that does not start with pg_, and is not pg, information_schema or $user',
  ],
  'database.allowNetworkFolder': ['true', 'perhaps', 'true or false'],
  'database.answerTimeoutSeconds': ['1', '0', 'a number above 0 and at most 3600'],
  'database.lockTimeoutSeconds': ['1', 'x', 'a number from 0 to 86400'],
  'database.statementTimeoutSeconds': ['0', 1e9, 'a number from 0 to 86400'],
  'limits.rejects.count': ['0', -1, 'a whole number from 0 to 1000000000'],
  'limits.rejects.share': ['1', 1.1, 'a number from 0 to 1'],
  'limits.vanished.count': ['9', 'x', 'a whole number from 0 to 1000000000'],
  'limits.vanished.share': ['0.5', '10%', 'a number from 0 to 1'],
  'limits.resources': ['{"any":{"rejects":{"count":1},"vanished":{"share":1}}}', 'many', 'an object'],
  deletes: ['off', 'maybe', 'true or false'],
  checks: ['on', 'perhaps', 'true or false'],
  'retention.prune': ['no', 'later', 'true or false'],
  'retention.publishedRuns': ['1', 0, 'a whole number from 1 to 1000000'],
  'retention.failedDays': ['90', 0.5, 'a whole number from 1 to 36500'],
  'log.level': ['debug', 'loud', 'one of debug, info, warn, error'],
  'log.format': ['json', 'xml', 'one of text, json'],
};

test('each key takes a good value, read from text, and refuses a wrong one with its path, what was expected and what was found', () => {
  const settings = listSettings();
  assert.deepEqual(
    Object.keys(VALUES),
    settings.map(({ key }) => key),
  );
  for (const { key, path, schema } of settings) {
    const [good, bad, expected] = VALUES[key] ?? ['', null, ''];
    assert.deepEqual(check(treeOf([{ path, value: readText(schema, good) }])), [], key);
    const values = typeof bad === 'number' ? [bad, readText(schema, String(bad)), [], null] : [bad, -0.5];
    for (const value of values) {
      assert.deepEqual(check(treeOf([{ path, value }])), [
        { where: key, message: `must be ${expected}, found ${JSON.stringify(value)}` },
      ]);
    }
  }
});

test('an unknown key is refused with the one that was meant', () => {
  const complaints: readonly (readonly [unknown, string])[] = [
    [{ batchsize: 1 }, 'unknown key "batchsize"; did you mean "batchSize"?'],
    [{ source: { maxAttemps: 1 } }, 'unknown key "source.maxAttemps"; did you mean "source.maxAttempts"?'],
    [{ requestsPerSecond: 1 }, 'unknown key "requestsPerSecond"; did you mean "source.requestsPerSecond"?'],
    [{ colour: 'red' }, 'unknown key "colour"'],
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

test('what should be an object is told by its path, and the whole by none', () => {
  assert.deepEqual(check({ log: 1 }), [{ where: 'log', message: 'must be an object, found 1' }]);
  assert.deepEqual(check({ batchSize: { password: 'x' } }), [
    { where: 'batchSize', message: 'must be a whole number from 1 to 1000000, found an object' },
  ]);
  assert.deepEqual(check(null), [{ where: '', message: 'must be an object, found null' }]);
  assert.deepEqual(check({ resources: ['a', ''] }), [
    { where: 'resources[1]', message: 'must be a name, found ""' },
  ]);
});

test('a part with several faults is told once, and all parts are', () => {
  const where = check({ colour: 'red', batchSize: 0.5, log: { x: 1 }, resources: [] }).map(
    (one) => one.where,
  );
  assert.deepEqual(where.sort(), ['batchSize', 'colour', 'log.x', 'resources']);
});

test('a schema name is measured in bytes of UTF-8', () => {
  const faults = (schema: string) => check({ database: { schema } }).length;
  for (const name of ['ä'.repeat(31), 'My "odd" schema', 'pgx', 'PG_x', '$users', 'my$user'])
    assert.equal(faults(name), 0, name);
  for (const name of ['ä'.repeat(32), '', 'a\0', '\ud800', 'pg_temp', 'pg', '$user', 'information_schema'])
    assert.equal(faults(name), 1, name);
});
