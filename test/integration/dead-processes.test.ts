import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { JobReport, JobTry } from '../../src/core/job.ts';
import type { RunReport } from '../../src/core/run.ts';
import type { SourceStatus, StatusReport } from '../../src/core/status.ts';
import { createGate, LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { startServe } from '../support/serve.ts';
import { createTestServer, createWorkspace, QUICK_SOURCE, type Workspace } from '../support/workspace.ts';

const server = await createTestServer();
const replies = await sandboxReplies({ launches: 20 });
let api: Api;
before(async () => {
  api = await startApi(replies);
});
after(async () => {
  await api.close();
  await server.close();
});

/** Calls `begin`, pauses the next run in the middle of its pull, and calls `then` before the run continues. */
async function holding(begin: () => Promise<void>, then: () => Promise<void>): Promise<void> {
  const gate = createGate(100);
  api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
  await begin();
  await gate.reached;
  await then();
  gate.open();
  api.set(LAUNCHES, replies[LAUNCHES]);
}

async function statusOf(workspace: Workspace): Promise<SourceStatus> {
  const { sources }: StatusReport = JSON.parse((await workspace.run(['status', '--json'])).stdout);
  return sources[0] ?? assert.fail('no source');
}

const KINDS = [
  ['a server', 'a second Ctrl-C'],
  ['the embedded database', 'a kill'],
] as const;

for (const [kind, how] of KINDS) {
  void describe(`a process that died while using ${kind}`, { concurrency: 1 }, () => {
    let workspace: Workspace;
    before(async () => {
      const settings = {
        jobs: { pull: { schedule: null } },
        serve: { queueSchema: 'queue_dead' },
        source: { ...QUICK_SOURCE, baseUrl: api.url },
      };
      workspace =
        kind === 'a server' ? server.workspace(settings) : await withEmbedded(createWorkspace(settings));
      if (kind === 'a server') await workspace.json(['migrate', 'up']);
    });
    after(() => workspace.remove());

    void it('is reported as interrupted if it was a run', async () => {
      const run = workspace.start(['run']);
      await holding(
        async () => undefined,
        async () => {
          run.kill('SIGKILL');
          await run.finished;
        },
      );
      const { last_run, running } = await statusOf(workspace);
      assert.equal(running, null);
      assert.deepEqual([last_run?.status, last_run?.error?.code], ['failed', 'interrupted']);
      const [newest] = await workspace.json<RunReport[]>(['runs']);
      assert.equal(newest?.run_id, last_run?.run_id);
      assert.deepEqual([newest?.status, newest?.error?.code], ['failed', 'interrupted']);
    });

    void it(`is reported as interrupted by every command if it was running a job in serve (after ${how})`, async () => {
      const serve = await startServe(workspace);
      await holding(
        async () => {
          await serve.post('/api/v1/jobs/pull/run');
        },
        async () => {
          const status = await statusOf(workspace);
          const [job] = status.jobs;
          assert.deepEqual([job?.state, job?.last?.status], ['running', 'running']);
          assert.ok(status.running, 'the run is listed while it is alive');
          if (how === 'a kill') serve.kill('SIGKILL');
          else {
            serve.kill('SIGINT');
            await serve.line(/stopping/);
            serve.kill('SIGINT');
          }
          await serve.finished;
        },
      );
      const [job] = await workspace.json<JobReport[]>(['jobs']);
      assert.deepEqual([job?.state, job?.last?.status], ['waiting', 'interrupted']);
      const [last] = await workspace.json<JobTry[]>(['jobs', 'history', 'pull']);
      assert.deepEqual(
        [last?.status, last?.error?.code, last?.finished_at],
        ['interrupted', 'interrupted', null],
      );
      const { jobs, last_run, running } = await statusOf(workspace);
      assert.deepEqual([running, last_run?.status, jobs[0]?.last?.status], [null, 'failed', 'interrupted']);
    });

    void it('is replaced by the next serve, which finishes the job', async () => {
      const serve = await startServe(workspace);
      await serve.line(/job pull succeeded/);
      const [job] = await workspace.json<JobReport[]>(['jobs']);
      assert.deepEqual([job?.state, job?.last?.status], ['idle', 'succeeded']);
      await serve.stop();
    });
  });
}
