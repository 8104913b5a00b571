import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { backoffDelay, parseRetryAfter } from './backoff.ts';

describe('the delay before a retry', () => {
  it('doubles from the base up to the cap', () => {
    const delays = [1, 2, 3, 4, 5].map((n) => backoffDelay(n, { baseMs: 100, capMs: 700, random: () => 1 }));
    assert.deepEqual(delays, [100, 200, 400, 700, 700]);
  });

  it('is half random and stays within bounds for any attempt', () => {
    const amount = fc.integer({ min: 0, max: 1e6 });
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e4 }),
        amount,
        amount,
        chance,
        (attempt, baseMs, capMs, luck) => {
          const options = { baseMs, capMs };
          const least = backoffDelay(attempt, { ...options, random: () => 0 });
          const most = backoffDelay(attempt, { ...options, random: () => 1 });
          const delay = backoffDelay(attempt, { ...options, random: () => luck });
          assert.equal(least, most / 2);
          assert.ok(delay >= least && delay <= most && most <= capMs);
          assert.ok(most >= Math.min(baseMs, capMs));
        },
      ),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(1994, 10, 6, 8, 49, 7);

  it('is parsed as seconds or as any of the three HTTP date formats, and if there are several waits, the longest one counts', () => {
    const forms: Readonly<Record<string, number>> = {
      '120': 120_000,
      ' 0 ': 0,
      '1.5': 1500,
      '-3': 0,
      'Sun, 06 Nov 1994 08:49:37 GMT': 30_000,
      'Sunday, 06-Nov-94 08:49:37 GMT': 30_000,
      'Sun Nov  6 08:49:37 1994': 30_000,
      'Sun, 06 Nov 1994 08:49:07 GMT': 0,
      'Thu, 01 Jan 1970 00:00:00 GMT': 0,
      '3, 3': 3000,
      '1,2': 2000,
      'soon, 120, -5, 60': 120_000,
      'Sun, 06 Nov 1994 08:49:37 GMT, 20': 30_000,
      '20, Sun, 06 Nov 1994 08:49:17 GMT,Sunday, 06-Nov-94 08:49:37 GMT': 30_000,
    };
    for (const [header, ms] of Object.entries(forms)) assert.equal(parseRetryAfter(header, now), ms, header);
  });

  it('is parsed as UTC regardless of the local time zone', () => {
    const zone = process.env['TZ'];
    process.env['TZ'] = 'Asia/Tokyo';
    try {
      assert.equal(parseRetryAfter('Sun Nov  6 08:49:37 1994', now), 30_000);
    } finally {
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
    }
  });

  it('is ignored if it is neither seconds nor a date', () => {
    const garbage = ['', ' ', 'soon', '1 s', '1e3', '0x10', 'NaN', 'Infinity', 'retry 2030', '2030-01-01'];
    garbage.push('Sun, 99 Nov 1994 08:49:37 GMT', 'Sun, 06 Foo 1994 08:49:37 GMT', 'soon, later', ', ,');
    for (const header of garbage) assert.equal(parseRetryAfter(header, now), null, header);
  });

  it('parses any text as a finite number of milliseconds or as null', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,400}$/)), (header) => {
        const ms = parseRetryAfter(header, now);
        assert.ok(ms === null || (Number.isSafeInteger(Math.round(ms)) && ms >= 0));
      }),
    );
  });
});
