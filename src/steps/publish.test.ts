import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { NO_ROWS, rowCounts, type ResourceReport, type ResourceStatus } from '../core/run.ts';
import type { LedgerEntry } from '../core/target.ts';
import { resources } from '../sources/index.ts';
import { exceeds, firstError } from './publish.ts';

function entry(status: ResourceStatus, error: ResourceReport['error'] = null): LedgerEntry {
  const [resource] = resources;
  assert.ok(resource);
  const counts = { received: 0, validated: 0, errored: 0, ...rowCounts(NO_ROWS) };
  return {
    resource,
    raw: null,
    whole: true,
    key: null,
    report: { status, ...counts, not_modified: false, seconds: 0, tables: {}, error },
  };
}

describe('a limit', () => {
  it('is exceeded when both the count and the share are', () => {
    const limit = { count: 5, share: 0.1 };
    const cases = [
      [6, 10],
      [5, 10],
      [6, 60],
      [6, 59],
      [0, 0],
      [6, 0],
    ] as const;
    assert.deepEqual(
      cases.map(([part, whole]) => exceeds(limit, part, whole)),
      [true, false, false, true, false, true],
    );
  });

  it('of everything is never exceeded', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (part, rest) => !exceeds({ count: 0, share: 1 }, part, part + rest)),
    );
  });
});

describe('the error of a run', () => {
  it('is that of the first resource that failed by itself', () => {
    const error = { code: 'source', message: 'Cannot fetch', hint: null } as const;
    const need = { ...error, code: 'need' } as const;
    assert.deepEqual(firstError([entry('succeeded'), entry('skipped', need), entry('failed', error)]), error);
    assert.equal(firstError([entry('succeeded'), entry('skipped', need)]), null);
  });
});
