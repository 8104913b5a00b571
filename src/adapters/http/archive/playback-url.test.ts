import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  asOfDay,
  formatPlayback,
  indexUrl,
  isFixed,
  isSameOriginal,
  momentOf,
  parsePlayback,
} from './playback-url.ts';

const NEAREST = 'https://web.example.org/web/20260605id_/https://api.example.com/v4/rockets';
const FIXED = 'http://127.0.0.1:8080/web/20251128034223id_/http://api.example.com:80/v4/rockets';

void describe('capture addresses', () => {
  void it('consist of a prefix, a timestamp and an original URL', () => {
    for (const url of [NEAREST, FIXED]) {
      const playback = parsePlayback(url);
      assert.ok(playback !== null);
      assert.equal(formatPlayback(playback), url);
      assert.equal(isFixed(playback), url === FIXED);
    }
    assert.deepEqual(parsePlayback(NEAREST), {
      prefix: 'https://web.example.org/web/',
      timestamp: '20260605',
      original: 'https://api.example.com/v4/rockets',
    });
  });

  for (const url of [
    'https://api.example.com/v4/rockets',
    'https://web.example.org/web/20260605/https://api.example.com/v4/rockets',
    'https://web.example.org/web/20260605if_/https://api.example.com/v4/rockets',
    'https://web.example.org/web/id_/https://api.example.com/v4/rockets',
    'https://web.example.org/web/202606050000001id_/https://api.example.com/v4/rockets',
    'https://web.example.org/web/20260605id_/api.example.com/v4/rockets',
    'https://web.example.org/web/*/https://api.example.com/v4/rockets',
  ]) {
    void it(`cannot have the form ${url}`, () => {
      assert.equal(parsePlayback(url), null);
    });
  }

  void it('can be changed to a different day', () => {
    assert.equal(asOfDay(NEAREST, '2024-01-31'), NEAREST.replace('20260605', '20240131'));
    assert.equal(asOfDay('https://api.example.com', '2024-01-31'), null);
  });

  void it('have an index URL in the only form that is known to work', () => {
    const playback = parsePlayback(NEAREST);
    assert.ok(playback !== null);
    assert.equal(
      indexUrl(playback).href,
      'https://web.example.org/cdx/search/cdx?url=https%3A%2F%2Fapi.example.com%2Fv4%2Frockets&output=json&filter=statuscode%3A200&to=20260605',
    );
  });
});

void describe('isSameOriginal', () => {
  const original = 'https://api.example.com/v4/rockets';
  for (const same of [
    original,
    'http://api.example.com/v4/rockets',
    'http://api.example.com:80/v4/rockets',
    'https://api.example.com:443/v4/rockets',
    'http://api.example.com:443/v4/rockets',
    'https://API.example.com/v4/rockets/',
  ]) {
    void it(`accepts ${same}`, () => {
      assert.ok(isSameOriginal(original, same));
    });
  }
  for (const other of [
    'https://api.example.com/v3/rockets',
    'https://api.example.com/v4/rockets/1',
    'https://api.example.com/v4/Rockets',
    'https://api.example.com/v4/rockets?page=2',
    'https://api.example.com:8080/v4/rockets',
    'https://www.example.com/v4/rockets',
    'no address',
    '',
  ]) {
    void it(`rejects ${JSON.stringify(other)}`, () => {
      assert.equal(isSameOriginal(original, other), false);
    });
  }
});

void describe('momentOf', () => {
  for (const [timestamp, moment] of [
    ['20251006050535', '2025-10-06T05:05:35.000Z'],
    ['20260605', null],
    ['20251306050535', null],
    ['', null],
  ] as const) {
    void it(`converts ${JSON.stringify(timestamp)} to ${moment}`, () => {
      assert.equal(momentOf(timestamp), moment);
    });
  }
});
