import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';

import { Client } from 'pg';

import {
  createGate,
  LAUNCHES,
  ROCKETS,
  sandboxReplies,
  startApi,
  type Api,
  type Reply,
} from '../support/api.ts';
import { startServe, type RunningServe } from '../support/serve.ts';
import { twinOf } from '../support/twin.ts';
import { createTestServer, QUICK_SOURCE, type ServerWorkspace } from '../support/workspace.ts';

const SIZE = 200;
/** The maximum time between the death of one process and the end of the job in the other. */
const LIMIT_MS = 45_000;
const DIGESTS = `SELECT table_name, digest FROM run_tables
  WHERE run_id = (SELECT max(run_id) FROM runs WHERE status = 'succeeded') ORDER BY table_name`;

const server = await createTestServer();
const holder = new Client({ connectionString: server.url });
await holder.connect();
after(async () => {
  await holder.end();
  await server.close();
});

let replies: { readonly [ROCKETS]: Reply; readonly [LAUNCHES]: Reply };
let undisturbed: unknown;
before(async () => {
  replies = await sandboxReplies({ launches: SIZE });
  const api = await startApi(replies);
  const workspace = server.workspace();
  const { code, stderr } = await workspace.run(['run', '--migrate', '--from', api.url]);
  assert.equal(code, 0, stderr);
  undisturbed = await workspace.sql(DIGESTS);
  await api.close();
});

type Setting = {
  readonly api: Api;
  readonly workspace: ServerWorkspace;
  /** The process that works on the job. */
  readonly busy: RunningServe;
  readonly idle: RunningServe;
};

let settings = 0;

/**
 * Starts two processes on one database, one of which works on the job `pull`. Calls `arrange` before the job begins.
 */
async function twoServes(
  t: TestContext,
  arrange: (own: Omit<Setting, 'busy' | 'idle'>) => unknown,
): Promise<Setting> {
  settings += 1;
  const queueSchema = `queue_${settings}`;
  const api = await startApi(replies);
  t.after(() => api.close());
  const workspace = server.workspace({
    jobs: { pull: { schedule: null, retries: { limit: 2, delaySeconds: 1 } } },
    serve: { queueSchema, stopTimeoutSeconds: 1 },
    source: { ...QUICK_SOURCE, baseUrl: api.url },
  });
  const { code, stderr } = await workspace.run(['migrate', 'up']);
  assert.equal(code, 0, stderr);
  const serves = await Promise.all([workspace, twinOf(t, workspace)].map((one) => startServe(one)));
  t.after(() => Promise.all(serves.map(({ stop }) => stop())));
  await arrange({ api, workspace });
  const [one, other] = serves;
  assert.ok(one !== undefined && other !== undefined);
  assert.equal(await one.post('/api/v1/jobs/pull/run'), 202);
  const first = await Promise.race(
    [one, other].map((serve) => serve.line(/job pull started/).then(() => serve)),
  );
  return { api, workspace, busy: first, idle: first === one ? other : one };
}

async function assertPublishedOnce({ workspace }: Setting): Promise<void> {
  const runs = await workspace.sql<{ status: string }>(
    `SELECT status FROM runs WHERE job = 'pull' AND status IN ('succeeded', 'partial', 'running')`,
  );
  assert.deepEqual(runs, [{ status: 'succeeded' }]);
  assert.deepEqual(await workspace.sql(DIGESTS), undisturbed);
  const lost = await workspace.sql(
    `SELECT relname FROM pg_class WHERE relname LIKE 'staging%' AND relnamespace = '${workspace.schema}_pipeline'::regnamespace`,
  );
  assert.deepEqual(lost, []);
}

/** The moment at which a process is killed. `arrange` prepares it before the job begins. */
type Instant = {
  readonly name: string;
  readonly arrange: (
    own: Omit<Setting, 'busy' | 'idle'>,
  ) => Promise<(busy: RunningServe) => Promise<unknown>>;
};

const inBody = (path: typeof ROCKETS | typeof LAUNCHES): Instant => ({
  name: `while it receives ${path}`,
  async arrange({ api }) {
    const gate = createGate(1000);
    api.set(path, { ...replies[path], gate });
    return () => gate.reached;
  },
});

const atLine = (pattern: RegExp): Instant => ({
  name: `after it logs ${pattern.source}`,
  arrange: async () => (busy) => busy.line(pattern),
});

