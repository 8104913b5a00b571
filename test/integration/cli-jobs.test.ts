import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { JobReport, JobTry } from '../../src/core/job.ts';
import {
  createGate,
  LAUNCHES,
  ROCKETS,
  sandboxReplies,
  startApi,
  type Api,
  type Reply,
} from '../support/api.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { startServe } from '../support/serve.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  QUICK_SOURCE,
  type Workspace,
} from '../support/workspace.ts';
import type { JobRunDocument } from '../../src/output/jobs.ts';

const server = await createTestServer();
after(() => server.close());

let replies: { readonly [ROCKETS]: Reply; readonly [LAUNCHES]: Reply };
let api: Api;
before(async () => {
  replies = await sandboxReplies({ launches: 20 });
  api = await startApi(replies);
});
after(() => api.close());

const JOBS = {
  nightly: { schedule: '30 2 * * *', timezone: 'Europe/Berlin', missed: 'none' },
  'by-hand': { schedule: null },
};

function configured(queueSchema: string): Readonly<Record<string, unknown>> {
  return {
    jobs: JOBS,
    serve: { queueSchema, stopTimeoutSeconds: 1 },
    source: { ...QUICK_SOURCE, baseUrl: api.url },
  };
}

function stateOf(jobs: readonly JobReport[]): readonly unknown[] {
  return jobs.map(({ enabled, last, name, schedule_words, state }) => [
    name,
    schedule_words,
    enabled,
    state,
    last?.status ?? null,
  ]);
}

const NEVER_RAN = [
  ['nightly', 'At 02:30, Europe/Berlin', true, 'idle', null],
  ['by-hand', 'manual only', true, 'idle', null],
];

for (const kind of ['a server', 'the embedded database'] as const) {
  describe(`jobs on ${kind}`, () => {
    let workspace: Workspace;
    before(() => {
      workspace =
        kind === 'a server'
          ? server.workspace(configured('queue_cli'))
          : createWorkspace(configured('queue_cli'));
    });
    after(() => workspace.remove());

    it('are listed before anything has run, without creating a database', async () => {
      assert.deepEqual(stateOf(await workspace.json<JobReport[]>(['jobs'])), NEVER_RAN);
      assert.deepEqual(
        workspace.list().filter((name) => name.startsWith('data')),
        [],
      );
      const { code, stdout } = await workspace.run(['jobs', 'history', 'nightly']);
      assert.deepEqual([code, stdout], [0, 'Job nightly has never run\n']);
    });

    it('run in the command’s own process if serve is not running', async () => {
      if (kind === 'a server') {
        const unmigrated = await workspace.run(['jobs', 'run', 'nightly']);
        assertFailure(unmigrated, { code: 6, message: /migrations are pending/, hint: /migrate up/ });
        assert.equal((await workspace.run(['migrate', 'up'])).code, 0);
      } else await withEmbedded(workspace);
      const { code, stderr, stdout } = await workspace.run(['jobs', 'run', 'nightly']);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /succeeded/);
      const [last] = await workspace.json<JobTry[]>(['jobs', 'history', 'nightly']);
      assert.deepEqual([last?.status, last?.trigger, last?.try], ['succeeded', 'command', 1]);
      const { job } = await workspace.json<{ job: string | null }>(['runs', 'show', last?.run_id ?? '']);
      assert.equal(job, 'nightly');
    });

    it('determine the exit code of the command if they fail', async () => {
      api.set(ROCKETS, { status: 500, body: 'no' });
      const failed = await workspace.run(['jobs', 'run', 'by-hand']);
      api.set(ROCKETS, replies[ROCKETS]);
      assertFailure(failed, { code: 3, message: /it responded with 500/ });
      const [last] = await workspace.json<JobTry[]>(['jobs', 'history', 'by-hand']);
      assert.deepEqual([last?.status, last?.error?.code, last?.again_at], ['failed', 'source', null]);
    });

    it('can be disabled and enabled', async () => {
      const off = await workspace.run(['jobs', 'disable', 'nightly']);
      assert.deepEqual([off.code, off.stdout], [0, 'Job nightly is disabled\n'], off.stderr);
      const [nightly] = await workspace.json<JobReport[]>(['jobs']);
      assert.deepEqual([nightly?.enabled, nightly?.next_run], [false, null]);
      const on = await workspace.run(['jobs', 'enable', 'nightly']);
      assert.match(on.stdout, /^Job nightly is enabled; next run \S+Z\n$/);
    });

    it('are queued, disabled and enabled through serve while it is running', async (t) => {
      const serve = await startServe(workspace);
      t.after(() => serve.stop());
      const gate = createGate(100);
      // Serves changed names, because the API would otherwise return 304.
      const body = String(replies[LAUNCHES].body).replaceAll('"name":"', '"name":"New ');
      api.set(LAUNCHES, { body, gate });
      t.after(() => api.set(LAUNCHES, replies[LAUNCHES]));
      const queued = await workspace.run(['jobs', 'run', 'by-hand']);
      assert.equal(queued.code, 0, queued.stderr);
      assert.match(
        queued.stdout,
        /^Queued job by-hand as [-0-9a-f]{36}. To follow it: \S+ jobs history by-hand\n$/,
      );
      await gate.reached;
      const again = await workspace.run(['jobs', 'run', 'by-hand']);
      assert.match(again.stdout, /^Job by-hand is already running. To see it: \S+ jobs\n$/);
      const { end: _, ...document } = await workspace.json<JobRunDocument>(['jobs', 'run', 'by-hand']);
      assert.deepEqual(document, {
        job: 'by-hand',
        job_id: null,
        queued: false,
        state: 'running',
        enabled: true,
      });
      const jobs = await workspace.json<JobReport[]>(['jobs']);
      assert.equal(jobs.find(({ name }) => name === 'by-hand')?.state, 'running');
      if (kind === 'the embedded database') {
        const busy = await workspace.run(['run']);
        assertFailure(busy, {
          code: 7,
          message: /another process is using it \(serve on host /,
          hint: /^hint: It runs jobs: see http:\/\/127\.0\.0\.1:\d+, stop it, or start one of its jobs with: \S+ jobs run NAME$/,
        });
      }
      if (kind === 'the embedded database') {
        const second = await workspace.run(['serve', '--port', '0']);
        assertFailure(second, { code: 7, message: /another process is using it \(serve on host / });
      }
      const nowhere = await workspace.run(['serve', '--port', '0', '--from', 'nowhere']);
      assertFailure(nowhere, {
        code: 2,
        message: /--from: must be archive, live, sandbox or .*found "nowhere"$/,
      });
      gate.open();
      await serve.line(/job by-hand succeeded/);
      assert.match((await workspace.run(['jobs', 'disable', 'nightly'])).stdout, /disabled/);
      const seen = await serve.get<JobReport[]>('/api/v1/jobs');
      assert.equal(seen.find(({ name }) => name === 'nightly')?.enabled, false);
      assert.match((await workspace.run(['jobs', 'enable', 'nightly'])).stdout, /enabled/);
      const unknown = await workspace.run(['jobs', 'run', 'nightl']);
      assertFailure(unknown, {
        code: 2,
        message: /^error: Cannot find job "nightl": .*did you mean "nightly"\?$/,
      });
    });
  });
}
