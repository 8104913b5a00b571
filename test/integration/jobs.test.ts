import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';

import {
  createGate,
  LAUNCHES,
  ROCKETS,
  sandboxReplies,
  startApi,
  type Api,
  type Reply,
} from '../support/api.ts';
import { startTestWorker, type TestWorker } from '../support/job-worker.ts';
import { minuteOf, theseHours } from '../support/schedules.ts';
import { createTestServer, QUICK_SOURCE, type ServerWorkspace } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

let replies: { readonly [ROCKETS]: Reply; readonly [LAUNCHES]: Reply };
before(async () => {
  replies = await sandboxReplies({ launches: 20 });
});

/** A job without a schedule, which runs only on command. */
const BY_HAND = { schedule: null };
let schemas = 0;

type Setting = {
  readonly api: Api;
  readonly worker: TestWorker;
  readonly workspace: ServerWorkspace;
  readonly queue: string;
};

/** A worker with its own queue and its own API. */
async function work(
  t: TestContext,
  jobs: Readonly<Record<string, object>>,
  source: object = {},
): Promise<Setting> {
  schemas += 1;
  const queue = `queue_${schemas}`;
  const api = await startApi(replies);
  const workspace = server.workspace({
    jobs,
    serve: { queueSchema: queue },
    source: { ...QUICK_SOURCE, baseUrl: api.url, ...source },
  });
  const worker = await startTestWorker(workspace);
  t.after(async () => {
    await worker.close();
    await api.close();
  });
  return { api, worker, workspace, queue };
}

