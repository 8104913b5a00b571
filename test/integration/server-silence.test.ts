import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { after, before, describe, it, type TestContext } from 'node:test';

import { Client } from 'pg';

import { openServer } from '../../src/adapters/postgres/server.ts';
import { createGate, LAUNCHES, sandboxReplies, startApi } from '../support/api.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { assertFailure, createTestServer } from '../support/workspace.ts';

const QUICK = { schema: 'public', answerTimeoutSeconds: 0.5 } as const;
const OUT_OF_REACH = /no response for 0\.5 s, and connecting again failed: no response for 0\.5 s$/;

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

async function openSilent(t: TestContext) {
  const proxy = await startSilentProxy(database.url);
  const warnings: string[] = [];
  const target = openServer({
    ...QUICK,
    url: proxy.url,
    log: { warn: (message) => void warnings.push(message) },
  });
  t.after(async () => {
    await target.close();
    await proxy.close();
  });
  return { proxy, target, warnings };
}

void describe('a server that is silent', { concurrency: true }, () => {
  void it('on every connection makes every statement fail', async (t) => {
    const { proxy, target } = await openSilent(t);
    const [first, second] = [await target.connect(), await target.connect()];
    proxy.silence('all');
    await assert.rejects(first.rows('SELECT 1'), { name: 'Error', message: OUT_OF_REACH });
    await assert.rejects(second.rows('SELECT 1'), { name: 'Error', message: OUT_OF_REACH });
  });

  void it('during a COPY makes it fail', async (t) => {
    const { proxy, target } = await openSilent(t);
    const session = await target.connect();
    await session.query('CREATE TEMPORARY TABLE copied (n int)');
    proxy.silence('all');
    const megabytes = Buffer.from('1\n'.repeat(4 << 20));
    await assert.rejects(session.copyCsv(['copied'], ['n'], megabytes), {
      name: 'Error',
      message: OUT_OF_REACH,
    });
  });

  void it('on only one connection is asked what happened to the statement, over a second connection', async (t) => {
    const { proxy, target } = await openSilent(t);
    const session = await target.connect();
    const other = await target.connect();
    for (const passes of [false, true]) {
      const lost = await target.connect();
      const caught = proxy.silenceAt('SELECT 1', 'open', passes);
      await assert.rejects(lost.rows('SELECT 1'), {
        message: 'no response for 1 s, and the server has nothing to send',
      });
      await caught;
    }
    proxy.silence('all');
    await Promise.all([assert.rejects(session.rows('SELECT 1')), assert.rejects(other.rows('SELECT 1'))]);
  });

  void it('because it is busy is reported once, and the statement continues', async (t) => {
    const { target, warnings } = await openSilent(t);
    const session = await target.connect();
    assert.equal((await session.rows('SELECT pg_sleep(1.5)')).length, 1);
    assert.equal(warnings.length, 1, warnings.join());
    assert.match(warnings[0] ?? '', /^still waiting for the database after \d s: SELECT$/);
  });

  void it('because a statement waits for a lock is reported with that reason, and the statement continues', async (t) => {
    const { target, warnings } = await openSilent(t);
    const [holder, waiting] = [await target.connect(), await target.connect()];
    await holder.query('SELECT pg_advisory_lock(1)');
    const locked = waiting.query('SELECT pg_advisory_lock(1)');
    while (warnings.length === 0) await admin.query('SELECT 1');
    await holder.query('SELECT pg_advisory_unlock(1)');
    await locked;
    assert.match(
      warnings.join(),
      /^still waiting .*: SELECT, which is waiting for a lock that another session holds$/,
    );
  });

  void it('does not prevent a session from being closed', async (t) => {
    const { proxy, target } = await openSilent(t);
    const session = await target.connect();
    proxy.silence('all');
    await session.close();
  });

  /** What the server sends: nothing, or only that it supports TLS. */
  for (const answer of ['', 'S']) {
    void it(`from the start${answer === '' ? '' : ' of TLS'} makes the attempt to connect fail`, async (t) => {
      const sockets: Socket[] = [];
      const server = createServer((socket) => {
        sockets.push(socket.on('error', () => undefined));
        socket.once('data', () => void socket.write(answer));
      }).listen(0, '127.0.0.1');
      t.after(() => {
        for (const socket of sockets) socket.destroy();
        server.close();
      });
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' ? address?.port : '';
      const target = openServer({ ...QUICK, url: `postgresql://me:geheim@127.0.0.1:${port}/any` });
      await assert.rejects(target.connect(), {
        code: 'database',
        message: /^Cannot connect to \S+: no response for 0\.5 s \(ETIMEDOUT\)$/,
        hint: 'Check the server and the network connection, then try again.',
      });
      assert.equal(sockets.length, 1, 'no second attempt is made');
    });
  }
});

void it('a run whose database goes silent fails, reports why, and can be resumed', async (t) => {
  const server = await createTestServer();
  const proxy = await startSilentProxy(server.url);
  const replies = await sandboxReplies({ launches: 30 });
  const api = await startApi(replies);
  t.after(async () => {
    await api.close();
    await server.close();
  });
  const { run, start, sql } = server.workspace();
  assert.equal((await run(['migrate', 'up'])).code, 0);
  const gate = createGate(20_000);
  api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
  const running = start(['run', '--source', api.url, '--database-url', proxy.url], {
    SPACEX_PIPELINE_ANSWER_TIMEOUT_SECONDS: '0.5',
  });
  await Promise.race([gate.reached, running.finished]);
  proxy.silence('all');
  gate.open();
  const failed = await running.finished;
  assertFailure(failed, { code: 5, message: /no response for 0\.5 s/, hint: / resume \S+$/ });
  assert.deepEqual(await sql('SELECT name FROM launches'), []);
  // Only now can the server detect that the client has disconnected.
  await proxy.close();
  const sessions = `SELECT FROM pg_stat_activity WHERE application_name LIKE '% pid ${running.pid}'`;
  while ((await sql(sessions)).length > 0);
  const [, id = ''] = / resume (\S+)$/m.exec(failed.stderr) ?? [];
  api.set(LAUNCHES, replies[LAUNCHES]);
  const resumed = await run(['resume', id, '--source', api.url]);
  assert.equal(resumed.code, 0, resumed.stderr);
});
