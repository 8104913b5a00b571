import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { KNOWN, valuesOf } from '../../test/support/metrics.ts';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import type { RunFact } from '../core/events.ts';
import { NO_ROWS, rowCounts, type ResourceReport, type RunReport } from '../core/run.ts';
import { createRunFileMetrics } from './metrics.ts';

const { clock } = createVirtualClock(1_000_000);
const OPTIONS = { known: KNOWN, clock };
const RUN = { run_id: '0197-run', source: 'moons', job: 'nightly' };

/** The metrics of one run, and their values after some events. */
function createRun() {
  const { subscriber, text, couldNotBegin } = createRunFileMetrics(OPTIONS);
  return {
    couldNotBegin,
    emit: (fact: RunFact) => subscriber({ ...fact, ...RUN }),
    values: async () => valuesOf((await text()).text),
  };
}

const REPORT: ResourceReport = {
  status: 'succeeded',
  received: 10,
  validated: 9,
  errored: 1,
  repeated: 0,
  pass: 'full',
  ...rowCounts({ ...NO_ROWS, inserted: 4, updated: 3, unchanged: 2, deleted: 5, held: 1 }),
  not_modified: false,
  pages: [],
  seconds: 1,
  tables: {},
  error: null,
};

function ended(
  resources: Readonly<Record<string, ResourceReport>>,
  status: RunReport['status'],
  error: RunReport['error'] = null,
): RunFact {
  const report = { ...RUN, status, resources, error } as unknown as RunReport; // the metrics use nothing else
  return { type: 'run.ended', status, seconds: 2, report };
}

