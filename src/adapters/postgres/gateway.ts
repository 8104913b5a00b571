import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

import { PipelineError } from '../../core/errors.ts';
import {
  answer,
  dismiss,
  end,
  greet,
  isReady,
  newClient,
  settingNames,
  type Client,
} from './gateway-client.ts';
import { readRequests, type Request } from './gateway-requests.ts';
import {
  discardSession,
  prepareEngine,
  restoreSession,
  saveSession,
  send,
  sqlStateOf,
  type Engine,
} from './gateway-session.ts';
import { searchPath } from './session-settings.ts';
import { cancelled, SYNC } from './wire.ts';

export type Gateway = {
  readonly port: number;
  /** Fulfilled with what went wrong when the engine can go no further. */
  readonly broken: Promise<Error>;
  readonly close: () => Promise<void>;
};

/** Requests of one client that wait; more are not read. */
const MOST_REQUESTS = 64;

/** What a session begins with; RESET and DISCARD come back to it. */
export function servedSettings(schemas: readonly string[]): ReadonlyMap<string, string> {
  return new Map([
    ['search_path', searchPath(...schemas)],
    ['default_transaction_read_only', 'on'],
    ['TimeZone', 'UTC'],
    ['jit', 'off'],
    // Deeper than this the engine may overflow the stack of JavaScript, which it does not survive.
    ['max_stack_depth', '100kB'],
  ]);
}

/**
 * Lets clients of PostgreSQL read the embedded database, on loopback. The engine is one session: requests take turns,
 * a transaction is one turn, and each client finds its session as it left it. A client with something that cannot be
 * put back keeps the turn. Clients are `pg_read_all_data` and begin read-only; who says SET SESSION AUTHORIZATION
 * postgres gets out of that on purpose.
 */
export async function openGateway(
  engine: Engine,
  options: {
    readonly port: number;
    /** A client who keeps the turn while others wait is sent away after this. */
    readonly patienceMs: number;
    /** For long answers to clients who read them slowly. */
    readonly folder: string;
  },
): Promise<Gateway> {
  const clients = new Set<Client>();
  const broken = Promise.withResolvers<Error>();
  /** Whose session is in the engine. */
  let holder: Client | null = null;
  let working: Promise<void> | null = null;
  let stopping = false;
  let impatience: NodeJS.Timeout | undefined;

  function wake(): void {
    working ??= work().finally(() => {
      working = null;
    });
  }

  async function work(): Promise<void> {
    try {
      for (let next = whoseTurn(); next !== null; next = whoseTurn()) {
        if (next !== holder && !(await handOver(next))) continue;
        if (next.binding === '') {
          clearTimeout(impatience);
          impatience = undefined;
        }
        if (clients.delete(next)) clients.add(next); // behind the others
        await next.requests.shift()?.run();
        if (next.requests.length < MOST_REQUESTS) next.socket.resume();
      }
    } catch (error) {
      stopping = true;
      broken.resolve(error instanceof Error ? error : new Error('the embedded database has ended itself'));
    }
    if (holder !== null && [...clients].some((client) => client !== holder && isReady(client))) {
      impatience ??= setTimeout(dismiss, options.patienceMs, holder).unref();
    }
  }

  /** A client with a request; while the holder keeps the turn, nobody else. */
  function whoseTurn(): Client | null {
    if (stopping) return null;
    const kept = holder !== null && (holder.unsynced || holder.binding !== '' || engine.isInTransaction());
    return (kept ? [holder] : [...clients]).find((client) => client !== null && isReady(client)) ?? null;
  }

  /** Puts the client's session in the place of the holder's; false where that one cannot be put back later. */
  async function handOver(client: Client): Promise<boolean> {
    const last = holder;
    if (last !== null) {
      const saved = await orEnd(last, () => saveSession(engine, settingNames(last)));
      if (saved === null) {
        await discardSession(engine);
      } else if ('binding' in saved) {
        last.binding = saved.binding;
        return false;
      } else {
        last.session = saved;
      }
    }
    holder = null;
    const restored = await orEnd(client, async () => {
      await restoreSession(engine, client.session, client.unnamed);
      return true;
    });
    if (restored !== null) holder = client;
    return restored !== null;
  }

  /** Sends the client away where SQL fails, and the engine goes on. */
  async function orEnd<T>(client: Client, attempt: () => Promise<T>): Promise<T | null> {
    try {
      return await attempt();
    } catch (error) {
      const code = sqlStateOf(error);
      if (code === null) throw error;
      client.requests.length = 0;
      end(client, code, `terminating connection: its session cannot be kept: ${String(error)}`);
      return null;
    }
  }

  async function take(client: Client, request: Request): Promise<void> {
    await answer(engine, client, request);
    const drained = client.output.drain();
    if (drained === null) return;
    client.draining = true;
    void drained.finally(() => {
      client.draining = false;
      wake();
    });
  }

  async function leave(client: Client): Promise<void> {
    clients.delete(client);
    if (client.unsynced) await send(engine, SYNC);
    if (engine.isInTransaction()) await engine.exec('ROLLBACK');
    await discardSession(engine);
    holder = null;
  }

  function cancel(key: string): void {
    const client = [...clients].find((one) => one.key.toString('hex') === key);
    if (client === undefined || client === holder || client.draining) return;
    if (client.requests[0]?.cancellable !== true) return;
    client.requests.shift();
    client.output.write(cancelled());
  }

  await prepareEngine(engine);
  const server = createServer({ noDelay: true }, (socket) => {
    const client = newClient(socket, options.folder);
    const ask = (run: () => Promise<void>, cancellable = false): void => {
      client.requests.push({ run, cancellable });
      if (client.requests.length >= MOST_REQUESTS) socket.pause();
      wake();
    };
    clients.add(client);
    readRequests(socket, {
      start: (opening) => ask(() => greet(engine, client, opening)),
      request: (request) => ask(() => take(client, request), request.answered),
      cancel,
      quit: () => ask(async () => void socket.end()),
      broken: (reason) => end(client, '08P01', reason),
    });
    socket.on('close', () => {
      client.requests.length = 0;
      client.draining = false;
      if (client === holder) ask(() => leave(client));
      else clients.delete(client);
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
      for (const client of clients) end(client, '57P01', 'terminating connection: no longer served');
      await closed;
      await working;
    },
  };
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
