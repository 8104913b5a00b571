import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { after, before, describe, it } from 'node:test';

import { Client } from 'pg';

import { createGate, LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import type { RunningCli } from '../support/cli.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

let server: TestServer;
before(async () => {
  server = await createTestServer();
});
after(() => server.close());

const ROWS = 'SELECT id, name, _run_id FROM launches ORDER BY id';

/** A workspace with 40 launches loaded, and an API that would return different ones. */
async function prepare(): Promise<{ workspace: ServerWorkspace; api: Api; other: string | Buffer }> {
  const workspace = server.workspace();
  const replies = await sandboxReplies({ launches: 40 });
  const api = await startApi(replies);
  const { code, stderr } = await workspace.run(['run', '--migrate', '--source', api.url]);
  assert.equal(code, 0, stderr);
  const other = String(replies[LAUNCHES].body).replaceAll('"name":"', '"name":"Other ');
  return { workspace, api, other };
}

/** Starts a run and waits until it is halfway through its download. */
async function startHalf(
  workspace: ServerWorkspace,
  api: Api,
  body: string | Buffer,
): Promise<{ running: RunningCli; open: () => void }> {
  const gate = createGate(40_000);
  api.set(LAUNCHES, { body, gate });
  const running = workspace.start(['run', '--json', '--source', api.url]);
  await Promise.race([gate.reached, running.finished]);
  return { running, open: gate.open };
}

void describe('a run that is interrupted', { concurrency: 3 }, () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    void it(`leaves the rows as they were (${signal})`, async (t) => {
      const { workspace, api, other } = await prepare();
      t.after(api.close);
      const rows = await workspace.sql(ROWS);
      const { running } = await startHalf(workspace, api, other);
      running.kill(signal);
      const result = await running.finished;
      assertFailure(result, { code: 130, message: /interrupted/, hint: /Nothing was published/ });
      const { run_id, status, error } = JSON.parse(result.stdout);
      assert.deepEqual([status, error.code], ['interrupted', 'interrupted']);
      assert.deepEqual(await workspace.sql(ROWS), rows);
      const [last] = await workspace.json<{ run_id: string; status: string }[]>(['runs']);
      assert.deepEqual([last?.run_id, last?.status], [run_id, 'interrupted']);
      api.set(LAUNCHES, { body: other });
      const { report } = await workspace.pull(['--source', api.url]);
      assert.equal(report.resources['launches']?.updated, 40);
    });
  }

  void it('does not begin if the signal arrives during the migration', async (t) => {
    const workspace = server.workspace();
    const blocker = new Client({ connectionString: server.url });
    await blocker.connect();
    t.after(() => blocker.end());
    await blocker.query(`BEGIN; CREATE SCHEMA ${workspace.schema}`);
    const api = await startApi(await sandboxReplies({ launches: 30 }));
    t.after(api.close);
    const running = workspace.start(['run', '--migrate', '--source', api.url]);
    const mine = 'transactionid::text = pg_current_xact_id()::xid::text';
    await waitFor(blocker, `SELECT FROM pg_locks WHERE NOT granted AND ${mine}`);
    running.kill('SIGINT');
    assertFailure(await running.finished, {
      code: 130,
      message: /interrupted/,
      hint: /Check how far it got/,
    });
    await blocker.query('ROLLBACK');
    assert.deepEqual(
      workspace.list().filter((path) => path.includes('runs')),
      [],
    );
    const made = `SELECT FROM pg_namespace WHERE nspname IN ('${workspace.schema}', '${workspace.schema}_pipeline')`;
    assert.deepEqual(await workspace.sql(made), []);
  });

  void it('publishes nothing if publish was waiting for a table, and leaves nothing behind on the server', async (t) => {
    const { workspace, api, other } = await prepare();
    t.after(api.close);
    const rows = await workspace.sql(ROWS);
    api.set(LAUNCHES, { body: other });
    const blocker = new Client({ connectionString: server.url });
    await blocker.connect();
    t.after(() => blocker.end());
    await blocker.query(`BEGIN; LOCK TABLE ${workspace.schema}.launches IN ROW EXCLUSIVE MODE`);
    const running = workspace.start(['run', '--source', api.url]);
    await waitFor(
      blocker,
      `SELECT FROM pg_locks WHERE NOT granted AND relation = '${workspace.schema}.launches'::regclass`,
    );
    running.kill('SIGINT');
    const interrupted = await running.finished;
    assertFailure(interrupted, { code: 130, message: /interrupted/, hint: /Nothing was published\./ });
    const sessions = `SELECT FROM pg_stat_activity WHERE application_name LIKE '% pid ${running.pid}'`;
    assert.deepEqual(await workspace.sql(sessions), []);
    await blocker.query('ROLLBACK');
    assert.deepEqual(await workspace.sql(ROWS), rows);
    const [last] = await workspace.json<{ status: string }[]>(['runs']);
    assert.equal(last?.status, 'interrupted');
    const { report, stderr } = await workspace.pull(['--source', api.url]);
    assert.equal(report.resources['launches']?.updated, rows.length, stderr);
  });

  void it('ends immediately at the second Ctrl-C, even while the first one has to wait', async (t) => {
    const { workspace, api, other } = await prepare();
    const proxy = await startSilentProxy(server.url);
    t.after(async () => {
      await Promise.all([api.close(), proxy.close()]);
    });
    api.set(LAUNCHES, { body: other });
    const running = workspace.start(['run', '--source', api.url, '--database-url', proxy.url]);
    await Promise.race([proxy.silenceAt('COPY ', 'all'), running.finished]);
    running.kill('SIGINT');
    await running.line(/press Ctrl-C again to exit immediately$/);
    running.kill('SIGINT');
    const { code, stderr } = await running.finished;
    assert.equal(code, 130);
    assert.doesNotMatch(stderr, /interrupted/, 'the first Ctrl-C did not end it');
  });

  void it('ends soon after the first Ctrl-C if the database is silent', async (t) => {
    const { workspace, api, other } = await prepare();
    const proxy = await startSilentProxy(server.url);
    t.after(async () => {
      await Promise.all([api.close(), proxy.close()]);
    });
    api.set(LAUNCHES, { body: other });
    const running = workspace.start(['run', '--source', api.url, '--database-url', proxy.url], {
      SPACEX_PIPELINE_ANSWER_TIMEOUT_SECONDS: '1',
    });
    await Promise.race([proxy.silenceAt('COPY ', 'all'), running.finished]);
    running.kill('SIGINT');
    assertFailure(await running.finished, {
      code: 130,
      message: /interrupted/,
      hint: /Nothing was published/,
    });
  });
});

