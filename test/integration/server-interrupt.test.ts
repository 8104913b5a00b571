import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';

import { Client } from 'pg';

import { openServer } from '../../src/adapters/postgres/server.ts';
import type { Database, Session } from '../../src/adapters/postgres/session.ts';
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

async function pidOf(session: Session): Promise<number> {
  return (await session.one<{ pid: number }>('SELECT pg_backend_pid() AS pid')).pid;
}

async function stateOf(pid: number) {
  const { rows: found } = await admin.query<{ state: string; wait_event_type: string | null }>(
    'SELECT state, wait_event_type FROM pg_stat_activity WHERE pid = $1',
    [pid],
  );
  return found[0];
}

/** Waits until the backend is in this state: active, or waiting for a lock. */
async function reaches(pid: number, wanted: 'active' | 'Lock'): Promise<void> {
  for (;;) {
    const found = await stateOf(pid);
    if (found?.state === 'active' && (wanted === 'active' || found.wait_event_type === 'Lock')) return;
  }
}

void describe('the abort signal', { concurrency: true }, () => {
  void it('cancels running statements, including on the server', async (t) => {
    const { target, stop } = openStoppable(t);
    const sessions = [await target.connect(), await target.connect()];
    const pids = await Promise.all(sessions.map(pidOf));
    const sleeping = sessions.map((session) =>
      assert.rejects(session.rows('SELECT pg_sleep(60)'), INTERRUPTED),
    );
    for (const pid of pids) await reaches(pid, 'active');
    stop();
    await Promise.all(sleeping);
    for (const pid of pids) assert.equal((await stateOf(pid))?.state, 'idle');
  });

  for (const [what, sql] of [
    ['an advisory lock', 'SELECT pg_advisory_lock(7)'],
    ['a table lock', 'LOCK TABLE locked'],
  ] as const) {
    void it(`ends the wait for ${what}`, async (t) => {
      const { target, stop } = openStoppable(t);
      const session = await target.connect();
      const pid = await pidOf(session);
      const holder = new Client({ connectionString: database.url });
      await holder.connect();
      t.after(() => holder.end());
      await holder.query('BEGIN; SELECT pg_advisory_lock(7)');
      if (what === 'a table lock')
        await holder.query('CREATE TABLE locked (); COMMIT; BEGIN; LOCK TABLE locked');
      await session.query('BEGIN');
      const waiting = assert.rejects(session.rows(sql), INTERRUPTED);
      await reaches(pid, 'Lock');
      stop();
      await waiting;
      await session.query('ROLLBACK');
      assert.equal((await stateOf(pid))?.state, 'idle');
    });
  }

  void it('ends a COPY that waits for a lock', async (t) => {
    const { target, stop } = openStoppable(t);
    const session = await target.connect();
    const pid = await pidOf(session);
    await session.query('CREATE TABLE copied (n int)');
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

  void it('allows only cleanup statements afterward', async (t) => {
    const { target, stop } = openStoppable(t);
    const session = await target.connect();
    await session.query('BEGIN; CREATE TABLE refused (n int)');
    stop();
    await assert.rejects(session.rows('SELECT 1'), INTERRUPTED);
    await assert.rejects(session.query('COMMIT'), INTERRUPTED);
    await assert.rejects(session.copyCsv(['refused'], ['n'], Buffer.from('1\n')), INTERRUPTED);
    await assert.rejects(target.connect(), INTERRUPTED);
    await session.query('ROLLBACK');
    assert.deepEqual(await session.evenAborted.rows('SELECT 1 AS n'), [{ n: 1 }]);
    const last = await target.connect({ evenAborted: true });
    assert.deepEqual(await last.rows(`SELECT to_regclass('refused') AS name`), [{ name: null }]);
  });

  void it('never cancels cleanup statements', async (t) => {
    for (let round = 0; round < 40; round++) {
      const { target, stop } = openStoppable(t);
      const session = await target.connect();
      // The statement ends at about the time the cancel request arrives.
      const short = session.rows('SELECT pg_sleep($1)', [round / 10_000]).catch((error: unknown) => {
        assert.equal(error instanceof PipelineError && error.code, 'interrupted');
      });
      setImmediate(stop);
      await short;
      assert.equal((await session.evenAborted.rows('SELECT pg_sleep(0.005)')).length, 1);
      await target.close();
    }
  });

  void it('cancels a commit that has not finished yet', async (t) => {
    const { target, stop } = openStoppable(t);
    const session = await target.connect();
    const pid = await pidOf(session);
    await session.query(`CREATE TABLE slow (n int);
      CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()`);
    await session.query('BEGIN; INSERT INTO slow VALUES (1)');
    const committing = assert.rejects(session.query('COMMIT'), INTERRUPTED);
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

  void it('ends the wait for a silent server', async (t) => {
    const proxy = await startSilentProxy(database.url);
    const { signal, stop } = stopping();
    const target = openServer({ url: proxy.url, schema: 'public', signal, answerTimeoutSeconds: 1 });
    t.after(proxy.close);
    const [session, other] = [await target.connect(), await target.connect()];
    const sent = proxy.silenceAt('SELECT 1', 'all');
    const waiting = assert.rejects(session.rows('SELECT 1'), INTERRUPTED);
    await sent;
    stop();
    await waiting;
    await assert.rejects(other.evenAborted.rows('SELECT 2'), { message: 'no response for 1 s' });
    await target.close();
  });

  void it('ends a publish that is waiting for a table; it then publishes nothing and leaves no staging tables', async (t) => {
    const { signal, stop } = stopping();
    const lab = await openLab(async (schema) => openServer({ url: database.url, schema, signal }));
    t.after(lab.close);
    const pid = await pidOf(lab.session);
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
    const seen = { ...lab, session: lab.session.evenAborted };
    assert.partialDeepStrictEqual(await runRow(seen, run.id), { status: 'interrupted' });
    assert.deepEqual(await seen.session.rows('SELECT id FROM makers'), []);
    const staging = `SELECT FROM pg_class WHERE relnamespace = '${schema}_pipeline'::regnamespace AND relname LIKE 'staging%'`;
    assert.deepEqual(await seen.session.rows(staging), []);
  });
});

void it('the server checks during statements whether the client is still connected, if it supports that', async (t) => {
  const interval = 'client_connection_check_interval';
  const { hostname, port } = new URL(database.url);
  /** Simulates an older server, which does not have this setting. */
  const older = createServer((client) => {
    const server = connect(Number(port), hostname);
    client.on('data', (bytes) => {
      const text = bytes
        .toString('latin1')
        .replace(`SET ${interval}`, `SET ${interval.replaceAll('n', 'x')}`);
      server.write(text, 'latin1');
    });
    server.pipe(client);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const)
      socket.on('error', () => undefined).on('close', () => other.destroy());
  }).listen(0, '127.0.0.1');
  await once(older, 'listening');
  t.after(() => older.close());
  const address = older.address();
  const through = new URL(database.url);
  through.port = String(typeof address === 'object' ? address?.port : '');
  for (const [url, expected] of [
    [database.url, '10s'],
    [through.href, '0'],
  ] as const) {
    const { target } = openStoppable(t, url);
    const session = await target.connect();
    assert.deepEqual(await session.texts(`SHOW ${interval}`), [expected]);
  }
});

void it('Ctrl-C ends a query, and leaves nothing running on the server', async (t) => {
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
