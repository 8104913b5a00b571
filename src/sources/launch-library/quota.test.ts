import assert from 'node:assert/strict';
import { test } from 'node:test';

import { quota } from './quota.ts';

const STATE = {
  your_request_limit: 15,
  limit_frequency_secs: 3600,
  current_use: 12,
  next_use_secs: 0,
  ident: '203.0.113.7',
};

test('reads the quota from an object, or from an object in an array', () => {
  const expected = { left: 3, limit: 15, seconds: 3600, nextSeconds: 0 };
  assert.deepEqual(quota.read(STATE), expected);
  assert.deepEqual(quota.read([STATE]), expected);
});

test('returns 0 requests left if the limit is exceeded, and rounds fractions of a second up', () => {
  assert.deepEqual(quota.read({ ...STATE, current_use: 17, next_use_secs: 811.2 }), {
    left: 0,
    limit: 15,
    seconds: 3600,
    nextSeconds: 812,
  });
});

test('returns null for anything else', () => {
  for (const body of [
    null,
    'busy',
    7,
    [],
    {},
    [STATE, STATE],
    { ...STATE, current_use: '12' },
    { ...STATE, current_use: -1 },
    { ...STATE, your_request_limit: null },
    { ...STATE, next_use_secs: undefined },
  ])
    assert.equal(quota.read(body), null, JSON.stringify(body));
});
