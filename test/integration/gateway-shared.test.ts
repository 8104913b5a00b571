import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { openEmbedded, type Embedded } from '../../src/adapters/postgres/embedded.ts';
import { openGateway, servedSettings, type Gateway } from '../../src/adapters/postgres/gateway.ts';
import type { Session } from '../../src/adapters/postgres/session.ts';
import { copyEmbedded } from '../support/embedded-template.ts';
import { value } from '../support/gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'test-shared-'));
let database: Embedded;
let gateway: Gateway;
/** The program's own session. */
let own: Session;
before(async () => {
  const settings = servedSettings(['s']);
  await copyEmbedded(join(folder, 'database'));
  database = await openEmbedded({ dir: join(folder, 'database'), schema: 's', settings });
  gateway = await openGateway(database.share, { port: 0, patienceMs: 300, folder });
  own = await database.connect();
  await own.query('CREATE SCHEMA s; CREATE TABLE s.t (n int)');
});
after(async () => {
  await gateway.close();
  await database.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  await own.query('TRUNCATE t');
});

async function open(t: { after: (fn: () => Promise<void>) => void }): Promise<Client> {
  const client = new Client({ host: '127.0.0.1', port: gateway.port ?? 0, user: 'anybody' });
  client.on('error', () => undefined);
  await client.connect();
  t.after(() => client.end());
  return client;
}

const HOSTILE = [
  'DISCARD ALL',
  'RESET ALL',
  'SET SESSION AUTHORIZATION postgres',
  'SET SESSION AUTHORIZATION pg_monitor',
  'SET ROLE pg_monitor',
  'RESET SESSION AUTHORIZATION',
  'SET search_path = pg_temp, nowhere',
  `SET DateStyle = 'German'; SET TimeZone = 'Asia/Tokyo'; SET extra_float_digits = -15; SET bytea_output = escape`,
  'SET default_transaction_read_only = on',
  'SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  `SET statement_timeout = 1; SET exit_on_error = on`,
  `SET app.me = 'mine'`,
  'PREPARE own AS SELECT 1',
  'DEALLOCATE ALL',
  'LISTEN news',
  'UNLISTEN *',
  'SELECT 1/0',
  'BEGIN; SET LOCAL search_path = nowhere; SELECT nothing',
  'ROLLBACK',
];

/** Everything that PostgreSQL reports about this program's session. */
async function stateOfOwn(): Promise<unknown> {
  const settings = await own.rows(
    `SELECT name, setting, source FROM pg_settings
     WHERE source NOT IN ('default', 'override') AND name NOT LIKE 'transaction\\_%' ORDER BY name`,
  );
  const rest = await own.one(
    `SELECT session_user, current_user, coalesce(current_setting('app.me', true), '') AS app, current_setting('role') AS role,
       (SELECT count(*) FROM pg_prepared_statements) AS statements, (SELECT count(*) FROM pg_cursors) AS cursors,
       (SELECT count(*) FROM pg_listening_channels()) AS channels, pg_my_temp_schema()::text AS temporary`,
  );
  return { settings, rest };
}

void describe('this program’s own session on a database that clients read', () => {
  void it('is not affected by anything that a client does in its own session', async (t) => {
    const client = await open(t);
    const asItWas = await stateOfOwn();
    for (const sql of HOSTILE) {
      await client.query(sql).catch(() => undefined);
      assert.deepEqual(await stateOfOwn(), asItWas, sql);
      assert.equal(await own.execute('INSERT INTO t VALUES (1)'), 1, sql);
    }
    assert.equal(await value(await open(t), 'SELECT count(*) FROM t'), String(HOSTILE.length));
  });

  void it('runs in its own transaction, and a client sees all of it or none of it', async (t) => {
    const client = await open(t);
    await own.query('BEGIN');
    await own.execute('INSERT INTO t VALUES (1)');
    const seen = value(client, 'SELECT count(*) FROM t');
    const coming = open(t);
    await own.execute('INSERT INTO t VALUES (2)');
    await own.query('COMMIT');
    assert.equal(await seen, '2');
    assert.equal(await value(await coming, 'SELECT sum(n) FROM t'), '3');
    await own.query('BEGIN');
    await own.execute('INSERT INTO t VALUES (3)');
    const later = value(client, 'SELECT count(*) FROM t');
    await own.query('ROLLBACK');
    assert.equal(await later, '2');
  });

  void it('loads with COPY between the requests of clients', async (t) => {
    const clients = await Promise.all([open(t), open(t)]);
    const loaded = new AbortController();
    const asking = clients.map(async (client) => {
      while (!loaded.signal.aborted)
        await client.query('SET search_path = nowhere; SELECT count(*) FROM s.t');
    });
    for (let n = 0; n < 50; n += 1) assert.equal(await own.copyCsv(['t'], ['n'], Buffer.from(`${n}\n`)), 1);
    loaded.abort();
    await Promise.all(asking);
    assert.deepEqual(await own.one('SELECT count(*)::int AS n FROM t'), { n: 50 });
  });
});

