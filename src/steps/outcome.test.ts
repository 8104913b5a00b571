import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { NO_ROWS, rowCounts, type ResourceReport, type ResourceStatus } from '../core/run.ts';
import type { LedgerEntry } from '../core/target.ts';
import spacex from '../sources/spacex/source.ts';
import { closeRun } from './outcome.ts';

const { resources } = spacex;

const failure = { code: 'database', message: 'Cannot load', hint: null } as const;
const need = { ...failure, code: 'need' } as const;
const noCopy = { ...failure, code: 'source', message: 'No copy' } as const;
const unmet = { ...noCopy, message: 'Needs an absent resource' } as const;

type Ended = readonly [ResourceStatus, ResourceReport['error']?];

const OK: Ended = ['succeeded'];
const KEPT: Ended = ['kept'];
const ABSENT: Ended = ['absent', noCopy];
const FAILED: Ended = ['failed', failure];
const NEEDS_FAILED: Ended = ['skipped', need];
const UNMET: Ended = ['skipped', unmet];

/** Closes a run whose resources ended with these results, in source order. */
function close(ended: readonly Ended[], chosen: readonly number[] | null = null) {
  const entries = ended.map(([status, error = null], index): LedgerEntry => {
    const resource = resources[index] ?? assert.fail();
    const counts = { received: 0, validated: 0, errored: 0, repeated: 0, ...rowCounts(NO_ROWS) };
    const report = {
      status,
      pass: 'full',
      ...counts,
      not_modified: false,
      pages: [],
      seconds: 0,
      tables: {},
      error,
    } as const;
    return { resource, report, allRead: true, key: null, chain: null };
  });
  const names = chosen?.map((index) => resources[index]?.name ?? assert.fail()) ?? null;
  const { error, status } = closeRun(entries, names);
  return [status, error?.message ?? null];
}

describe('a run', () => {
  it('fails, completely or partially, with the error of the first resource that itself failed', () => {
    assert.deepEqual(close([OK, OK]), ['succeeded', null]);
    assert.deepEqual(close([OK, NEEDS_FAILED, FAILED]), ['partial', failure.message]);
    assert.deepEqual(close([NEEDS_FAILED, FAILED]), ['failed', failure.message]);
    assert.deepEqual(close([ABSENT, FAILED], [0]), ['failed', failure.message]);
  });

  it('does not fail because of absent or kept resources', () => {
    assert.deepEqual(close([OK, ABSENT]), ['succeeded', null]);
    assert.deepEqual(close([OK, KEPT, ABSENT]), ['succeeded', null]);
    assert.deepEqual(close([KEPT, KEPT]), ['succeeded', null]);
    assert.deepEqual(close([KEPT, ABSENT]), ['succeeded', null]);
    assert.deepEqual(close([OK, KEPT, FAILED]), ['partial', failure.message]);
    assert.deepEqual(close([OK, KEPT], [1]), ['succeeded', null]);
  });

  it('fails if an absent resource was requested by name, or if no resource was loaded or kept', () => {
    assert.deepEqual(
      close([OK, ABSENT], [0]),
      ['succeeded', null],
      'the absent resource was not requested by name',
    );
    assert.deepEqual(close([OK, ABSENT], [1]), ['partial', noCopy.message]);
    assert.deepEqual(close([KEPT, ABSENT], [1]), ['failed', noCopy.message]);
    assert.deepEqual(close([ABSENT, ABSENT]), ['failed', noCopy.message]);
  });

  it('fails if a resource needs an absent one', () => {
    assert.deepEqual(close([OK, ABSENT, UNMET]), ['partial', unmet.message]);
    assert.deepEqual(close([ABSENT, UNMET]), ['failed', unmet.message]);
  });
});