/** Repeats the query until it returns a row. */
async function waitFor(client: Client, sql: string): Promise<void> {
  while ((await client.query(sql)).rowCount === 0);
}

void describe('a schema that a run has locked', () => {
  void it('rejects a second run, naming the first, and still answers queries', async (t) => {
    const { workspace, api, other } = await prepare();
    t.after(api.close);
    const { running, open } = await startHalf(workspace, api, other);
    const [second, migrate, names, runs] = await Promise.all([
      workspace.pull(['--source', api.url]),
      workspace.run(['migrate', 'down', '--yes', '--source', 'spacex']),
      workspace.json<{ n: number }[]>([
        'query',
        `SELECT count(*) AS n FROM launches WHERE name LIKE 'Other %'`,
      ]),
      workspace.json<{ status: string; run_id: string }[]>(['runs']),
    ]);
    const holder = new RegExp(
      `run ${runs[0]?.run_id} holds the lock \\(host ${hostname()}, pid ${running.pid}, since 2`,
    );
    assertFailure(second, { code: 7, message: holder, hint: /Wait/ });
    assert.deepEqual([second.report.run_id, second.report.error?.code], [null, 'busy']);
    assertFailure(migrate, { code: 7, message: holder });
    assert.deepEqual(names, [{ n: 0 }]);
    assert.equal(runs[0]?.status, 'running');
    open();
    const { code, stderr } = await running.finished;
    assert.equal(code, 0, stderr);
  });
});
