import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRepeatedTick, nextTick, skippedTick, tickGap } from './ticks.ts';

const BERLIN = 'Europe/Berlin';
const NIGHTLY = '30 2 * * *';

function skipped(at: string, expression = NIGHTLY): string | null {
  return skippedTick(expression, BERLIN, new Date(at))?.toISOString() ?? null;
}

function isRepeated(at: string, expression = NIGHTLY): boolean {
  return isRepeatedTick(expression, BERLIN, new Date(at));
}

test('nextTick uses the given time zone', () => {
  const after = new Date('2026-07-01T00:00:00Z');
  assert.equal(nextTick(NIGHTLY, BERLIN, after)?.toISOString(), '2026-07-01T00:30:00.000Z');
  assert.equal(nextTick(NIGHTLY, 'UTC', after)?.toISOString(), '2026-07-01T02:30:00.000Z');
  assert.equal(nextTick('0 0 31 2 *', 'UTC', after), null);
});

test('a tick in the skipped hour takes place an hour later, and only for one minute', () => {
  assert.equal(skipped('2026-03-29T01:29:59Z'), null);
  assert.equal(skipped('2026-03-29T01:30:00Z'), '2026-03-29T01:30:00.000Z');
  assert.equal(skipped('2026-03-29T01:30:59Z'), '2026-03-29T01:30:00.000Z');
  assert.equal(skipped('2026-03-29T01:31:01Z'), null);
  // If every hour has a tick, no tick is skipped.
  assert.equal(skipped('2026-03-29T01:30:30Z', '30 * * * *'), null);
  assert.equal(skipped('2026-03-28T01:30:30Z'), null);
});

test('a tick in the repeated hour counts only the first time', () => {
  assert.equal(isRepeated('2026-10-25T00:30:05Z'), false);
  assert.equal(isRepeated('2026-10-25T01:30:05Z'), true);
  assert.equal(isRepeated('2026-10-25T01:30:05Z', '30 * * * *'), false);
  assert.equal(isRepeated('2026-10-26T01:30:05Z'), false);
  // A missed tick that runs hours later is not a repetition.
  assert.equal(isRepeated('2026-10-25T09:00:00Z'), false);
});

test('a schedule has an interval even if its ticks are not evenly spaced', () => {
  const pace = (expression: string, at: string): number | null => tickGap(expression, 'UTC', new Date(at));
  const hour = 3600;
  assert.equal(pace('20 4 * * *', '2026-11-27T12:00:00Z'), 24 * hour);
  assert.equal(pace('*/5 9-17 * * *', '2026-11-27T12:01:00Z'), 300);
  assert.equal(pace('*/5 9-17 * * *', '2026-11-27T03:00:00Z'), 15 * hour + 300, 'during the night');
  assert.equal(pace('*/5 9-17 * * *', '2026-11-27T09:01:00Z'), 15 * hour + 300, 'just after the night');
  assert.equal(pace('0 4 * * MON-FRI', '2026-11-29T12:00:00Z'), 72 * hour, 'during a weekend');
  assert.equal(pace('0 4 30 2 *', '2026-11-29T12:00:00Z'), null);
});
