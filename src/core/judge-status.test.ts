import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { JobReport, JobTry } from './job.ts';
import { isExpected, judgeStatus } from './judge-status.ts';
import { NO_RUNS, type LedgerStatus } from './status.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const HOUR = 3_600_000;
const ago = (hours: number): string => new Date(NOW - hours * HOUR).toISOString();

const SUCCESS = { run_id: 'a', finished_at: ago(2), address: 'live', simulated: false };
const ENDED = {
  run_id: 'a',
  status: 'succeeded',
  started_at: ago(3),
  finished_at: ago(2),
  error: null,
} as const;
const FINE: LedgerStatus = { ...NO_RUNS, last_success: SUCCESS, last_run: ENDED };
const BROKEN = { code: 'source', message: 'Cannot read it', hint: null } as const;

const TRY: JobTry = {
  job: 'nightly',
  job_id: 'x',
  try: 1,
  trigger: 'schedule',
  status: 'failed',
  run_id: null,
  started_at: ago(1),
  finished_at: ago(1),
  again_at: null,
  host: 'h',
  pid: 1,
  error: BROKEN,
};
const JOB: JobReport = {
  name: 'nightly',
  source: 's',
  from: null,
  resources: null,
  schedule: '0 4 * * *',
  schedule_words: '',
  timezone: 'UTC',
  enabled: true,
  next_run: '2026-11-28T04:00:00.000Z',
  state: 'idle',
  since: null,
  last: null,
};

function codes(
  ledger: LedgerStatus,
  own: { max?: number | null; jobs?: readonly JobReport[]; expected?: boolean } = {},
): string[] {
  const { expected = true, jobs = [], max = null } = own;
  const { needs_attention, reasons } = judgeStatus('s', ledger, { expected, jobs, max, now: NOW });
  assert.equal(needs_attention, reasons.length > 0);
  return reasons.map(({ code, message }) => `${code}: ${message}`);
}

void describe('a source needs attention', () => {
  void it('unless its last success is recent enough and nothing is wrong', () => {
    assert.deepEqual(codes(FINE, { max: 7200, jobs: [JOB] }), []);
    assert.deepEqual(codes(FINE), [], 'without a limit, any age is fine');
    const { age_seconds, next_run, quota } = judgeStatus('s', FINE, {
      expected: true,
      jobs: [JOB],
      max: null,
      now: NOW,
    });
    assert.deepEqual([age_seconds, next_run, quota], [7200, JOB.next_run, null]);
  });

  void it('if no run has succeeded, or the last success is too old', () => {
    assert.deepEqual(codes(NO_RUNS), ['never_succeeded: No run has succeeded yet']);
    assert.deepEqual(codes(FINE, { max: 7199 }), [
      'too_old: The last success was 2 h ago; the maximum age is 1 h 59 min',
    ]);
  });

  void it('unless no rows are expected because it was never loaded, no job was ever tried, and no scheduled job is configured', () => {
    assert.deepEqual(codes(NO_RUNS, { expected: false, max: 60 }), []);
    const running = { run_id: 'b', started_at: ago(1) };
    assert.deepEqual(
      [isExpected(NO_RUNS, [], true), isExpected(NO_RUNS, [JOB], false), isExpected(NO_RUNS, [JOB], true)],
      [false, false, true],
    );
    const apart = [
      { ...JOB, enabled: false },
      { ...JOB, schedule: null },
    ];
    assert.equal(isExpected(NO_RUNS, apart, true), false, 'no job that runs automatically');
    assert.ok(isExpected(NO_RUNS, [{ ...JOB, last: TRY }], false), 'serve has tried the job');
    for (const ledger of [
      { ...NO_RUNS, running },
      { ...NO_RUNS, last_run: ENDED },
    ])
      assert.ok(isExpected(ledger, [], false));
  });

  void it('if the last run failed, was partial, or has books that do not balance', () => {
    const after = (status: 'failed' | 'partial' | 'interrupted', error: LedgerStatus['last_run'] = null) =>
      codes({ ...FINE, last_run: error ?? { ...ENDED, run_id: 'b', status, error: BROKEN } });
    assert.deepEqual(after('failed'), ['run_failed: Run b failed: Cannot read it']);
    assert.deepEqual(after('partial'), ['run_partial: Run b published only some resources: Cannot read it']);
    assert.deepEqual(after('interrupted'), [], 'someone interrupted the run');
    const books = { ...ENDED, run_id: 'b', status: 'failed', error: { ...BROKEN, code: 'books' } } as const;
    assert.deepEqual(after('failed', books), ['books: The books of run b do not balance: Cannot read it']);
  });

  void it('if a job failed before a run began, unless one has succeeded since, or it is disabled', () => {
    const of = (last: JobTry, own: Partial<JobReport> = {}) =>
      codes(FINE, { jobs: [{ ...JOB, ...own, last }] });
    assert.deepEqual(of(TRY), ['job_failed: Job nightly failed before a run began: Cannot read it']);
    assert.deepEqual(of({ ...TRY, started_at: ago(3) }), []);
    assert.deepEqual(of({ ...TRY, run_id: 'b' }), [], 'the failed run is reported instead');
    assert.deepEqual(of({ ...TRY, status: 'postponed' }), []);
    assert.deepEqual(of(TRY, { enabled: false }), []);
    assert.equal(codes(NO_RUNS, { jobs: [{ ...JOB, last: TRY }] }).length, 2);
  });

  void it('if a check of severity error has findings, but not if only checks of other severities do', () => {
    const found = (error: number) => codes({ ...FINE, checks: { error, warning: 5, info: 5 } });
    assert.deepEqual(found(0), []);
    assert.deepEqual(found(1), ['check_error: 1 data check of severity error found something']);
    assert.deepEqual(found(2), ['check_error: 2 data checks of severity error found something']);
  });
});
