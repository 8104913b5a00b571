import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { KNOWN, valuesOf } from '../../test/support/metrics.ts';
import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import type { FolderFacts, LedgerFacts } from '../core/facts.ts';
import type { JobEvent } from '../core/job.ts';
import { createServeMetrics } from './metrics.ts';

const LEDGER: LedgerFacts = {
  sources: [
    {
      source: 'moons',
      resources: [
        { resource: 'titan', open: 2, held: 1, published: 100, event: 50 },
        { resource: 'io', open: 0, held: 0, published: null, event: null },
      ],
      checks: { error: 1, warning: 0, info: 0 },
    },
  ],
  jobs: [{ job: 'nightly', status: 'failed', succeeded: 90, interval: 3600 }],
  queue: { waiting: { count: 1, age: 5 }, running: { count: 0, age: 0 } },
};
const FOLDER: FolderFacts = {
  freeBytes: 10,
  sizeBytes: 20,
  drift: [{ source: 'moons', resource: 'io', findings: 3 }],
};
const SHOWN = {
  ledger_up: 1,
  'rejects_open{source="moons",resource="titan"}': 2,
  'rows_held{source="moons",resource="titan"}': 1,
  'last_success_timestamp_seconds{source="moons",resource="titan"}': 100,
  'newest_event_timestamp_seconds{source="moons",resource="titan"}': 50,
  'checks_failing{source="moons",severity="error"}': 1,
  'job_last_success_timestamp_seconds{job_name="nightly"}': 90,
  'job_last_status{job_name="nightly",status="failed"}': 1,
  'job_interval_seconds{job_name="nightly"}': 3600,
  'queue_jobs{state="waiting"}': 1,
  'queue_oldest_age_seconds{state="waiting"}': 5,
};

function createServe() {
  const facts: { ledger: LedgerFacts | null; folder: FolderFacts | null; read: number } = {
    ledger: LEDGER,
    folder: FOLDER,
    read: 0,
  };
  const warnings: string[] = [];
  const metrics = createServeMetrics(
    { version: '1.2.3', known: KNOWN, clock: createVirtualClock().clock },
    {
      async ledger() {
        facts.read += 1;
        if (facts.ledger === null) throw new Error('the server is down');
        return facts.ledger;
      },
      async folder() {
        if (facts.folder === null) throw new Error('the disk is missing');
        return facts.folder;
      },
      log: { warn: (message) => void warnings.push(message) },
    },
  );
  return { ...metrics, facts, warnings, values: async () => valuesOf((await metrics.text()).text) };
}

const ENDED: JobEvent = {
  type: 'job.ended',
  job: 'nightly',
  source: 'moons',
  job_id: 'an-id',
  status: 'failed',
  run_id: null,
  error: null,
  seconds: 1,
  again_at: null,
};

void describe('createServeMetrics', () => {
  void it('shows the state of the database and the data folder, read once for concurrent scrapes', async () => {
    const { facts, text, values } = createServe();
    const [first] = await Promise.all([values(), text(), text()]);
    const shown = Object.fromEntries(Object.entries(first).filter(([name]) => !/^(data|drift)/.test(name)));
    assert.deepEqual(shown, SHOWN);
    assert.deepEqual(
      [
        first['data_free_bytes'],
        first['data_size_bytes'],
        first['drift_findings{source="moons",resource="io"}'],
      ],
      [10, 20, 3],
    );
    assert.equal(facts.read, 1);
  });

  void it('shows that the database cannot be read, and omits its earlier values', async () => {
    const { facts, onJob, text, values, warnings } = createServe();
    await text();
    facts.ledger = null;
    onJob(ENDED);
    const { text: scraped } = await text();
    assert.match(scraped, /^spacex_pipeline_ledger_up 0$/m);
    for (const name of Object.keys(SHOWN).map((one) => one.replace(/\{.*/, '')))
      if (name !== 'ledger_up') assert.doesNotMatch(scraped, new RegExp(`^spacex_pipeline_${name}[{ ]`, 'm'));
    assert.equal((await values())['data_free_bytes'], 10, 'the data folder is readable');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^Cannot read the database for the metrics: .*the server is down/);
  });

  void it("omits the data folder's values if the folder cannot be read", async () => {
    const { facts, onJob, text } = createServe();
    await text();
    facts.folder = null;
    onJob(ENDED);
    const { text: scraped } = await text();
    assert.match(scraped, /^spacex_pipeline_ledger_up 1$/m);
    assert.doesNotMatch(scraped, /^spacex_pipeline_(data_\w+|drift_findings)[{ ]/m);
  });

  void it('counts job attempts, and runs that could not start', async () => {
    const { onJob, values } = createServe();
    onJob({ ...ENDED, status: 'succeeded', run_id: 'r' });
    onJob({ ...ENDED, run_id: 'r' });
    onJob(ENDED);
    const counted = await values();
    assert.equal(counted['job_tries_total{job_name="nightly",status="succeeded"}'], 1);
    assert.equal(counted['job_tries_total{job_name="nightly",status="failed"}'], 2);
    assert.equal(counted['runs_total{source="moons",job_name="nightly",status="failed"}'], 1);
  });

  void it('includes process metrics, but no names that promtool rejects', async () => {
    const { text } = await createServe().text();
    assert.match(text, /^process_cpu_seconds_total /m);
    assert.doesNotMatch(text, /nodejs_active_\w+_total|nodejs_eventloop_utilization/);
  });
});
