import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';

import { Client, type QueryConfig } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

import { openEngine, type Engine } from '../../src/adapters/postgres/engine.ts';
import { openGateway, servedSettings, type Gateway } from '../../src/adapters/postgres/gateway.ts';

let folder: string;
let engine: Engine;
let gateway: Gateway;
const opened: Client[] = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'test-gateway-'));
  engine = await openEngine(join(folder, 'database'), { settings: servedSettings('s') });
  await engine.exec(`SET default_transaction_read_only = off`);
  await engine.exec(
    'CREATE SCHEMA s; CREATE TABLE s.t (n int); INSERT INTO s.t SELECT generate_series(1, 1000)',
  );
  gateway = await openGateway(engine, { port: 0, patienceMs: 100 });
});
after(async () => {
  await Promise.all(opened.map((client) => client.end()));
  await gateway.close();
  await engine.close();
  rmSync(folder, { recursive: true });
});

async function open(options: object = {}): Promise<Client> {
  const client = new Client({ host: '127.0.0.1', port: gateway.port, user: 'anybody', ...options });
  client.on('error', () => undefined);
  await client.connect();
  opened.push(client);
  return client;
}

async function value(client: Client, query: string | QueryConfig): Promise<unknown> {
  const { rows } = await client.query<Record<string, unknown>>(query);
  return Object.values(rows.at(-1) ?? {})[0];
}

const state = (code: string) => (error: unknown) => {
  assert.equal((error as { code?: string }).code, code, String(error));
  return true;
};

