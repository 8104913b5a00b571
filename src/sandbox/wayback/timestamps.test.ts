import assert from 'node:assert/strict';
import { test } from 'node:test';

import { httpDate, timeOf, timestampOf } from './timestamps.ts';

test('missing digits of a timestamp stand for the latest possible time', () => {
  for (const [timestamp, whole] of [
    ['20251128034223', '20251128034223'],
    ['202511280342', '20251128034259'],
    ['20251128', '20251128235959'],
    ['202302', '20230228235959'],
    ['202402', '20240229235959'],
    ['202606', '20260630235959'],
    ['2026', '20261231235959'],
    ['2', '29991231235959'],
  ] as const) {
    assert.equal(timestampOf(timeOf(timestamp)), whole, timestamp);
  }
  assert.equal(httpDate('20251128034223'), 'Fri, 28 Nov 2025 03:42:23 GMT');
});