void describe('a client that keeps its turn while this program waits', () => {
  const refused = async (client: Client): Promise<string | undefined> => {
    const [error] = await once(client, 'error');
    return (error as { code?: string }).code;
  };

  void it('is disconnected in an open transaction', async (t) => {
    const client = await open(t);
    await client.query('BEGIN; SELECT * FROM t');
    const gone = refused(client);
    assert.equal(await own.execute('INSERT INTO t VALUES (1)'), 1);
    assert.equal(await gone, '25P03');
  });

  void it('is disconnected in a transaction even if it keeps sending queries', async (t) => {
    const client = await open(t);
    await client.query('BEGIN');
    const asking = async (): Promise<void> => {
      for (;;) await client.query('SELECT 1');
    };
    const asked = assert.rejects(asking());
    assert.equal(await own.execute('INSERT INTO t VALUES (1)'), 1);
    await asked;
  });

  void it('is disconnected, and its temporary table and its lock are removed', async (t) => {
    const client = await open(t);
    await client.query('SET default_transaction_read_only = off');
    await client.query('CREATE TEMP TABLE t AS SELECT 1; SELECT pg_advisory_lock(1)');
    const gone = refused(client);
    assert.equal(await own.execute('INSERT INTO t VALUES (1)'), 1);
    assert.equal(await gone, '57P05');
    assert.deepEqual(await own.one(`SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory'`), {
      n: 0,
    });
  });

  void it('gives up its turn when it disconnects, even while the gateway is closing', async (t) => {
    const dir = join(folder, 'other');
    const other = await openEmbedded({ dir, schema: 's', settings: servedSettings(['s']) });
    t.after(() => other.close());
    const closing = await openGateway(other.share, { port: 0, patienceMs: 60_000, folder });
    const session = await other.connect();
    const client = new Client({ host: '127.0.0.1', port: closing.port ?? 0, user: 'anybody' });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    const slept = assert.rejects(client.query('SELECT pg_sleep(1)'));
    const waiting = session.one('SELECT 1 AS n');
    client.connection.stream.destroy();
    await slept;
    await delay(100);
    await closing.close();
    assert.deepEqual(await waiting, { n: 1 });
  });

  void it('stays connected if it has ended its transaction', async (t) => {
    const client = await open(t);
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    assert.equal(await value(client, 'SELECT count(*) FROM t'), '0');
    await client.query('COMMIT');
    assert.equal(await own.execute('INSERT INTO t VALUES (1)'), 1);
    assert.equal(await value(client, 'SELECT count(*) FROM t'), '1');
  });
});

void describe('a client', () => {
  void it('cannot write, even after it turns off read-only mode', async (t) => {
    const client = await open(t);
    await assert.rejects(client.query('INSERT INTO t VALUES (1)'), { code: '25006' });
    await client.query('SET default_transaction_read_only = off');
    await assert.rejects(client.query('INSERT INTO t VALUES (1)'), { code: '42501' });
    await client.query('DISCARD ALL');
    await assert.rejects(client.query('INSERT INTO t VALUES (1)'), { code: '25006' });
    assert.deepEqual(await own.one('SELECT count(*)::int AS n FROM t'), { n: 0 });
  });

  void it('cannot convert text from UTF-8, which does not affect this program’s text', async (t) => {
    const client = await open(t);
    await assert.rejects(client.query(`SELECT convert_to('é', 'LATIN1')`), { code: '42883' });
    const { text } = await own.one<{ text: string }>(`SELECT convert_from('\\xc3a9', 'UTF8') AS text`);
    assert.equal(text, 'é');
  });

  void it('is disconnected with all others if it crashes the engine, and later clients use the next engine', async (t) => {
    const [client, other] = [await open(t), await open(t)];
    const gone = once(other, 'error');
    await assert.rejects(client.query(`SELECT (repeat('[', 20000000))::json`));
    await gone;
    await assert.rejects(own.query('SELECT 1'));
    own = await database.connect();
    assert.equal(await own.execute('INSERT INTO t VALUES (1)'), 1);
    assert.equal(await value(await open(t), 'SELECT count(*) FROM t'), '1');
  });

  void it('does not block others if the engine ends during its turn', async (t) => {
    const client = await open(t);
    await client.query('BEGIN');
    const waiting = assert.rejects(own.query('SELECT 1'), /it has ended/);
    await delay(50);
    const { engine } = await database.share();
    await engine.kill(new Error('it has ended'));
    await waiting;
    own = await database.connect();
  });

  void it('can read many long results on one connection', async (t) => {
    const warnings: Error[] = [];
    const keep = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', keep);
    t.after(() => process.off('warning', keep));
    const client = await open(t);
    for (let n = 0; n < 12; n += 1)
      assert.equal(
        (await client.query(`SELECT repeat('x', 10000) FROM generate_series(1, 600)`)).rowCount,
        600,
      );
    assert.deepEqual(warnings, []);
  });

  void it('opens the next engine itself if nothing else has', async (t) => {
    const client = await open(t);
    await assert.rejects(client.query(`SELECT (repeat('[', 20000000))::json`));
    assert.equal(await value(await open(t), 'SELECT count(*) FROM t'), '0');
    own = await database.connect();
  });
});
