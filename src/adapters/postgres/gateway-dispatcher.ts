import type { Socket } from 'node:net';

import { serialize } from 'pg-protocol';

import { answer, Client, disconnect, end, greet, isReady, settingNames } from './gateway-client.ts';
import { readRequests, type Request } from './gateway-requests.ts';
import {
  prepareEngine,
  restoreSession,
  saveSession,
  sqlStateOf,
  type SavedSession,
} from './gateway-session.ts';
import type { SharedEngine } from './shared-engine.ts';
import { cancelled } from './wire.ts';

/** Gives turns to the clients of one engine. */
export type Dispatcher = {
  readonly serve: (socket: Socket) => void;
  /** Disconnects the clients. Ends the engine if a client's query continues anyway. */
  readonly close: () => Promise<void>;
};

export type DispatcherOptions = {
  /** How long a client may keep the turn while other clients wait. Then the client is disconnected. */
  readonly patienceMs: number;
  /** The folder for long responses to slow clients. */
  readonly folder: string;
};

/** The maximum number of waiting requests per client. Reading pauses when it is reached. */
const MOST_REQUESTS = 64;

/** On shutdown, how long a query may continue after its client has been disconnected. */
const LAST_QUERY_MS = 5000;

/**
 * Lets clients use the engine's only session. A turn is one request, one transaction, or one statement of this
 * program's own sessions. Each client finds its session as it left it. If something in the session cannot be restored,
 * the client keeps the turn. Any error other than an SQL error ends the engine.
 */
