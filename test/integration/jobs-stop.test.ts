import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';

import { Client } from 'pg';

import { ledgerSchema } from '../../src/adapters/postgres/sql.ts';
import { createGate, LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { startTestWorker, type TestWorker } from '../support/job-worker.ts';
import { createTestServer, QUICK_SOURCE, type ServerWorkspace } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

let replies: Awaited<ReturnType<typeof sandboxReplies>>;
let api: Api;
before(async () => {
  replies = await sandboxReplies({ launches: 20 });
  api = await startApi(replies);
});
after(() => api.close());

async function work(
  t: TestContext,
  queue: string,
  job: object,
): Promise<{ readonly worker: TestWorker; readonly workspace: ServerWorkspace }> {
  const workspace = server.workspace({
    jobs: { one: job },
    serve: { queueSchema: queue },
    source: { ...QUICK_SOURCE, baseUrl: api.url },
  });
  const worker = await startTestWorker(workspace);
  t.after(() => worker.close());
  return { worker, workspace };
}

describe('a worker', () => {
  it('can repeat a change that the queue did not accept', async (t) => {
    const { worker, workspace } = await work(t, 'unsteady', { schedule: '0 0 1 1 *', missed: 'none' });
    const scheduled = async (): Promise<unknown> => workspace.sql('SELECT name FROM unsteady.schedule');
    assert.deepEqual(await scheduled(), [{ name: 'one/skip' }]);
    await workspace.sql('ALTER TABLE unsteady.schedule RENAME TO elsewhere');
    await assert.rejects(worker.enable('one', false), /schedule/);
    await workspace.sql('ALTER TABLE unsteady.elsewhere RENAME TO schedule');
    assert.deepEqual(await scheduled(), [{ name: 'one/skip' }]);
    await worker.enable('one', false);
    assert.deepEqual(await scheduled(), []);
  });

  it('stops in bounded time, no matter what a job is waiting for', async (t) => {
    const { worker, workspace } = await work(t, 'stuck', { schedule: null });
    const gate = createGate(100);
    api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
    t.after(() => api.set(LAUNCHES, replies[LAUNCHES]));
    await worker.run('one');
    await gate.reached;
    // This lock prevents the end of the job from being recorded.
    const holder = new Client({ connectionString: server.url });
    await holder.connect();
    await holder.query(`BEGIN; LOCK TABLE ${ledgerSchema(workspace.schema)}.job_tries`);
    const [line] = await Promise.all([worker.line(/gave up/), worker.stop(0)]);
    assert.equal(line.message, 'gave up on job one: no response');
    await holder.query('ROLLBACK');
    await holder.end();
    gate.open();
  });
});
