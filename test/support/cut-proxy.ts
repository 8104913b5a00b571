import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * When a connection breaks: before the server receives the commit, or before the client learns that the server has
 * committed.
 */
export type Cut = 'before commit' | 'after commit';

export type CutProxy = {
  /** The URL of the same database, through the proxy. */
  readonly url: string;
  /** Breaks every connection at its next COMMIT. With `down`, accepts no connections from then on. */
  readonly cut: (when: Cut, options?: { readonly down: boolean }) => void;
  readonly close: () => Promise<void>;
};

/** The protocol message that pg sends for a plain COMMIT. */
const COMMIT = Buffer.concat([Buffer.from([0x51, 0, 0, 0, 11]), Buffer.from('COMMIT\0')]);

/** A TCP proxy in front of a PostgreSQL server that breaks connections at the worst moment: the commit. */
export async function startCutProxy(databaseUrl: string): Promise<CutProxy> {
  const { hostname, port } = new URL(databaseUrl);
  let armed: { readonly when: Cut; readonly down: boolean } | null = null;
  let isDown = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    if (isDown) end();
    let committing = false;
    client.on('data', (bytes) => {
      if (armed !== null && bytes.includes(COMMIT)) {
        isDown = armed.down;
        committing = true;
        const { when } = armed;
        armed = null;
        if (when === 'before commit') end();
      }
      if (!upstream.destroyed) upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (committing) end();
      else client.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.port = String(typeof address === 'object' ? address?.port : '');
  return {
    url: url.href,
    cut(when, { down } = { down: false }) {
      armed = { when, down };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
