import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it, type TestContext } from 'node:test';

import { Client } from 'pg';

import {
  createGate,
  LAUNCHES,
  type ROCKETS,
  sandboxReplies,
  startApi,
  type Api,
  type Reply,
} from '../support/api.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { startServe, type RunningServe } from '../support/serve.ts';
import { createWorkspace, QUICK_SOURCE, type Workspace } from '../support/workspace.ts';

let replies: { readonly [ROCKETS]: Reply; readonly [LAUNCHES]: Reply };
before(async () => {
  replies = await sandboxReplies({ launches: 100 });
});

const JOBS = { pull: { schedule: null, retries: { limit: 3, delaySeconds: 1 } } };

type Setting = { readonly api: Api; readonly workspace: Workspace; readonly url: string | null };

async function prepare(t: TestContext, url: string | null): Promise<Setting> {
  const api = await startApi(replies);
  t.after(() => api.close());
  const workspace = createWorkspace({
    jobs: JOBS,
    serve: { stopTimeoutSeconds: 1 },
    database: { url },
    source: { ...QUICK_SOURCE, baseUrl: api.url },
  });
  t.after(() => workspace.remove());
  if (url === null) await withEmbedded(workspace);
  return { api, workspace, url };
}

/** Starts the job, and returns while the source is in the middle of a response body. */
async function begin({ api }: Setting, serve: RunningServe): Promise<() => void> {
  const gate = createGate(1000);
  api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
  assert.equal(await serve.post('/api/v1/jobs/pull/run'), 202);
  await gate.reached;
  api.set(LAUNCHES, replies[LAUNCHES]);
  return gate.open;
}

async function published(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const sql = `SELECT FROM spacex_pipeline.runs WHERE job = 'pull' AND status = 'succeeded'`;
    return (await client.query(sql)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

describe('serve', { concurrency: true }, () => {
  for (const [name, awayMs] of [
    ['for a moment', 1000],
    ['for longer than a heartbeat', 25_000],
  ] as const) {
    it(`survives a database server that is killed and stays down ${name}`, async (t) => {
      const server: PostgresServer = await startPostgres({ durable: true });
      t.after(() => server.remove());
      const setting = await prepare(t, server.url);
      const serve = await startServe(setting.workspace, ['--migrate']);
      t.after(() => serve.stop());
      const goOn = await begin(setting, serve);
      await server.kill();
      goOn();
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      await server.start();
      await serve.line(/job pull succeeded/);
      assert.equal(await published(server.url), 1);
      const ready = await serve.get<{ ready: boolean }>('/readyz');
      assert.equal(ready.ready, true);
      // The process can still run jobs.
      assert.equal(await serve.post('/api/v1/jobs/pull/run'), 202);
      for (let runs = 1; runs < 2; runs = await published(server.url));
    });
  }

  it('continues a killed process’s run on the embedded database', async (t) => {
    const setting = await prepare(t, null);
    const { workspace } = setting;
    const serve = await startServe(workspace);
    await begin(setting, serve);
    serve.kill('SIGKILL');
    await serve.finished;
    const again = await startServe(workspace);
    t.after(() => again.stop());
    await again.line(/job pull succeeded/);
    const tries = await again.get<{ status: string; run_id: string }[]>('/api/v1/jobs/pull/history');
    assert.deepEqual(
      tries.map(({ status }) => status),
      ['succeeded', 'interrupted'],
    );
    const runs = await again.get<{ run_id: string; status: string }[]>('/api/v1/runs');
    assert.deepEqual(
      runs.map(({ run_id, status }) => [run_id, status]),
      [[tries[0]?.run_id, 'succeeded']],
      'the same run',
    );
  });

  it('postpones a job when it is stopped, and ends immediately at a second signal', async (t) => {
    const setting = await prepare(t, null);
    const { workspace } = setting;
    const serve = await startServe(workspace);
    await begin(setting, serve);
    serve.kill('SIGTERM');
    const { code, stderr } = await serve.finished;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /job pull postponed/);

    const file = path.join(workspace.folder, 'spacex-pipeline.config.json');
    const source = { ...QUICK_SOURCE, baseUrl: setting.api.url, resources: ['rockets', 'launches'] };
    writeFileSync(
      file,
      JSON.stringify({ jobs: JOBS, serve: { stopTimeoutSeconds: 600 }, sources: { spacex: source } }),
    );
    const gate = createGate(1000);
    setting.api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
    const again = await startServe(workspace);
    await gate.reached;
    again.kill('SIGTERM');
    await again.line(/stopping/);
    again.kill('SIGTERM');
    assert.equal((await again.finished).code, 130);

    setting.api.set(LAUNCHES, replies[LAUNCHES]);
    const last = await startServe(workspace);
    t.after(() => last.stop());
    await last.line(/job pull succeeded/);
  });
});
