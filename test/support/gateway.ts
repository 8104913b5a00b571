import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, type QueryConfig } from 'pg';

import { openEngine, type Engine } from '../../src/adapters/postgres/engine.ts';
import { openGateway, servedSettings, type Gateway } from '../../src/adapters/postgres/gateway.ts';
import { shareEngine, type SharedEngine } from '../../src/adapters/postgres/shared-engine.ts';

export type Served = {
  readonly engine: Engine;
  readonly shared: SharedEngine;
  readonly gateway: Gateway & { readonly port: number };
  readonly folder: string;
  readonly open: (options?: object) => Promise<Client>;
  /** Connects a client that sends raw protocol messages, and waits until it is admitted. */
  readonly dial: () => Promise<Raw>;
  readonly close: () => Promise<void>;
};

export type Raw = {
  readonly socket: Socket;
  /** Sends the messages, and returns everything that arrives until the server is ready for the next request. */
  readonly ask: (...messages: readonly Buffer[]) => Promise<string>;
};

/** Serves an embedded database with a table `s.t` that contains the numbers up to 1000. */
export async function serve(patienceMs = 100): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'test-gateway-'));
  const engine = await openEngine(join(folder, 'database'), { settings: servedSettings(['s']) });
  await engine.exec('SET default_transaction_read_only = off');
  await engine.exec(`CREATE SCHEMA s; CREATE TABLE s.t (n int); INSERT INTO s.t SELECT generate_series(1, 1000);
    CREATE SEQUENCE s.q; CREATE ROLE helper; GRANT helper TO pg_read_all_data`);
  const shared = shareEngine(engine);
  const { port, ...opening } = await openGateway(async () => shared, { port: 0, patienceMs, folder });
  const gateway = { ...opening, port: port ?? 0 };
  const opened: Client[] = [];
  const dialled: Socket[] = [];
  return {
    engine,
    shared,
    gateway,
    folder,
    async open(options = {}) {
      const client = new Client({ host: '127.0.0.1', port: gateway.port, user: 'anybody', ...options });
      client.on('error', () => undefined);
      await client.connect();
      opened.push(client);
      return client;
    },
    async dial() {
      const socket = connect(gateway.port, '127.0.0.1');
      socket.on('error', () => undefined);
      dialled.push(socket);
      const raw = { socket, ask: asking(socket) };
      await raw.ask(wire('', Buffer.from([0, 3, 0, 0]), 'user\0anybody\0\0'));
      return raw;
    },
    async close() {
      await gateway.close();
      for (const socket of dialled) socket.destroy();
      await Promise.all(opened.map((client) => client.end()));
      await engine.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function asking(socket: Socket): Raw['ask'] {
  return async (...messages) => {
    const received: Buffer[] = [];
    const keep = (data: Buffer): unknown => received.push(data);
    socket.on('data', keep);
    socket.write(Buffer.concat(messages));
    const isOver = (): boolean => Buffer.concat(received).subarray(-6, -1).equals(READY);
    while (!isOver() && !socket.closed) await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    socket.off('data', keep);
    return Buffer.concat(received).toString('latin1');
  };
}

const READY = Buffer.from('5a00000005', 'hex');

/** A PostgreSQL protocol message. */
export function wire(type: string, ...parts: readonly (string | Buffer)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, body]);
}

/** The first value of the last row. */
export async function value(client: Client, query: string | QueryConfig): Promise<unknown> {
  const { rows } = await client.query<Record<string, unknown>>(query);
  return Object.values(rows.at(-1) ?? {})[0];
}
