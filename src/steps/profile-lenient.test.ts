import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  between,
  integer,
  lenient,
  lenientArray,
  nullable,
  object,
  optional,
  text,
  timestamp,
} from '../core/contract.ts';
import { compareProfiles } from '../core/drift.ts';
import type { Profile } from '../core/profile.ts';
import { createProfiler } from './profile.ts';

const CONTRACT = object({
  id: text(),
  at: lenient(timestamp()),
  place: lenient(nullable(object({ lat: lenient(between(-90, 90)), name: optional(text()) }))),
  parts: lenientArray(object({ id: integer() })),
});
const GOOD = { id: 'a', at: '2026-01-02T00:00:00Z', place: { lat: 1, name: 'Pad' }, parts: [{ id: 1 }] };

function profile(records: readonly unknown[]): Profile {
  const profiler = createProfiler(CONTRACT);
  for (const record of records) profiler.add(record);
  return profiler.end('things');
}

function driftOf(record: unknown): readonly unknown[] {
  return compareProfiles(profile([GOOD, record]), null).map(({ count, found, kind, path }) => [
    kind,
    path,
    found,
    count,
  ]);
}

void describe('the profile of a lenient contract', () => {
  void it('counts values that are present, null and absent', () => {
    const records = [
      GOOD,
      { id: 'b' },
      { ...GOOD, place: null, parts: [] },
      { ...GOOD, at: 7, parts: [[], 1] },
    ];
    const { fields } = profile(records);
    const { absent, contract, types } = fields.find(({ path }) => path === '/place') ?? assert.fail();
    assert.deepEqual({ absent, contract, types }, {
      absent: 1,
      contract: ['object', 'null'],
      types: { object: 2, null: 1 },
    }); // prettier-ignore
  });

  void it('shows no drift in expected values', () => {
    assert.deepEqual(driftOf({ ...GOOD, place: null, parts: [] }), []);
  });

  void it('shows values of an unexpected type', () => {
    assert.deepEqual(driftOf({ ...GOOD, at: 7, place: 'x', parts: null }), [
      ['new_type', '/at', 'integer', 1],
      ['new_type', '/place', 'string', 1],
      ['new_type', '/parts', 'null', 1],
    ]);
  });

  void it('shows unusable values of the expected type', () => {
    assert.deepEqual(driftOf({ ...GOOD, at: '2026-02-30T00:00:00Z', place: { lat: 91 } }), [
      ['new_value', '/at', '2026-02-30T00:00:00Z', 1],
      ['new_value', '/place/lat', '91', 1],
    ]);
    assert.deepEqual(driftOf({ ...GOOD, place: { lat: Number.POSITIVE_INFINITY } }), [
      ['new_value', '/place/lat', 'Infinity', 1],
    ]);
    assert.deepEqual(driftOf({ ...GOOD, place: { name: 7 } }), [
      ['new_value', '/place', null, 1],
      ['new_type', '/place/name', 'integer', 1],
    ]);
  });

  void it('shows the items that are dropped from a list', () => {
    assert.deepEqual(driftOf({ ...GOOD, parts: [{ id: 2 }, {}, { id: '3' }, 'x'] }), [
      ['new_type', '/parts/*', 'string', 1],
      ['new_value', '/parts/*', null, 2],
      ['new_type', '/parts/*/id', 'string', 1],
    ]);
  });
});
