import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { PipelineError } from '../../core/errors.ts';
import { reasonOf } from './errors.ts';
import { openDispatcher, type Dispatcher, type DispatcherOptions } from './gateway-dispatcher.ts';
import { searchPath } from './session-settings.ts';
import type { SharedEngine } from './shared-engine.ts';
import { fatal } from './wire.ts';

export type Gateway = {
  /** Null if the gateway does not listen on a port. */
  readonly port: number | null;
  readonly close: () => Promise<void>;
};

export type GatewayOptions = DispatcherOptions & {
  /** The loopback port, or 0 for any free one; null if there is none. */
  readonly port: number | null;
  /** The path of an unused Unix socket, which only this user can access; null for none. */
  readonly socket?: string | null;
};

/** The settings that a session starts with. RESET and DISCARD restore them. */
export function servedSettings(schemas: readonly string[]): ReadonlyMap<string, string> {
  return new Map([
    ['search_path', searchPath(...schemas)],
    ['default_transaction_read_only', 'on'],
    ['TimeZone', 'UTC'],
    ['jit', 'off'],
    // With a deeper stack, the engine might overflow JavaScript's stack, which it would not survive.
    ['max_stack_depth', '100kB'],
  ]);
}

/**
 * Lets PostgreSQL clients read the embedded database over loopback or a Unix socket. The engine has one session:
 * requests take turns, and each client finds its session as it left it. Clients have the role `pg_read_all_data` and
 * start read-only. A client that sends SET SESSION AUTHORIZATION postgres gives up that role deliberately. `share`
 * returns the open engine. When an engine ends, its clients are disconnected, and new clients use the next engine.
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
      hint: 'Use a different port, or 0 for any free one.',
    });
  }
}

async function listenOnSocket(welcome: Welcome, path: string): Promise<Server> {
  const server = createServer(welcome);
  // Node creates the socket before `listen` returns, and other users must never be able to connect to it.
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
      hint: 'Other commands need this socket to read the database while this one is running. Use a data folder on a local disk.',
    });
  }
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
