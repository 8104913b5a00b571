import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Which connections go silent: only the open ones, or new ones as well. */
export type Silent = 'open' | 'all';

export type SilentProxy = {
  /** The URL of the same database, through the proxy. */
  readonly url: string;
  /** From now on, forwards nothing in either direction, but closes no connection. */
  readonly silence: (which: Silent) => void;
  /**
   * Goes silent as soon as a client has sent this text. `passes` determines whether the server still receives the text.
   */
  readonly silenceAt: (text: string, which: Silent, passes?: boolean) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** A TCP proxy in front of a PostgreSQL server that can stop forwarding, as a firewall does. */
export async function startSilentProxy(databaseUrl: string): Promise<SilentProxy> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const open = new Set<{ silent: boolean }>();
  let newAreSilent = false;
  let trap: { text: string; which: Silent; passes: boolean; caught: () => void } | null = null;

  function silence(which: Silent): void {
    newAreSilent = which === 'all';
    for (const connection of open) connection.silent = true;
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    const connection = { silent: newAreSilent };
    open.add(connection);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('end', () => {
        if (!connection.silent) other.end();
      });
      socket.on('close', () => {
        sockets.delete(socket);
        open.delete(connection);
        if (!connection.silent) other.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (trap !== null && bytes.includes(trap.text)) {
        const { which, passes, caught } = trap;
        trap = null;
        if (passes) upstream.write(bytes);
        silence(which);
        caught();
      }
      if (!connection.silent) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (!connection.silent) client.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.port = String(typeof address === 'object' ? address?.port : '');
  return {
    url: url.href,
    silence,
    silenceAt(text, which, passes = false) {
      const { promise, resolve } = Promise.withResolvers<void>();
      trap = { text, which, passes, caught: resolve };
      return promise;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
