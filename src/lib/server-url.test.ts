import assert from 'node:assert/strict';
import { test } from 'node:test';

import pg from 'pg';

import { maskUrl } from './mask-url.ts';
import { serverUrlFault } from './server-url.ts';

const RAW = /^a URL with "(.)" encoded as (%..) in its password or names$/;

test('an unencoded character in a password is reported with its encoding, regardless of where it would cut the URL', () => {
  for (const [raw, code] of [
    ['#', '%23'],
    ['?', '%3F'],
    ['/', '%2F'],
  ] as const) {
    for (const password of [`a${raw}b`, `12${raw}b`, `a@b${raw}c`, raw, `a${raw}`]) {
      const url = `postgresql://u:${password}@h/d`;
      const [, named, asCode] = RAW.exec(serverUrlFault(url) ?? '') ?? [];
      assert.deepEqual([named, asCode], [raw, code], url);
      assert.equal(serverUrlFault(`postgresql://u:${password.replace(raw, code)}@h/d`), null, url);
      assert.equal(maskUrl(url), 'postgresql://u:***@h/d');
    }
  }
  for (const password of ['50%', '%zz', '%ff']) {
    assert.equal(RAW.exec(serverUrlFault(`postgresql://u:${password}@h/d`) ?? '')?.[1], '%', password);
  }
  assert.equal(RAW.exec(serverUrlFault('postgresql://u@h/d#b') ?? '')?.[1], '#');
});

test('pg can parse every URL that is accepted', () => {
  const urls: readonly (readonly [string, readonly unknown[]])[] = [
    ['postgresql://u:a@b@h/d', ['u', 'a@b', 'h', 'd']],
    ['postgresql://u:a:b@h/d', ['u', 'a:b', 'h', 'd']],
    ['postgresql://u:a b@h/d', ['u', 'a b', 'h', 'd']],
    ['postgresql://u:a%23%3F%2F%25@h/d', ['u', 'a#?/%', 'h', 'd']],
    ['postgresql://u:p@[::1]:5/my@db', ['u', 'p', '::1', 'my@db']],
    ['postgresql://h:5432/my@db?user=me@corp&password=a/b', ['me@corp', 'a/b', 'h', 'my@db']],
    ['postgresql://[::1]/my@db?user=u', ['u', null, '::1', 'my@db']],
    ['postgres://u@/d?host=/run/pg', ['u', null, '/run/pg', 'd']],
  ];
  for (const [url, expected] of urls) {
    assert.equal(serverUrlFault(url), null, url);
    const { user, password, host, database } = new pg.Client({ connectionString: url });
    assert.deepEqual([user, password, host, database], expected, url);
  }
});

test('any text that is not a database URL is reported as such', () => {
  for (const text of ['', 'mysql://u:p@h/d', 'h', ' postgresql://h/d', 'postgresql://h/d ']) {
    assert.equal(serverUrlFault(text), 'a postgresql:// or postgres:// URL', text);
  }
  assert.equal(serverUrlFault('postgresql://u:p@h:99999/d'), 'a URL with a port of at most 65535');
});