void describe('a client of the embedded database', () => {
  void it('asks in the simple and in the extended protocol, and is told of errors', async () => {
    const client = await open();
    assert.equal(await value(client, 'SELECT count(*) FROM t'), '1000');
    assert.equal(await value(client, { text: 'SELECT n FROM t WHERE n = $1', values: [7] }), 7);
    await assert.rejects(client.query('SELECT * FROM nix'), state('42P01'));
    await assert.rejects(client.query({ text: 'SELECT 1 / $1::int', values: [0] }), state('22012'));
    const parts: unknown = await client.query('SELECT 1; SELECT 2');
    assert.equal((parts as unknown[]).length, 2);
    // By portions of 300, each asked for without an end of the query: nobody comes between.
    const other = await open();
    const portions = { text: 'SELECT n FROM t ORDER BY n', rows: 300 };
    const [all, one] = await Promise.all([client.query(portions), value(other, 'SELECT 1')]);
    assert.deepEqual([all.rows.length, all.rows.at(-1)?.n, one], [1000, 1000, 1]);
  });

  void it('copies out, and is refused to copy in without harm', async () => {
    const client = await open();
    const stream = client.query(copyTo('COPY (SELECT n FROM t WHERE n < 4 ORDER BY n) TO STDOUT'));
    assert.equal(await text(stream), '1\n2\n3\n');
    await client.query('SET default_transaction_read_only = off');
    await client.query('CREATE TEMP TABLE own (n int)');
    const into = client.query(copyFrom('COPY own FROM STDIN'));
    into.end('1\n2\n');
    const [error]: unknown[] = await once(into, 'error').catch((reason: unknown) => [reason]);
    state('57014')(error);
    assert.equal(await value(client, 'SELECT count(*) FROM own'), '0');
  });

  void it('begins read-only, and cannot write where it has talked itself out of that', async () => {
    const client = await open();
    await assert.rejects(client.query('DELETE FROM t'), state('25006'));
    for (const sql of [
      'SET default_transaction_read_only = off',
      'RESET SESSION AUTHORIZATION',
      'DISCARD ALL',
    ]) {
      await client.query(sql);
      await assert.rejects(client.query('BEGIN READ WRITE; DELETE FROM t'), state('42501'));
      await client.query('ROLLBACK');
    }
    await client.query('SET SESSION AUTHORIZATION postgres');
    assert.equal(await value(client, 'SELECT current_user'), 'postgres');
    const other = await open();
    assert.equal(await value(other, 'SELECT current_user'), 'pg_read_all_data');
    await assert.rejects(other.query('DELETE FROM t'), state('25006'));
  });

  void it('finds its settings and its prepared statements whoever was there between', async () => {
    const zones = ['UTC', 'Asia/Tokyo', 'Europe/Rome'];
    const clients = await Promise.all(
      zones.map((zone) => open({ options: `-c TimeZone=${zone} -c geqo_threshold=5` })),
    );
    await Promise.all(
      clients.map((client, index) => client.query(`SET application_name = 'client ${index}'`)),
    );
    await Promise.all(
      clients.map(async (client, index) => {
        for (let turn = 0; turn < 10; turn += 1) {
          const query = { name: 'S_1', text: `SELECT '${index} ' || $1`, values: [String(turn)] };
          assert.equal(await value(client, query), `${index} ${turn}`);
          const settings = `SELECT concat_ws(' ', current_setting('TimeZone'), current_setting('application_name'),
            current_setting('geqo_threshold'), current_setting('default_transaction_read_only'))`;
          assert.equal(await value(client, settings), `${zones[index]} client ${index} 5 on`);
        }
      }),
    );
    await clients[0]?.end();
    const left = await value(
      await open(),
      `SELECT count(*) FROM pg_prepared_statements WHERE name LIKE '%S_1'`,
    );
    assert.equal(left, '2');
  });

  void it('finds its statement without a name after others have made theirs', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    const told: Buffer[] = [];
    socket.on('data', (data) => told.push(data));
    const ask = async (...messages: readonly Buffer[]): Promise<string> => {
      told.length = 0;
      socket.write(Buffer.concat(messages));
      const ready = Buffer.from('5a0000000549', 'hex');
      while (!Buffer.concat(told).subarray(-6).equals(ready)) await once(socket, 'data');
      return Buffer.concat(told).toString('latin1');
    };
    await ask(wire('', Buffer.from([0, 3, 0, 0]), 'user\0anybody\0\0'));
    const sync = wire('S');
    await ask(wire('P', "\0SELECT 'mine'\0\0\0"), sync);
    const other = await open();
    assert.equal(await value(other, { text: 'SELECT $1::int', values: [5] }), 5);
    assert.match(await ask(wire('B', '\0\0', '\0'.repeat(6)), wire('E', '\0\0\0\0\0'), sync), /mine/);
    socket.destroy();
  });

  void it('has a transaction for itself, which ends when it goes', async () => {
    const [one, other] = [await open(), await open()];
    await one.query('BEGIN; DECLARE c CURSOR FOR SELECT n FROM t ORDER BY n; FETCH 3 FROM c');
    const waiting = value(other, 'SELECT 5');
    assert.equal(await value(one, 'FETCH 1 FROM c'), 4);
    await one.end();
    assert.equal(await waiting, 5);
  });

  void it('is sent away when it leaves a transaction open while others wait and more of them come', async (t) => {
    const [one, other] = [await open(), await open()];
    await one.query('BEGIN');
    const gone = once(one, 'error');
    const coming: Promise<Client>[] = [];
    const callers = setInterval(() => coming.push(open()), 20);
    t.after(() => clearInterval(callers));
    assert.equal(await value(other, 'SELECT 5'), 5);
    clearInterval(callers);
    state('25P03')((await gone)[0]);
    await Promise.all(coming);
  });

  void it('is sent away when it speaks something else', async () => {
    const http = connect(gateway.port, '127.0.0.1');
    http.end('GET / HTTP/1.1\r\n\r\n');
    assert.match(await text(http), /08P01.*cannot understand the client/);
    assert.equal(await value(await open(), 'SELECT 1'), 1);
  });
});

void it('tells its clients when it closes', async () => {
  const second = await openGateway(engine, { port: 0, patienceMs: 100 });
  const client = new Client({ host: '127.0.0.1', port: second.port, user: 'anybody' });
  const told = once(client, 'error');
  await client.connect();
  await second.close();
  await client.end();
  state('57P01')((await told)[0]);
});

void it('needs a port that nobody has', async () => {
  await assert.rejects(openGateway(engine, { port: gateway.port, patienceMs: 100 }), {
    code: 'usage',
    message: /^Cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/,
  });
});

/** A message of PostgreSQL's protocol. */
function wire(type: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, body]);
}
