import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

import { openGateway } from '../../src/adapters/postgres/gateway.ts';
import { serve, value, wire, type Served } from '../support/gateway.ts';

let served: Served;
let open: Served['open'];
before(async () => {
  served = await serve();
  ({ open } = served);
});
after(() => served.close());

const state = (code: string) => (error: unknown) => {
  assert.equal((error as { code?: string }).code, code, String(error));
  return true;
};

void describe('a client of the embedded database', () => {
  void it('can use both the simple and the extended query protocol, and receives errors', async () => {
    const client = await open();
    assert.equal(await value(client, 'SELECT count(*) FROM t'), '1000');
    assert.equal(await value(client, { text: 'SELECT n FROM t WHERE n = $1', values: [7] }), 7);
    await assert.rejects(client.query('SELECT * FROM nix'), state('42P01'));
    await assert.rejects(client.query({ text: 'SELECT 1 / $1::int', values: [0] }), state('22012'));
    const parts: unknown = await client.query('SELECT 1; SELECT 2');
    assert.equal((parts as unknown[]).length, 2);
    // Fetches 300 rows at a time without a Sync in between, so that no other client gets a turn.
    const other = await open();
    const portions = { text: 'SELECT n FROM t ORDER BY n', rows: 300 };
    const [all, one] = await Promise.all([client.query(portions), value(other, 'SELECT 1')]);
    assert.deepEqual([all.rows.length, all.rows.at(-1)?.n, one], [1000, 1000, 1]);
  });

  void it('can copy rows out, but not in', async () => {
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

  void it('starts read-only, and cannot write even after it turns off read-only mode', async () => {
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

  void it('keeps its settings and prepared statements, no matter which clients had a turn in between', async () => {
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
  });

  void it('keeps its unnamed statement after other clients have prepared theirs', async () => {
    const { ask } = await served.dial();
    const sync = wire('S');
    await ask(wire('P', "\0SELECT 'mine'\0\0\0"), sync);
    const other = await open();
    assert.equal(await value(other, { text: 'SELECT $1::int', values: [5] }), 5);
    assert.match(await ask(RUN, sync), /mine/);
    await ask(wire('P', '\0SET DateStyle = german\0\0\0'), RUN, sync);
    assert.match(await ask(RUN, sync), /SET/);
  });

  void it('gets its own transaction, which ends when it disconnects', async () => {
    const [one, other] = [await open(), await open()];
    await one.query('BEGIN; DECLARE c CURSOR FOR SELECT n FROM t ORDER BY n; FETCH 3 FROM c');
    const waiting = value(other, 'SELECT 5');
    assert.equal(await value(one, 'FETCH 1 FROM c'), 4);
    await one.end();
    assert.equal(await waiting, 5);
  });

  void it('is disconnected if it leaves a transaction open while others wait and more arrive', async (t) => {
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

  void it('is disconnected if it uses a different protocol, which would hang the engine', async () => {
    const http = connect(served.gateway.port, '127.0.0.1');
    http.end('GET / HTTP/1.1\r\n\r\n');
    assert.match(await text(http), /08P01.*cannot parse the client's message/);
    for (const message of [wire('p', 'secret\0'), wire('D', 'S', 'x'.repeat(10_000), '\0')]) {
      const { ask } = await served.dial();
      assert.match(await ask(message, wire('S')), /08P01.*cannot parse the client's message/);
    }
    assert.equal(await value(await open(), 'SELECT 1'), 1);
  });

  void it('is disconnected if it announces a message with an invalid length', async () => {
    const length = (bytes: number): Buffer => {
      const four = Buffer.alloc(4);
      four.writeUInt32BE(bytes);
      return four;
    };
    const opening = connect(served.gateway.port, '127.0.0.1');
    opening.end(length(10_001));
    assert.match(await text(opening), /08P01.*invalid message length 10001/);
    for (const [type, bytes] of [
      ['Q', (64 << 20) + 1],
      ['S', 10_001],
      ['S', 3],
    ] as const) {
      const { socket } = await served.dial();
      socket.end(Buffer.concat([Buffer.from(type), length(bytes)]));
      assert.match(await text(socket), new RegExp(`08P01.*invalid message length ${bytes}`));
    }
    const long = `SELECT length('${'x'.repeat(20_000)}')`;
    assert.equal(await value(await open(), long), 20_000);
  });

  void it('can send many requests, including a COPY, before it reads a response', async () => {
    const { ask } = await served.dial();
    const numbers = Array.from({ length: 500 }, (_, n) => wire('Q', `SELECT 'n' || ${n}\0`));
    const { socket } = await served.dial();
    socket.write(Buffer.concat([...numbers, wire('X')]));
    const answers = (await text(socket)).match(/n\d+(?=C\0)/g);
    assert.deepEqual(
      answers,
      Array.from({ length: 500 }, (_, n) => `n${n}`),
    );
    for (const sql of ['SET default_transaction_read_only = off', 'CREATE TEMP TABLE own (n int)']) {
      await ask(wire('Q', `${sql}\0`));
    }
    const prepare = (sql: string): Buffer => wire('P', `\0${sql}\0\0\0`);
    const answer = await ask(prepare('COPY own FROM STDIN'), RUN, prepare('SELECT 5'), RUN, wire('S'));
    assert.match(answer, /57014/);
    assert.match(await ask(wire('Q', 'DISCARD ALL\0')), /DISCARD ALL/);
  });

  void it('neither blocks others nor fills memory if it does not read a long result', async () => {
    const { socket } = await served.dial();
    const other = await open();
    const earlier = buffersInUse();
    socket.pause();
    socket.write(wire('Q', `SELECT repeat('x', 1000) FROM generate_series(1, 64000)\0`));
    await once(socket, 'readable');
    assert.equal(await value(other, 'SELECT 5'), 5);
    const kept = buffersInUse() - earlier;
    assert.ok(kept < 16 << 20, `${kept} bytes are kept in memory`);
    assert.deepEqual(
      readdirSync(served.folder).filter((name) => name.startsWith('.answer')),
      [],
    );
    socket.write(Buffer.concat([wire('Q', `SELECT 'after'\0`), wire('X')]));
    const answer = await text(socket);
    assert.equal(answer.match(/x{1000}/g)?.length, 64_000);
    assert.match(answer, /SELECT 64000\0Z.{5}T.*afterC\0\0\0\rSELECT 1\0Z\0/s);
  });

  void it('can disconnect in the middle of a response', async () => {
    const { socket } = await served.dial();
    socket.pause();
    socket.write(wire('Q', `BEGIN; SELECT repeat('x', 1000) FROM generate_series(1, 64000)\0`));
    await once(socket, 'readable');
    socket.destroy();
    assert.equal(await value(await open(), 'SELECT 5'), 5);
  });

  void it('can cancel a query that is still waiting for its turn', async () => {
    const [one, other] = [await open(), await open()];
    await one.query('BEGIN');
    const waiting = value(other, 'SELECT 5');
    const { processID, secretKey } = other as unknown as { processID: number; secretKey: number };
    const key = Buffer.alloc(16);
    for (const [index, number] of [16, 80_877_102, processID, secretKey].entries()) {
      key.writeInt32BE(number, 4 * index);
    }
    const asking = connect(served.gateway.port, '127.0.0.1');
    asking.write(key);
    await assert.rejects(waiting, state('57014'));
    await one.query('COMMIT');
    assert.equal(await value(other, 'SELECT 6'), 6);
  });
});

/** The total size of all buffers in bytes, after garbage collection. */
function buffersInUse(): number {
  setFlagsFromString('--expose_gc');
  const collect: unknown = runInNewContext('gc');
  assert.ok(typeof collect === 'function');
  collect();
  return process.memoryUsage().arrayBuffers;
}

const RUN = Buffer.concat([wire('B', '\0\0', '\0'.repeat(6)), wire('E', '\0\0\0\0\0')]);

void it('a gateway notifies its clients when it closes, and does not wait for clients that do not read', async () => {
  const { folder, shared } = served;
  const second = await openGateway(async () => shared, { port: 0, patienceMs: 100, folder });
  const client = new Client({ host: '127.0.0.1', port: second.port ?? 0, user: 'anybody' });
  const told = once(client, 'error');
  client.on('error', () => undefined);
  await client.connect();
  const deaf = new Client({ host: '127.0.0.1', port: second.port ?? 0, user: 'anybody' });
  deaf.on('error', () => undefined);
  await deaf.connect();
  const { stream } = (deaf as unknown as { connection: { stream: NodeJS.ReadStream } }).connection;
  deaf.query(`SELECT repeat('x', 1000) FROM generate_series(1, 64000)`).catch(() => undefined);
  await once(stream, 'data');
  stream.pause();
  await second.close();
  await client.end();
  state('57P01')((await told)[0]);
});

void it('a gateway needs a free port', async () => {
  const { folder, gateway, shared } = served;
  await assert.rejects(
    openGateway(async () => shared, { port: gateway.port, patienceMs: 100, folder }),
    {
      code: 'usage',
      message: /^Cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/,
    },
  );
});

void it('a gateway reports that the engine lost a query', async () => {
  const lost = await serve();
  const { socket } = await lost.dial();
  socket.write(wire('Q', `SELECT (repeat('[', 20000000))::json\0`));
  assert.match(String(await lost.engine.ended), /the embedded database lost a query/);
  await lost.close();
});
