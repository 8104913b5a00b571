import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { choosePrunable, type RetentionLedger, type RunFolderFacts } from './retention.ts';
import type { RunStatus } from './run.ts';

const DAY = 86_400_000;
const NOW = 1000 * DAY;
const RULES = { publishedRuns: 2, failedDays: 14 };
const STATUSES: readonly RunStatus[] = ['running', 'succeeded', 'partial', 'failed', 'interrupted'];

type Parts = { readonly days?: number; readonly alive?: boolean; readonly ours?: boolean };

/** A run folder whose manifest has this status; null for no manifest. */
function folder(run_id: string, status: RunStatus | null, parts: Parts = {}): RunFolderFacts {
  const { alive = false, days = 0, ours = true } = parts;
  const at = NOW - days * DAY;
  return { run_id, made: at, manifest: status === null ? null : { status, at, alive, ours } };
}

function ledger(
  runs: Readonly<Record<string, RunStatus>>,
  days = 0,
  basedOn: string[] = [],
): RetentionLedger {
  return {
    runs: Object.entries(runs).map(([run_id, status]) => ({ run_id, status, at: NOW - days * DAY })),
    basedOn: new Set(basedOn),
  };
}

/** Adds the run folder `9`, the newest, so that the other folders can be removed. */
function chosen(folders: readonly RunFolderFacts[], known: RetentionLedger): unknown[] {
  const all = [...folders, folder('9', 'failed')];
  return choosePrunable(all, known, RULES, NOW).map(({ reason, run_id, status }) => [run_id, status, reason]);
}

void describe('retention', () => {
  void it('keeps the newest published runs and the runs that the target is based on', () => {
    const runs = { 1: 'succeeded', 2: 'partial', 3: 'succeeded', 4: 'partial', 5: 'succeeded' } as const;
    const folders = Object.entries(runs).map(([id, status]) => folder(id, status));
    assert.deepEqual(chosen(folders, ledger(runs, 0, ['2'])), [
      ['3', 'succeeded', 'superseded'],
      ['1', 'succeeded', 'superseded'],
    ]);
  });

  void it('keeps a run that published nothing, but only for some days', () => {
    const runs = { 1: 'failed', 2: 'interrupted' } as const;
    const folders = [folder('1', 'running'), folder('2', 'interrupted')];
    assert.deepEqual(chosen(folders, ledger(runs, 14)), []);
    assert.deepEqual(chosen(folders, ledger({ ...runs, 9: 'failed' }, 14.01)), [
      ['2', 'interrupted', 'failed'],
      ['1', 'failed', 'failed'],
    ]);
  });

  void it('trusts the ledger over the manifest', () => {
    const known = ledger({ 1: 'succeeded', 2: 'running', 3: 'succeeded', 4: 'succeeded' }, 99);
    assert.deepEqual(chosen([folder('1', 'running', { days: 99, alive: true })], known), [
      ['1', 'succeeded', 'superseded'],
    ]);
    assert.deepEqual(chosen([folder('2', 'failed', { days: 99 })], known), []);
  });

  void it('removes a run that is not in the ledger only if it failed, and only after some days', () => {
    const old = { days: 15 };
    for (const [facts, reason] of [
      [folder('1', 'failed', old), 'failed'],
      [folder('1', 'interrupted', old), 'failed'],
      [folder('1', 'running', old), 'failed'],
      [folder('1', null, old), 'half_written'],
      [folder('1', 'running', { ...old, alive: true }), null],
      [folder('1', 'succeeded', old), null],
      [folder('1', 'partial', old), null],
      [folder('1', 'failed', { ...old, ours: false }), null],
      [folder('1', 'failed', { days: 13 }), null],
      [folder('1', null, { days: 13 }), null],
    ] as const) {
      const expected = reason === null ? [] : [['1', facts.manifest?.status ?? null, reason]];
      assert.deepEqual(chosen([facts], ledger({})), expected, JSON.stringify(facts));
    }
  });

  void it("keeps the runs of a different database, even if the ledger is a copy of that database's ledger", () => {
    const known = ledger({ 1: 'succeeded', 2: 'failed', 3: 'succeeded', 4: 'succeeded' }, 99);
    const folders = [folder('1', 'succeeded', { ours: false }), folder('2', 'failed', { ours: false })];
    assert.deepEqual(chosen(folders, known), []);
  });

  void it('keeps a folder without a manifest if its run is in the ledger', () => {
    const known = ledger({ 1: 'succeeded', 2: 'succeeded', 3: 'succeeded' }, 99);
    assert.deepEqual(chosen([folder('1', null, { days: 99 })], known), []);
  });

  void it('never removes what it must keep, for any rules and runs', () => {
    const id = fc.integer({ min: 1, max: 30 }).map((n) => String(n).padStart(2, '0'));
    const status = fc.constantFrom(...STATUSES);
    const days = fc.integer({ min: 0, max: 40 });
    const facts = fc.record({
      run_id: id,
      status: fc.option(status),
      days,
      alive: fc.boolean(),
      ours: fc.boolean(),
    });
    const known = fc.record({ run_id: id, status, at: days.map((n) => NOW - n * DAY) });
    const unique = { selector: ({ run_id }: { readonly run_id: string }) => run_id };
    const rules = fc.record({ publishedRuns: fc.integer({ min: 1, max: 5 }), failedDays: days });
    fc.assert(
      fc.property(
        fc.uniqueArray(facts, unique),
        fc.uniqueArray(known, unique),
        fc.array(id),
        rules,
        (some, runs, basedOn, limits) => {
          const folders = some.map((one) => folder(one.run_id, one.status, one));
          const book = { runs, basedOn: new Set(basedOn) };
          const gone = choosePrunable(folders, book, limits, NOW).map(({ run_id }) => run_id);
          const published = runs.filter((run) => run.status === 'succeeded' || run.status === 'partial');
          const newest = published
            .map(({ run_id }) => run_id)
            .sort()
            .slice(-limits.publishedRuns);
          for (const run_id of gone) {
            assert.ok(!basedOn.includes(run_id) && !newest.includes(run_id));
            assert.notEqual(runs.find((run) => run.run_id === run_id)?.status, 'running');
            assert.notEqual(
              run_id,
              folders
                .map((one) => one.run_id)
                .sort()
                .at(-1),
            );
            assert.notEqual(folders.find((one) => one.run_id === run_id)?.manifest?.ours, false);
          }
          assert.deepEqual(gone.toReversed(), gone.toSorted());
        },
      ),
    );
  });
});
