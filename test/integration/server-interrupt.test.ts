import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';

import { Client } from 'pg';

import { openServer } from '../../src/adapters/postgres/server.ts';
import { evenAborted, one, rows, type Database } from '../../src/adapters/postgres/session.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { publish } from '../../src/steps/publish.ts';
import { ANY_LOSS, beginRun, openLab, runRow, stage } from '../suites/target-lab.ts';
import { maker, makers } from '../suites/target-resources.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { assertFailure, createTestServer } from '../support/workspace.ts';

const INTERRUPTED = { name: 'PipelineError', code: 'interrupted' };

let database: TestDatabase;
let admin: Client;
before(async () => {
  database = await createDatabase();
  admin = new Client({ connectionString: database.url });
  await admin.connect();
});
after(async () => {
  await admin.end();
  await database.drop();
});

function stopping() {
  const controller = new AbortController();
  const stop = (): void => controller.abort(new PipelineError('Cannot go on', { code: 'interrupted' }));
  return { signal: controller.signal, stop };
}

function openStoppable(t: TestContext, url = database.url): { target: Database; stop: () => void } {
  const { signal, stop } = stopping();
  const target = openServer({ url, schema: 'public', signal });
  t.after(target.close);
  return { target, stop };
}

async function pidOf({ client }: { client: Parameters<typeof one>[0] }): Promise<number> {
  return (await one<{ pid: number }>(client, 'SELECT pg_backend_pid() AS pid')).pid;
}

async function stateOf(pid: number) {
  const { rows: found } = await admin.query<{ state: string; wait_event_type: string | null }>(
    'SELECT state, wait_event_type FROM pg_stat_activity WHERE pid = $1',
    [pid],
  );
  return found[0];
}

/** Asks until the backend is in this state: at work, or waiting for a lock. */
async function reaches(pid: number, wanted: 'active' | 'Lock'): Promise<void> {
  for (;;) {
    const found = await stateOf(pid);
    if (found?.state === 'active' && (wanted === 'active' || found.wait_event_type === 'Lock')) return;
  }
}

