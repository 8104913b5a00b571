import assert from 'node:assert/strict';
import { test } from 'node:test';

import { maskUrl, withoutPassword } from './mask-url.ts';

const MASKED: Readonly<Record<string, string>> = {
  'postgresql://u:hidden@h:5432/d': 'postgresql://u:***@h:5432/d',
  'postgresql://:hidden@h/d': 'postgresql://:***@h/d',
  'postgresql://u:hid@den@h/d': 'postgresql://u:***@h/d',
  'postgresql://u:hid/den@h/d': 'postgresql://u:***@h/d',
  'postgresql://u:1?hidden@h/d': 'postgresql://u:***@h/d',
  'postgresql://u:1#hidden@h/d': 'postgresql://u:***@h/d',
  'postgresql:///d?host=/run&user=u&password=hidden': 'postgresql:///d?host=/run&user=u&password=***',
  'postgresql://u@h/d?sslmode=disable&p%61ssword=hidden': 'postgresql://u@h/d?sslmode=disable&p%61ssword=***',
  'https://hidden@h/x': 'https://***@h/x',
  'https://u:hidden@h/x?a=1': 'https://***@h/x?***',
  'https://h/x?page=2&x=hidden': 'https://h/x?***',
  'https://h/x#hidden': 'https://h/x#***',
  'socks5://u:hidden@h:1': 'socks5://***@h:1',
  'h/x?x=hidden': 'h/x?***',
  'HTTP://u:hid?den@h/x': 'HTTP://***@h/x',
  'u:hidden@h/d': 'u:***@h/d',
  'mysql:u:hidden@h': 'mysql:***@h',
  "host=h password='hidd\\'en hidden' user=u": 'host=h password=*** user=u',
};

test('masks secrets, even in text that is not a URL', () => {
  for (const [url, masked] of Object.entries(MASKED)) assert.equal(maskUrl(url), masked);
});

test('does not change text without secrets', () => {
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
    ['postgresql://u:hidden@h:5432/d', 'postgresql://u@h:5432/d'],
    ['postgresql://u:hid/@den@h/d?sslmode=require', 'postgresql://u@h/d?sslmode=require'],
    ['postgresql://:hidden@h/d', 'postgresql://@h/d'],
    ['postgresql:///d?host=/run&user=u&password=hidden', 'postgresql:///d?host=/run&user=u'],
    ['postgresql://u@h/d?password=hidden&sslmode=require', 'postgresql://u@h/d?sslmode=require'],
    ['postgresql://u@h/d?password=hidden', 'postgresql://u@h/d'],
    ['postgresql://u@h/d?passfile=/run/secrets/p', 'postgresql://u@h/d?passfile=/run/secrets/p'],
    ['postgresql://u:hidden@h/d?sslpassword=hidden', null],
    ['u:hidden@h/d', 'u@h/d'],
    ['mysql://u:hidden@h/d', null],
    ['host=h password=hidden', null],
  ] as const) {
    assert.equal(withoutPassword(url), bare);
  }
});
