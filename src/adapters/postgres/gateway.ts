import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { PipelineError } from '../../core/errors.ts';
import { reasonOf } from './errors.ts';
import { openDispatcher, type Dispatcher, type DispatcherOptions } from './gateway-dispatcher.ts';
import { searchPath } from './session-settings.ts';
import type { SharedEngine } from './shared-engine.ts';
import { fatal } from './wire.ts';

export type Gateway = {
  /** Null if it does not listen on a port. */
  readonly port: number | null;
  readonly close: () => Promise<void>;
};

export type GatewayOptions = DispatcherOptions & {
  /** On loopback, 0 for any free port; null for none. */
  readonly port: number | null;
  /** The path of an unused Unix socket, accessible to this user only; null for none. */
  readonly socket?: string | null;
};

/** The settings of a new session; RESET and DISCARD restore them. */
export function servedSettings(schemas: readonly string[]): ReadonlyMap<string, string> {
  return new Map([
    ['search_path', searchPath(...schemas)],
    ['default_transaction_read_only', 'on'],
    ['TimeZone', 'UTC'],
    ['jit', 'off'],
    // With a deeper stack, the engine may overflow JavaScript's stack, which it does not survive.
    ['max_stack_depth', '100kB'],
  ]);
}

/**
 * Lets PostgreSQL clients read the embedded database, on loopback or over a Unix socket. The engine has one session:
 * requests take turns, and each client finds its session as it left it. Clients are `pg_read_all_data` and start
 * read-only; a client that sends SET SESSION AUTHORIZATION postgres leaves that role on purpose. `share` returns the
 * open engine; when an engine ends, its clients are disconnected, and new clients get the next engine.
 */
export async function openGateway(
  share: () => Promise<SharedEngine>,
  options: GatewayOptions,
): Promise<Gateway> {
  const { port, socket: path = null } = options;
  let current: { readonly shared: SharedEngine; readonly dispatcher: Promise<Dispatcher> } | null = null;

  async function openedDispatcher(): Promise<Dispatcher> {
    const shared = await share();
    if (current?.shared !== shared) current = { shared, dispatcher: openDispatcher(shared, options) };
    return current.dispatcher;
  }

  function welcome(socket: Socket): void {
    socket.on('error', () => undefined);
    openedDispatcher().then(
      ({ serve }) => serve(socket),
      (error: unknown) => {
        socket.end(fatal('57P03', `the database cannot be opened: ${reasonOf(error)}`));
        socket.destroySoon();
      },
    );
  }

  await openedDispatcher();
  const servers: Server[] = [];
  async function close(): Promise<void> {
    const closed = servers.map((server) => once(server, 'close'));
    for (const server of servers) server.close();
    await current?.dispatcher.then((dispatcher) => dispatcher.close());
    await Promise.all(closed);
  }
  try {
    if (path !== null) servers.push(await listenOnSocket(welcome, path));
    const server = port === null ? null : await listenOnPort(welcome, port);
    if (server !== null) servers.push(server);
    return { port: server === null ? null : portOf(server), close };
  } catch (error) {
    await close();
    throw error;
  }
}

type Welcome = (socket: Socket) => void;

async function listenOnPort(welcome: Welcome, port: number): Promise<Server> {
  const server = createServer({ noDelay: true }, welcome);
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return server;
  } catch (error) {
    throw new PipelineError(`Cannot listen on 127.0.0.1:${port}: ${reasonOf(error)}`, {
      code: 'usage',
      cause: error,
      hint: 'Give another port, or 0 for any free one.',
    });
  }
}

async function listenOnSocket(welcome: Welcome, path: string): Promise<Server> {
  const server = createServer(welcome);
  // Node creates the socket before `listen` returns: others must not be able to connect at any time.
  const mask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(mask);
  }
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    throw new PipelineError(`Cannot listen on ${path}: ${reasonOf(error)}`, {
      code: 'database',
      cause: error,
      hint: 'Without it, other commands cannot read the database meanwhile. Give a data folder on a local disk.',
    });
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server on a port has one');
  return address.port;
}