void describe('the signal', { concurrency: true }, () => {
  void it('cancels the statements that run, on the server too', async (t) => {
    const { target, stop } = openStoppable(t);
    const sessions = [await target.connect(), await target.connect()];
    const pids = await Promise.all(sessions.map(pidOf));
    const sleeping = sessions.map(({ client }) =>
      assert.rejects(rows(client, 'SELECT pg_sleep(60)'), INTERRUPTED),
    );
    for (const pid of pids) await reaches(pid, 'active');
    stop();
    await Promise.all(sleeping);
    for (const pid of pids) assert.equal((await stateOf(pid))?.state, 'idle');
  });

  for (const [what, sql] of [
    ['an advisory lock', 'SELECT pg_advisory_lock(7)'],
    ['the lock of a table', 'LOCK TABLE locked'],
  ] as const) {
    void it(`ends the wait for ${what}`, async (t) => {
      const { target, stop } = openStoppable(t);
      const session = await target.connect();
      const pid = await pidOf(session);
      const holder = new Client({ connectionString: database.url });
      await holder.connect();
      t.after(() => holder.end());
      await holder.query('BEGIN; SELECT pg_advisory_lock(7)');
      if (what === 'the lock of a table')
        await holder.query('CREATE TABLE locked (); COMMIT; BEGIN; LOCK TABLE locked');
      await session.client.query('BEGIN');
      const waiting = assert.rejects(rows(session.client, sql), INTERRUPTED);
      await reaches(pid, 'Lock');
      stop();
      await waiting;
      await session.client.query('ROLLBACK');
      assert.equal((await stateOf(pid))?.state, 'idle');
    });
  }

  void it('ends a COPY that waits for a lock', async (t) => {
    const { target, stop } = openStoppable(t);
    const session = await target.connect();
    const pid = await pidOf(session);
    await session.client.query('CREATE TABLE copied (n int)');
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    t.after(() => holder.end());
    await holder.query('BEGIN; LOCK TABLE copied');
    const copying = assert.rejects(session.copyCsv(['copied'], ['n'], Buffer.from('1\n')), INTERRUPTED);
    await reaches(pid, 'Lock');
    stop();
    await copying;
    await holder.query('ROLLBACK');
    assert.deepEqual((await admin.query('SELECT n FROM copied')).rows, []);
  });

  void it('lets nothing but what cleans up be sent afterwards', async (t) => {
    const { target, stop } = openStoppable(t);
    const { client, copyCsv } = await target.connect();
    await client.query('BEGIN; CREATE TABLE refused (n int)');
    stop();
    await assert.rejects(rows(client, 'SELECT 1'), INTERRUPTED);
    await assert.rejects(client.query('COMMIT'), INTERRUPTED);
    await assert.rejects(copyCsv(['refused'], ['n'], Buffer.from('1\n')), INTERRUPTED);
    await assert.rejects(target.connect(), INTERRUPTED);
    await client.query('ROLLBACK');
    assert.deepEqual(await rows(evenAborted(client), 'SELECT 1 AS n'), [{ n: 1 }]);
    const last = await target.connect({ evenAborted: true });
    assert.deepEqual(await rows(last.client, `SELECT to_regclass('refused') AS name`), [{ name: null }]);
  });

  void it('never cancels what cleans up', async (t) => {
    for (let round = 0; round < 40; round++) {
      const { target, stop } = openStoppable(t);
      const { client } = await target.connect();
      // It ends at about the time at which the cancel arrives.
      const short = rows(client, 'SELECT pg_sleep($1)', [round / 10_000]).catch((error: unknown) => {
        assert.equal(error instanceof PipelineError && error.code, 'interrupted');
      });
      setImmediate(stop);
      await short;
      assert.equal((await rows(evenAborted(client), 'SELECT pg_sleep(0.005)')).length, 1);
      await target.close();
    }
  });

  void it('cancels a commit, which says what became of it', async (t) => {
    const { target, stop } = openStoppable(t);
    const session = await target.connect();
    const pid = await pidOf(session);
    await session.client.query(`CREATE TABLE slow (n int);
      CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()`);
    await session.client.query('BEGIN; INSERT INTO slow VALUES (1)');
    const committing = assert.rejects(session.client.query('COMMIT'), INTERRUPTED);
    await reaches(pid, 'active');
    stop();
    await committing;
    assert.deepEqual((await admin.query('SELECT n FROM slow')).rows, []);
  });

  void it('ends an attempt to connect', async (t) => {
    const connected = Promise.withResolvers<Socket>();
    const silent = createServer(connected.resolve).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : '';
    const { target, stop } = openStoppable(t, `postgresql://me@127.0.0.1:${port}/any`);
    const connecting = assert.rejects(target.connect(), INTERRUPTED);
    const socket = await connected.promise;
    stop();
    await connecting;
    socket.destroy();
    silent.close();
  });

  void it('ends the wait for a server that is silent', async (t) => {
    const proxy = await startSilentProxy(database.url);
    const { signal, stop } = stopping();
    const target = openServer({ url: proxy.url, schema: 'public', signal, answerTimeoutSeconds: 1 });
    t.after(proxy.close);
    const [{ client }, other] = [await target.connect(), await target.connect()];
    const sent = proxy.silenceAt('SELECT 1', 'all');
    const waiting = assert.rejects(rows(client, 'SELECT 1'), INTERRUPTED);
    await sent;
    stop();
    await waiting;
    await assert.rejects(rows(evenAborted(other.client), 'SELECT 2'), { message: 'no answer for 1 s' });
    await target.close();
  });

  void it('publishes nothing while publish waits for a table, and staging is dropped', async (t) => {
    const { signal, stop } = stopping();
    const lab = await openLab(async (schema) => openServer({ url: database.url, schema, signal }));
    t.after(lab.close);
    const pid = await pidOf(lab);
    const run = await beginRun(lab);
    const derived = [await stage(run, { resource: makers, rows: { makers: [maker('m')] } })];
    const { schema } = lab.database;
    const holder = new Client({ connectionString: database.url });
    await holder.connect();
    t.after(() => holder.end());
    await holder.query(`BEGIN; LOCK TABLE ${schema}.makers IN ROW EXCLUSIVE MODE`);
    const publishing = assert.rejects(publish(derived, run.target, ANY_LOSS), INTERRUPTED);
    await reaches(pid, 'Lock');
    stop();
    await publishing;
    await holder.query('ROLLBACK');
    await run.ledger.abandon({ status: 'interrupted', error: null, entries: [] });
    const seen = { ...lab, client: evenAborted(lab.client) };
    assert.partialDeepStrictEqual(await runRow(seen, run.id), { status: 'interrupted' });
    assert.deepEqual(await rows(seen.client, 'SELECT id FROM makers'), []);
    const staging = `SELECT FROM pg_class WHERE relnamespace = '${schema}_pipeline'::regnamespace AND relname LIKE 'staging%'`;
    assert.deepEqual(await rows(seen.client, staging), []);
  });
});

void it('Ctrl-C ends a query, and leaves nothing on the server', async (t) => {
  const server = await createTestServer();
  t.after(server.close);
  const { start, sql } = server.workspace();
  const sleeping = `SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%sleep(62)' AND pid <> pg_backend_pid()`;
  const running = start(['query', 'SELECT pg_sleep(62)']);
  while ((await sql(sleeping)).length === 0);
  running.kill('SIGINT');
  assertFailure(await running.finished, { code: 130, message: /interrupted/ });
  assert.deepEqual(await sql(sleeping), []);
});