export async function openDispatcher(shared: SharedEngine, options: DispatcherOptions): Promise<Dispatcher> {
  const { engine, turns } = shared;
  const clients = new Set<Client>();
  /** The owner of every client's turns. */
  const us = {};
  /** Whose session is in the engine: a client's, this program's (`own`), or no one's (null). */
  let seat: Client | 'own' | null = 'own';
  let own: SavedSession | null = null;
  let working: Promise<void> | null = null;
  let stopping = false;
  let impatience: NodeJS.Timeout | undefined;
  /** Like `impatience`, but for when this program is waiting. A client's activity does not reset it. */
  let ownImpatience: NodeJS.Timeout | undefined;

  function wake(): void {
    working ??= work().finally(() => {
      working = null;
      // A request may have arrived since the last check.
      if (whoseTurn() !== null) wake();
    });
  }

  async function work(): Promise<void> {
    try {
      while (whoseTurn() !== null) await turns.take(us, serveNext);
    } catch (error) {
      await engine.kill(error);
    }
    if (isHeld() && [...clients].some((client) => client !== seat && isReady(client)))
      impatience ??= setTimeout(dismissHolder, options.patienceMs).unref();
  }

  async function serveNext(): Promise<void> {
    const next = whoseTurn();
    if (next === null || (next !== seat && !(await handOver(next)))) return;
    if (next.binding === '') {
      clearTimeout(impatience);
      impatience = undefined;
    }
    if (next.gone) return leave(next);
    if (clients.delete(next)) clients.add(next); // moves the client to the end of the line
    await next.requests.shift()?.run();
    if (next.requests.length < MOST_REQUESTS) next.socket.resume();
  }

  /** The next client with a request. While a client keeps the turn, only that client is considered. */
  function whoseTurn(): Client | null {
    if (engine.isEnded()) return null;
    const all = isHeld() ? [seat] : clients;
    return ([...all].find((one) => isClient(one) && isReady(one)) as Client | undefined) ?? null;
  }

  /** Whether the current client keeps its turn. */
  function isHeld(): boolean {
    return isClient(seat) && (isBound(seat) || engine.isInTransaction());
  }

  function dismissHolder(): void {
    impatience = undefined;
    ownImpatience = undefined;
    if (isClient(seat) && isHeld()) disconnect(seat);
  }

  /** Saves the session in the seat for later. Returns false if that is impossible. */
  async function putAway(): Promise<boolean> {
    const last = seat;
    if (last === null) return true;
    if (last === 'own') {
      const saved = await saveSession(engine, []);
      if ('binding' in saved) throw new Error(`this program's session has ${saved.binding}`);
      own = saved;
    } else {
      const saved = await orEnd(last, () => saveSession(engine, settingNames(last)));
      if (saved === null) {
        await engine.exec('DISCARD ALL');
      } else if ('binding' in saved) {
        last.binding = saved.binding;
        return false;
      } else {
        last.session = saved;
      }
    }
    seat = null;
    return true;
  }

  async function handOver(client: Client): Promise<boolean> {
    if (!(await putAway())) return false;
    const restored = await orEnd(client, async () => {
      await restoreSession(engine, client.session, client.unnamed);
      return true;
    });
    if (restored !== null) seat = client;
    return restored !== null;
  }

  /** Makes way for a session of this program. Returns false if something in a client's session cannot be restored. */
  async function comeBack(): Promise<boolean> {
    if (seat !== 'own') {
      if (!(await putAway())) return false;
      if (own !== null) await restoreSession(engine, own, null);
      seat = 'own';
    }
    clearTimeout(ownImpatience);
    ownImpatience = undefined;
    return true;
  }

  /** Disconnects the client if an SQL statement fails. The engine continues. */
  async function orEnd<T>(client: Client, attempt: () => Promise<T>): Promise<T | null> {
    try {
      return await attempt();
    } catch (error) {
      const code = sqlStateOf(error);
      if (code === null) throw error;
      client.requests.length = 0;
      end(client, code, `terminating connection: its session cannot be kept (${String(error)})`);
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
    if (client.unsynced) await engine.send(serialize.sync());
    if (engine.isInTransaction()) await engine.exec('ROLLBACK');
    await engine.exec('DISCARD ALL');
    seat = null;
  }

  function cancel(key: string): void {
    const client = [...clients].find((one) => one.key.toString('hex') === key);
    if (client === undefined || (client === seat && isHeld()) || client.draining) return;
    if (client.requests[0]?.cancellable !== true) return;
    client.requests.shift();
    client.output.write(cancelled());
  }

  async function sendAwayAtEnd(): Promise<void> {
    await engine.ended;
    for (const client of clients)
      end(client, '57P02', 'terminating connection: the database stopped unexpectedly');
  }

  await turns.take(us, () => prepareEngine(engine));
  shared.admit({
    isKept: () => isClient(seat) && isBound(seat),
    async enter(owner) {
      if (owner === us) return true;
      return comeBack().catch(async (error: unknown) => {
        await engine.kill(error);
        throw error;
      });
    },
    onKept(owner) {
      if (owner === us || !isClient(seat) || !isHeld()) return;
      if (seat.gone) wake();
      else ownImpatience ??= setTimeout(dismissHolder, options.patienceMs).unref();
    },
  });
  void sendAwayAtEnd();

  return {
    serve(socket) {
      const client = new Client(socket, options.folder);
      const ask = (run: () => Promise<void>, cancellable = false): void => {
        if (stopping) return;
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
        client.gone = true;
        client.requests.length = 0;
        if (client === seat) wake();
        else clients.delete(client);
      });
    },

    async close() {
      stopping = true;
      clearTimeout(impatience);
      clearTimeout(ownImpatience);
      const late = setTimeout(() => void engine.kill(new Error('a query did not end')), LAST_QUERY_MS);
      const closed = [...clients].map(async (client) => {
        client.requests.length = 0;
        const { promise, resolve } = Promise.withResolvers<void>();
        client.socket.once('close', resolve);
        if (client.gone) resolve();
        end(client, '57P01', 'terminating connection: the database is no longer served');
        await promise;
      });
      await Promise.all(closed);
      await working;
      clearTimeout(late);
    },
  };
}

function isClient(one: Client | 'own' | null): one is Client {
  return one !== null && one !== 'own';
}

/**
 * Whether the client is in the middle of an extended query, or its session contains something that cannot be restored.
 */
function isBound({ binding, unsynced }: Client): boolean {
  return unsynced || binding !== '';
}