void describe('createRunFileMetrics', () => {
  void it('counts only the records of published resources', async () => {
    const { emit, values } = createRun();
    emit(ended({ titan: REPORT, io: { ...REPORT, status: 'failed' } }, 'partial'));
    const records = Object.entries(await values()).filter(([name]) => name.startsWith('records_total'));
    assert.deepEqual(
      Object.fromEntries(records),
      Object.fromEntries(
        (
          ['received', 'validated', 'errored', 'inserted', 'updated', 'unchanged', 'deleted', 'held'] as const
        ).map((outcome) => [
          `records_total{source="moons",resource="titan",outcome="${outcome}"}`,
          REPORT[outcome],
        ]),
      ),
    );
  });

  void it('counts runs by job, source and status, and counts runs that could not start as failures', async () => {
    const { emit, couldNotBegin, values } = createRun();
    emit(ended({}, 'succeeded'));
    couldNotBegin('moons', '');
    assert.deepEqual(await values(), {
      'runs_total{source="moons",job_name="nightly",status="succeeded"}': 1,
      'runs_total{source="moons",job_name="",status="failed"}': 1,
      'last_run_timestamp_seconds{source="moons",job_name="nightly",status="succeeded"}': 1000,
      'last_run_timestamp_seconds{source="moons",job_name="",status="failed"}': 1000,
      'run_duration_seconds_sum{source="moons"}': 2,
      'run_duration_seconds_count{source="moons"}': 1,
    });
  });

  void it('counts request attempts and retries with a bounded set of label values, whatever status a server sends', async () => {
    const { emit, values } = createRun();
    for (const status of [200, 503, 999, null])
      emit({ type: 'request.ended', resource: 'io', status, seconds: 0.5 });
    for (const status of [200, 503, 429, 999, null])
      emit({
        type: 'request.retried',
        resource: 'io',
        attempt: 1,
        status,
        message: '',
        wait_seconds: 1,
        elsewhere: false,
      });
    assert.deepEqual(await values(), {
      'http_requests_total{source="moons",status="200"}': 1,
      'http_requests_total{source="moons",status="503"}': 1,
      'http_requests_total{source="moons",status="other"}': 1,
      'http_requests_total{source="moons",status="connection"}': 1,
      'http_request_duration_seconds_sum{source="moons"}': 2,
      'http_request_duration_seconds_count{source="moons"}': 4,
      'http_retries_total{source="moons",reason="2xx"}': 1,
      'http_retries_total{source="moons",reason="5xx"}': 1,
      'http_retries_total{source="moons",reason="4xx"}': 1,
      'http_retries_total{source="moons",reason="other"}': 1,
      'http_retries_total{source="moons",reason="connection"}': 1,
    });
  });

  void it('shows the quota only if the source reports one', async () => {
    const { emit, values } = createRun();
    emit({ type: 'request.ended', resource: 'io', status: 200, seconds: 0 });
    assert.equal((await values())['quota_remaining{source="moons"}'], undefined);
    emit({ type: 'request.ended', resource: 'io', status: 200, seconds: 0, quota_left: 7 });
    assert.equal((await values())['quota_remaining{source="moons"}'], 7);
  });

  void it('shows the quota as soon as the source has been asked for it', async () => {
    const { emit, values } = createRun();
    emit({ type: 'quota.read', left: 11, limit: 15, window_seconds: 3600 });
    assert.equal((await values())['quota_remaining{source="moons"}'], 11);
  });

  void it('counts pulls by pass, and shows when a resource can continue', async () => {
    const { emit, values } = createRun();
    const quota = { quota_left: 11, quota_limit: 15, quota_seconds: 3600 };
    const pull = {
      type: 'pull.started',
      resource: 'io',
      since: null,
      pages: 0,
      requests: 9,
      ...quota,
    } as const;
    emit({ ...pull, pass: 'full', reason: 'it was requested' });
    emit({ ...pull, pass: 'changes', reason: null });
    emit({ ...pull, pass: 'changes', reason: null });
    const counts = { received: 0, validated: 0, errored: 0, repeated: 0, seconds: 1 };
    const end = {
      type: 'resource.ended',
      resource: 'io',
      left_by: null,
      error: null,
      steps: {},
      ...counts,
    } as const;
    emit({ ...end, status: 'failed', retry_at: '2026-01-01T00:00:00.000Z' });
    const waits = 'waits_until_timestamp_seconds{source="moons",resource="io"}';
    assert.deepEqual(await values(), {
      'pulls_total{source="moons",resource="io",pass="full"}': 1,
      'pulls_total{source="moons",resource="io",pass="changes"}': 2,
      [waits]: Date.UTC(2026, 0) / 1000,
    });
    emit({ ...end, status: 'succeeded', retry_at: null });
    assert.equal((await values())[waits], undefined);
  });

  void it('counts steps, received bytes, and the wait for the lock', async () => {
    const { emit, values } = createRun();
    emit({ type: 'run.started', address: 'live', resources: [], run_dir: '/x', lock_wait_seconds: 3 });
    for (const how of ['received', 'not modified', 'reused'] as const)
      emit({ type: 'page.stored', resource: 'io', page: 1, how, bytes: 5, received_by: 'r' });
    emit({
      type: 'resource.ended',
      resource: 'io',
      status: 'failed',
      left_by: null,
      error: null,
      retry_at: null,
      steps: {
        extract: { status: 'succeeded', seconds: 1, count: 1 },
        validate: { status: 'failed', seconds: 0.5, count: 1 },
      },
      received: 0,
      validated: 0,
      errored: 0,
      repeated: 0,
      seconds: 2,
    });
    emit({ type: 'publish.ended', status: 'partial', seconds: 4 });
    assert.deepEqual(await values(), {
      'lock_wait_seconds_total{source="moons"}': 3,
      'received_bytes_total{source="moons",resource="io"}': 5,
      'step_seconds_total{source="moons",resource="io",step="extract"}': 1,
      'step_seconds_total{source="moons",resource="io",step="validate"}': 0.5,
      'step_seconds_total{source="moons",resource="",step="publish"}': 4,
    });
  });

  void it('counts a run whose books do not balance', async () => {
    const { emit, values } = createRun();
    emit(ended({}, 'failed', { code: 'books', message: '', hint: null }));
    emit(ended({ io: { ...REPORT, error: { code: 'rejects', message: '', hint: null } } }, 'failed'));
    assert.equal((await values())['books_out_of_balance_total{source="moons"}'], 1);
  });

  void it('starts known series at 0, and never names a run', async () => {
    const { subscriber, text } = createRunFileMetrics(OPTIONS);
    const before = (await text()).text;
    for (const line of [
      'runs_total{source="moons",job_name="nightly",status="failed"} 0',
      'records_total{source="moons",resource="titan",outcome="held"} 0',
      'http_retries_total{source="moons",reason="connection"} 0',
    ])
      assert.ok(before.includes(`\nspacex_pipeline_${line}\n`), line);
    subscriber({ ...ended({ io: REPORT }, 'succeeded'), ...RUN });
    const after = (await text()).text;
    assert.doesNotMatch(after, new RegExp(RUN.run_id));
    assert.doesNotMatch(after, /^(process|nodejs)_/m);
  });
});
