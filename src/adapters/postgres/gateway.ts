import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { PipelineError } from '../../core/errors.ts';
import type { Engine } from './engine.ts';
import { readRequests } from './gateway-requests.ts';
import { applySettings, forgetStatements, ownSettings, reportedSettings } from './gateway-session.ts';
import { columnList, ledgerSchema } from './sql.ts';
import { fatal, SYNC, wantedSettings, welcome, type Opening } from './wire.ts';

export type Gateway = {
  readonly port: number;
  /** Fulfilled with what went wrong when the engine can go no further. */
  readonly broken: Promise<Error>;
  readonly close: () => Promise<void>;
};

type Client = {
  readonly socket: Socket;
  readonly prefix: string;
  /** What it has set, put back at each of its turns. */
  settings: ReadonlyMap<string, string>;
  /** Its prepared statement without a name, made again at each of its turns. */
  unnamed: Buffer | null;
  /** Whole requests that wait for a turn. */
  readonly requests: (() => Promise<void>)[];
  /** In the middle of an extended query: nobody else may come between. */
  unsynced: boolean;
};

/** What a session begins with; RESET and DISCARD come back to it. */
export function servedSettings(schema: string): ReadonlyMap<string, string> {
  return new Map([
    ['search_path', columnList([schema, ledgerSchema(schema)])],
    ['default_transaction_read_only', 'on'],
    ['TimeZone', 'UTC'],
    ['jit', 'off'],
  ]);
}

/**
 * Lets clients of PostgreSQL read the embedded database, on loopback. The engine is one session: requests take turns,
 * a transaction is one turn, and each client finds its own settings and prepared statements at its turns. Clients are
 * `pg_read_all_data` and begin read-only; who says SET SESSION AUTHORIZATION postgres gets out of that on purpose.
 */
export async function openGateway(
  engine: Engine,
  options: {
    readonly port: number;
    /** A client who leaves a transaction open while others wait is sent away after this. */
    readonly patienceMs: number;
  },
): Promise<Gateway> {
  const clients = new Set<Client>();
  const broken = Promise.withResolvers<Error>();
  let holder: Client | null = null;
  let working: Promise<void> | null = null;
  let stopping = false;
  let made = 0;
  let impatience: NodeJS.Timeout | undefined;

  function wake(): void {
    working ??= work().finally(() => {
      working = null;
    });
  }

  async function work(): Promise<void> {
    try {
      for (let next = whoseTurn(); next !== null; next = whoseTurn()) {
        clearTimeout(impatience);
        impatience = undefined;
        clients.delete(next);
        clients.add(next); // behind the others
        if (next !== holder && !next.socket.destroyed) await enter(next);
        await next.requests.shift()?.();
      }
    } catch (error) {
      stopping = true;
      broken.resolve(error instanceof Error ? error : new Error('the embedded database has ended itself'));
    }
    if (holder !== null && [...clients].some(({ requests }) => requests.length > 0)) {
      impatience ??= setTimeout(dismiss, options.patienceMs, holder).unref();
    }
  }

  /** Whoever has a request; while the holder is in a transaction, nobody else. */
  function whoseTurn(): Client | null {
    if (stopping) return null;
    const inTurn = holder !== null && (holder.unsynced || engine.isInTransaction()) ? [holder] : [...clients];
    return inTurn.find(({ requests }) => requests.length > 0) ?? null;
  }

  /** Leaves the session as this client left it. */
  async function enter(client: Client): Promise<void> {
    if (holder !== null) holder.settings = await ownSettings(engine);
    await engine.exec('SET SESSION AUTHORIZATION pg_read_all_data; RESET ALL');
    await applySettings(engine, client.settings);
    if (client.unnamed !== null) await send(Buffer.concat([client.unnamed, SYNC]));
    holder = client;
  }

  async function send(bytes: Buffer, onRawData: (data: Uint8Array) => void = () => undefined): Promise<void> {
    await engine.execProtocolRawStream(bytes, { onRawData });
  }

  async function answer({ socket }: Client, bytes: Buffer): Promise<void> {
    await send(bytes, (data) => {
      // The engine uses its memory again.
      if (!socket.destroyed) socket.write(Buffer.from(data));
    });
    if (socket.writableNeedDrain && !socket.destroyed) {
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    }
  }

  async function greet(client: Client, opening: Opening): Promise<void> {
    client.socket.write(welcome(opening, await reportedSettings(engine)));
  }

  async function leave(client: Client): Promise<void> {
    clients.delete(client);
    if (client === holder) {
      if (client.unsynced) await send(SYNC);
      if (engine.isInTransaction()) await engine.exec('ROLLBACK');
      holder = null;
    }
    await forgetStatements(engine, client.prefix);
  }

  const server = createServer({ noDelay: true }, (socket) => {
    made += 1;
    const client = newClient(socket, `c${made}_`);
    const ask = (request: () => Promise<void>): void => {
      client.requests.push(request);
      wake();
    };
    clients.add(client);
    readRequests(socket, client.prefix, {
      start(opening) {
        client.settings = wantedSettings(opening);
        ask(() => greet(client, opening));
      },
      request: ({ bytes, unnamed, unsynced }) =>
        ask(() => {
          client.unsynced = unsynced;
          if (unnamed !== undefined) client.unnamed = unnamed;
          return answer(client, bytes);
        }),
      end: (sqlState, reason) => end(socket, sqlState, reason),
    });
    socket.on('close', () => {
      client.requests.length = 0;
      ask(() => leave(client));
    });
  });
  const port = await listen(server, options.port);

  return {
    port,
    broken: broken.promise,
    async close() {
      stopping = true;
      clearTimeout(impatience);
      const closed = once(server, 'close');
      server.close();
      for (const { socket } of clients) end(socket, '57P01', 'terminating connection: no longer served');
      await closed;
      await working;
    },
  };
}

function newClient(socket: Socket, prefix: string): Client {
  return { socket, prefix, settings: new Map(), unnamed: null, requests: [], unsynced: false };
}

function dismiss({ socket }: Client): void {
  end(socket, '25P03', 'terminating connection: its open transaction kept others waiting');
}

function end(socket: Socket, sqlState: string, reason: string): void {
  socket.end(fatal(sqlState, reason));
  socket.destroySoon();
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    throw new PipelineError(
      `Cannot listen on 127.0.0.1:${port}: ${error instanceof Error ? error.message : String(error)}`,
      { code: 'usage', cause: error, hint: 'Give another --port, or none for any free one.' },
    );
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot tell the port');
  return address.port;
}