/** A trigger makes the publish transaction wait for a lock that the test holds. */
const inPublish: Instant = {
  name: 'in its publish transaction',
  async arrange({ workspace }) {
    await workspace.sql(`CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(4243); RETURN NEW; END $$`);
    await workspace.sql(
      'CREATE TRIGGER wait_here AFTER INSERT ON launches FOR EACH STATEMENT EXECUTE FUNCTION wait_here()',
    );
    await holder.query('SELECT pg_advisory_lock(4243)');
    return async () => {
      const waiting = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4243 AND NOT granted`;
      while ((await holder.query(waiting)).rowCount === 0);
    };
  },
};

describe('two processes that serve one database', { concurrency: true }, () => {
  for (const instant of [
    atLine(/run \S+ from /),
    inBody(ROCKETS),
    inBody(LAUNCHES),
    atLine(/launches: 200 of 200 records validated/),
    inPublish,
  ]) {
    it(`take over a job from a process that is killed ${instant.name}`, async (t) => {
      let comes: ((busy: RunningServe) => Promise<unknown>) | undefined;
      const setting = await twoServes(t, async (own) => {
        comes = await instant.arrange(own);
      });
      const { api, busy, idle } = setting;
      await comes?.(busy);
      busy.kill('SIGKILL');
      await busy.finished;
      for (const path of [ROCKETS, LAUNCHES] as const) api.set(path, replies[path]);
      if (instant === inPublish) await holder.query('SELECT pg_advisory_unlock(4243)');
      const died = performance.now();
      await idle.line(/job pull succeeded/);
      assert.ok(performance.now() - died < LIMIT_MS, `${performance.now() - died} ms`);
      await assertPublishedOnce(setting);
    });
  }

  it('take over a job from a process that is suspended past its heartbeat and publishes nothing when it wakes up', async (t) => {
    const gate = createGate(1000);
    const setting = await twoServes(t, ({ api }) => api.set(LAUNCHES, { ...replies[LAUNCHES], gate }));
    const { api, busy, idle, workspace } = setting;
    await gate.reached;
    busy.kill('SIGSTOP');
    api.set(LAUNCHES, replies[LAUNCHES]);
    await idle.line(/ended the session of a process that sent no heartbeat for too long/);
    await idle.line(/job pull succeeded/);
    busy.kill('SIGCONT');
    gate.open();
    await busy.line(/job pull interrupted/);
    await assertPublishedOnce(setting);
    const tries = await workspace.sql<{ status: string }>('SELECT status FROM job_tries ORDER BY try');
    assert.deepEqual(
      tries.map(({ status }) => status),
      ['interrupted', 'succeeded'],
    );
  });

  it('take over a job from a process that is shut down gracefully', async (t) => {
    const gate = createGate(1000);
    const setting = await twoServes(t, ({ api }) => api.set(LAUNCHES, { ...replies[LAUNCHES], gate }));
    const { api, busy, idle, workspace } = setting;
    await gate.reached;
    api.set(LAUNCHES, replies[LAUNCHES]);
    busy.kill('SIGTERM');
    const { code, stderr } = await busy.finished;
    assert.equal(code, 0, stderr);
    assert.match(stderr, /job pull postponed/);
    await idle.line(/job pull succeeded/);
    await assertPublishedOnce(setting);
    const tries = await workspace.sql<{ status: string }>('SELECT status FROM job_tries ORDER BY try');
    assert.deepEqual(
      tries.map(({ status }) => status),
      ['postponed', 'succeeded'],
    );
  });

  it('start at the same time on an empty database, and run a new job only once', async (t) => {
    settings += 1;
    const queueSchema = `queue_${settings}`;
    const api = await startApi(replies);
    t.after(() => api.close());
    const workspace = server.workspace({
      jobs: { pull: { schedule: '0 0 1 1 *' } },
      serve: { queueSchema },
      source: { ...QUICK_SOURCE, baseUrl: api.url },
    });
    const serves = await Promise.all(
      [workspace, twinOf(t, workspace)].map((one) => startServe(one, ['--migrate'])),
    );
    t.after(() => Promise.all(serves.map(({ stop }) => stop())));
    await Promise.race(serves.map(({ line }) => line(/job pull succeeded/)));
    const tries = await workspace.sql('SELECT status, trigger FROM job_tries');
    assert.deepEqual(tries, [{ status: 'succeeded', trigger: 'first' }]);
  });
});