describe('a job', { concurrency: 4 }, () => {
  it('pulls from its own address or, without one, from the configured address', async (t) => {
    const other = await startApi(replies);
    t.after(() => other.close());
    const { api, worker } = await work(t, { here: BY_HAND, there: { ...BY_HAND, from: other.url } });
    await worker.run('there');
    assert.equal((await worker.ended('there')).status, 'succeeded');
    await worker.run('here');
    assert.equal((await worker.ended('here')).status, 'succeeded');
    const addresses = worker.runEvents.flatMap((event) =>
      event.type === 'run.started' ? [event.address] : [],
    );
    assert.deepEqual(addresses, [other.url, api.url]);
  });

  it('pulls only its own resources and the resources that they need', async (t) => {
    const { worker } = await work(t, { few: { ...BY_HAND, resources: ['rockets'] } });
    await worker.run('few');
    await worker.ended('few');
    const report = worker.runEvents.find((event) => event.type === 'run.ended')?.report;
    assert.deepEqual([Object.keys(report?.resources ?? {}), report?.job], [['rockets'], 'few']);
  });

  it('runs on its schedule, in its time zone', async (t) => {
    const schedule = theseHours('Asia/Kolkata');
    const { worker } = await work(t, {
      there: { schedule, timezone: 'Asia/Kolkata', missed: 'none' },
      here: { schedule, timezone: 'UTC', missed: 'none' },
    });
    const started = await worker.event('there', 'job.started');
    assert.equal(started.type === 'job.started' && started.trigger, 'schedule');
    await worker.ended('there');
    assert.deepEqual(
      worker.events.filter(({ job }) => job === 'here'),
      [],
    );
  });

  it('runs immediately if it has never run, and runs once for all missed ticks', async (t) => {
    const schedule = minuteOf(new Date(Date.now() + 12 * 3_600_000), 'UTC'); // far from any tick
    const jobs = { eager: { schedule }, patient: { schedule, missed: 'none' } };
    const { queue, worker, workspace } = await work(t, jobs);
    assert.equal((await worker.ended('eager')).status, 'succeeded');
    const tick = `INSERT INTO ${queue}.job (name, data, policy)
      SELECT name, '{"trigger":"schedule"}', policy FROM ${queue}.queue WHERE name LIKE 'eager/%'
      ON CONFLICT DO NOTHING RETURNING id`;
    // The queue may also send the previous tick. It accepts one entry per job at a time.
    while ((await workspace.sql(tick)).length === 0);
    const isDone = `SELECT FROM ${queue}.job WHERE name LIKE 'eager/%' AND data ->> 'trigger' = 'schedule' AND state = 'completed'`;
    while ((await workspace.sql(isDone)).length === 0);
    assert.equal(worker.events.filter(({ type }) => type === 'job.started').length, 1);
    await worker.stop(1000);

    // Nothing has run for two days.
    await workspace.sql(`UPDATE ${queue}.version SET cron_on = now() - interval '2 days';
      UPDATE ${queue}.schedule SET created_on = now() - interval '9 days';
      UPDATE job_tries SET started_at = now() - interval '3 days'`);
    const again = await startTestWorker(workspace);
    t.after(() => again.close());
    const started = await again.event('eager', 'job.started');
    assert.equal(started.type === 'job.started' && started.trigger, 'schedule');
    await again.ended('eager');
    assert.equal(
      again.events.filter(({ type }) => type === 'job.started').length,
      1,
      'one run for both days',
    );
    assert.deepEqual(
      [...worker.events, ...again.events].filter(({ job }) => job === 'patient'),
      [],
    );
  });

  for (const overlap of ['skip', 'queue'] as const) {
    it(`${overlap === 'skip' ? 'is not queued' : 'is queued once'} while it is running with overlap ${overlap}`, async (t) => {
      const { api, worker } = await work(t, { slow: { ...BY_HAND, overlap } });
      const gate = createGate(100);
      api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
      await worker.run('slow');
      await gate.reached;
      const second = await worker.run('slow');
      const third = await worker.run('slow');
      assert.deepEqual([second === null, third], [overlap === 'skip', null]);
      gate.open();
      await worker.ended('slow');
      if (overlap === 'queue') await worker.ended('slow', 2);
      const expected = overlap === 'queue' ? 2 : 1;
      assert.equal(worker.events.filter(({ type }) => type === 'job.started').length, expected);
    });
  }

  for (const [name, text, then] of [
    ['its overlap setting is changed', '"schedule":null', '"schedule":null,"overlap":"queue"'],
    ['it is renamed', '"poor":', '"rich":'],
  ] as const) {
    it(`leaves no execution waiting forever if ${name}`, async (t) => {
      const { api, queue, worker, workspace } = await work(t, { poor: BY_HAND });
      api.set(ROCKETS, { status: 429, body: '', headers: { 'retry-after': '3600' } });
      await worker.run('poor');
      await worker.ended('poor');
      await worker.stop(1000);
      const waiting = `SELECT name FROM ${queue}.job WHERE state < 'active' AND name LIKE '%/%'`;
      assert.deepEqual(await workspace.sql(waiting), [{ name: 'poor/skip' }]);
      const file = path.join(workspace.folder, 'spacex-pipeline.config.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace(text, then));
      const again = await startTestWorker(workspace);
      t.after(() => again.close());
      assert.deepEqual(await workspace.sql(waiting), []);
    });
  }

  it('is retried, and logs an error, if the ledger cannot be written to', async (t) => {
    const { worker, workspace } = await work(t, { poor: BY_HAND });
    await workspace.sql('ALTER TABLE job_tries RENAME TO away');
    await worker.run('poor');
    const line = await worker.line(/^job poor: .*"job_tries" does not exist.*; trying again soon$/);
    assert.equal(line.level, 'error');
    await workspace.sql('ALTER TABLE away RENAME TO job_tries');
    assert.equal((await worker.ended('poor')).status, 'succeeded');
  });

  it('is interrupted and retried if it exceeds its timeout', async (t) => {
    const { api, worker } = await work(t, {
      slow: { ...BY_HAND, timeoutSeconds: 4, retries: { limit: 1, delaySeconds: 0 } },
    });
    const gate = createGate(100);
    api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
    await worker.run('slow');
    const ended = await worker.ended('slow');
    assert.equal(ended.status, 'failed');
    assert.match(ended.error?.message ?? '', /^Cannot finish job slow: it took longer than 4 s$/);
    assert.notEqual(ended.again_at, null);
    api.set(LAUNCHES, replies[LAUNCHES]);
    const second = await worker.ended('slow', 2);
    assert.deepEqual([second.status, second.run_id], ['succeeded', ended.run_id], 'the same run continues');
  });

  it('is retried after failures, with the configured limit and delays', async (t) => {
    const { api, worker, workspace } = await work(
      t,
      { poor: { ...BY_HAND, retries: { limit: 3, delaySeconds: 1, maxDelaySeconds: 2 } } },
      { maxAttempts: 1 },
    );
    api.set(ROCKETS, { status: 500, body: 'no' });
    await worker.run('poor');
    await worker.ended('poor', 4);
    const tries = await worker.history('poor', 10);
    assert.deepEqual(
      tries.map((one) => [
        one.try,
        one.status,
        one.error?.code,
        one.again_at === null
          ? null
          : Math.round((Date.parse(one.again_at) - Date.parse(one.finished_at ?? '')) / 1000),
      ]),
      [
        [4, 'failed', 'source', null],
        [3, 'failed', 'source', 2],
        [2, 'failed', 'source', 2],
        [1, 'failed', 'source', 1],
      ],
    );
    assert.equal(new Set(tries.map(({ job_id }) => job_id)).size, 1);
    const [{ runs } = { runs: 0 }] = await workspace.sql<{ runs: string }>(
      'SELECT count(*) AS runs FROM runs',
    );
    assert.equal(Number(runs), 1, 'each try continues the run of the first try');
  });

  it('is not retried if that would change nothing', async (t) => {
    const limits = { rejects: { count: 0, share: 0 } };
    const { api, worker } = await work(t, { strict: { ...BY_HAND, limits }, lenient: BY_HAND });
    api.set(ROCKETS, (await sandboxReplies({ faults: 'bad=0.3' }))[ROCKETS]);
    await worker.run('strict');
    const strict = await worker.ended('strict');
    assert.deepEqual([strict.status, strict.error?.code, strict.again_at], ['failed', 'rejects', null]);
    await worker.run('lenient');
    assert.equal((await worker.ended('lenient')).status, 'succeeded', 'the limits apply to one job only');
  });

  it('is postponed, not failed, if its source has no quota left', async (t) => {
    const { api, worker } = await work(t, { poor: BY_HAND });
    api.set(ROCKETS, { status: 429, body: '', headers: { 'retry-after': '3600' } });
    await worker.run('poor');
    const ended = await worker.ended('poor');
    assert.equal(ended.status, 'postponed');
    const minutes = (Date.parse(ended.again_at ?? '') - Date.now()) / 60_000;
    assert.ok(minutes > 59 && minutes <= 60, `${minutes} minutes`);
    // The event is emitted just before the queue stores the time.
    let [report] = await worker.list();
    while (report?.since !== ended.again_at) [report] = await worker.list();
    assert.deepEqual([report?.state, report?.last?.status], ['waiting', 'postponed']);
  });

  it('runs on command, but not on its schedule, while it is disabled, even after a restart', async (t) => {
    const jobs = {
      off: { schedule: '* * * * *', enabled: false },
      on: { schedule: '* * * * *', missed: 'none' },
    };
    const { worker, workspace } = await work(t, jobs);
    await worker.enable('on', false);
    const states = async (one: TestWorker) =>
      (await one.list()).map(({ enabled, next_run }) => [enabled, next_run]);
    assert.deepEqual(await states(worker), [
      [false, null],
      [false, null],
    ]);
    await worker.stop(1000);
    const again = await startTestWorker(workspace);
    t.after(() => again.close());
    assert.deepEqual(await states(again), [
      [false, null],
      [false, null],
    ]);
    await again.run('off');
    assert.equal((await again.ended('off')).status, 'succeeded');
    const { enabled, next_run } = await again.enable('off', true);
    assert.deepEqual([enabled, next_run === null], [true, false]);
  });

  it('waits while another run has locked the schema, without using up a try', async (t) => {
    const { api, worker, workspace } = await work(t, { later: { ...BY_HAND, retries: { limit: 0 } } });
    const gate = createGate(100);
    api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
    const running = workspace.run(['run']);
    await gate.reached;
    await worker.run('later');
    const waiting = await worker.event('later', 'job.waiting');
    assert.match(waiting.type === 'job.waiting' ? waiting.reason : '', /^run \S+ holds the lock \(host /);
    api.set(LAUNCHES, replies[LAUNCHES]);
    gate.open();
    assert.equal((await running).code, 0);
    const ended = await worker.ended('later');
    assert.equal(ended.status, 'succeeded');
    const started = worker.runEvents.find((event) => event.type === 'run.started');
    assert.ok((started?.lock_wait_seconds ?? 0) > 0);
    assert.equal((await worker.history('later', 5)).length, 1);
  });
});
