import assert from 'node:assert/strict';
import { test } from 'node:test';

import { maskUrl, withoutPassword } from './mask-url.ts';

const MASKED: Readonly<Record<string, string>> = {
  'postgresql://u:geheim@h:5432/d': 'postgresql://u:***@h:5432/d',
  'postgresql://:geheim@h/d': 'postgresql://:***@h/d',
  'postgresql://u:geh@eim@h/d': 'postgresql://u:***@h/d',
  'postgresql://u:geh/eim@h/d': 'postgresql://u:***@h/d',
  'postgresql://u:1?geheim@h/d': 'postgresql://u:***@h/d',
  'postgresql://u:1#geheim@h/d': 'postgresql://u:***@h/d',
  'postgresql:///d?host=/run&user=u&password=geheim': 'postgresql:///d?host=/run&user=u&password=***',
  'postgresql://u@h/d?sslmode=disable&p%61ssword=geheim': 'postgresql://u@h/d?sslmode=disable&p%61ssword=***',
  'https://geheim@h/x': 'https://***@h/x',
  'https://u:geheim@h/x?a=1': 'https://***@h/x?***',
  'https://h/x?page=2&x=geheim': 'https://h/x?***',
  'https://h/x#geheim': 'https://h/x#***',
  'socks5://u:geheim@h:1': 'socks5://***@h:1',
  'h/x?x=geheim': 'h/x?***',
  'HTTP://u:geh?eim@h/x': 'HTTP://***@h/x',
  'u:geheim@h/d': 'u:***@h/d',
  'mysql:u:geheim@h': 'mysql:***@h',
  "host=h password='gehe\\'im geheim' user=u": 'host=h password=*** user=u',
};

test('masks secrets, even in texts that are not URLs', () => {
  for (const [url, masked] of Object.entries(MASKED)) assert.equal(maskUrl(url), masked);
});

test('does not change a text without secrets', () => {
  for (const url of [
    'https://api.spacexdata.com',
    'postgresql://u@h:5432/d?sslmode=require',
    'postgres://h',
    'not a URL',
    '',
    'postgresql://h/d?%zz=1',
  ]) {
    assert.equal(maskUrl(url), url);
  }
});

test('returns the same result when it is applied twice', () => {
  for (const url of Object.keys(MASKED)) assert.equal(maskUrl(maskUrl(url)), maskUrl(url));
});

test('removes the password from a database URL, or returns null if that would leave a secret', () => {
  for (const [url, bare] of [
    ['postgresql://u:geheim@h:5432/d', 'postgresql://u@h:5432/d'],
    ['postgresql://u:geh/@eim@h/d?sslmode=require', 'postgresql://u@h/d?sslmode=require'],
    ['postgresql://:geheim@h/d', 'postgresql://@h/d'],
    ['postgresql:///d?host=/run&user=u&password=geheim', 'postgresql:///d?host=/run&user=u'],
    ['postgresql://u@h/d?password=geheim&sslmode=require', 'postgresql://u@h/d?sslmode=require'],
    ['postgresql://u@h/d?password=geheim', 'postgresql://u@h/d'],
    ['postgresql://u@h/d?passfile=/run/secrets/p', 'postgresql://u@h/d?passfile=/run/secrets/p'],
    ['postgresql://u:geheim@h/d?sslpassword=geheim', null],
    ['u:geheim@h/d', 'u@h/d'],
    ['mysql://u:geheim@h/d', null],
    ['host=h password=geheim', null],
  ] as const) {
    assert.equal(withoutPassword(url), bare);
  }
});
