import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { longestInterval } from './longest-interval.ts';

const HOUR = 3600;

void describe('the longest time between two ticks', () => {
  for (const [expression, seconds, why] of [
    ['20 4 * * *', 24 * HOUR, 'once a day'],
    ['*/15 * * * *', HOUR / 4, 'always the same'],
    ['0 12 * * 1-5', 72 * HOUR, 'over the weekend'],
    ['0 9-17 * * 1-5', 64 * HOUR, 'over the weekend, although most are an hour apart'],
    ['0 0 1 * *', 31 * 24 * HOUR, 'longer than what is looked at'],
  ] as const) {
    void it(`is ${seconds} s for ${expression}: ${why}`, () => {
      // A Wednesday and a Friday.
      for (const day of ['2026-11-25', '2026-11-27'])
        assert.equal(longestInterval(expression, 'UTC', new Date(`${day}T13:00:00Z`)), seconds);
    });
  }

  void it('is unknown where there are no two', () => {
    assert.equal(longestInterval('0 0 30 2 *', 'UTC', new Date(0)), null);
  });

  void it('has the hour that a time zone repeats', () => {
    const before = new Date('2026-10-23T13:00:00Z');
    assert.equal(longestInterval('30 4 * * *', 'Europe/Berlin', before), 25 * HOUR);
  });
});
