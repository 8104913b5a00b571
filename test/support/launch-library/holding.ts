import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A proxy in front of the stand-in that can hold back responses with launches, before they begin or in the middle of
 * their bodies.
 */
export type Holding = {
  /** Replaces the stand-in's URL. */
  readonly baseUrl: string;
  /** The queries for launches that have been forwarded since the last call, oldest first. */
  readonly asked: () => readonly string[];
  /**
   * Forwards `after` responses with launches, then holds the next one back after a share of its body. `held` resolves
   * at that moment.
   */
  readonly hold: (after: number, share: number) => Held;
  readonly close: () => Promise<void>;
};

export type Held = { readonly held: Promise<void> };

type Waiting = { countdown: number; readonly share: number; readonly reached: () => void };

export async function startHolding(target: string): Promise<Holding> {
  const asked: string[] = [];
  let waiting: Waiting | null = null;
  const server = createServer((request, response) => {
    void answer(request.url ?? '/').catch(() => response.destroy());

    async function answer(path: string): Promise<void> {
      const url = new URL(path, target);
      const isLaunches = url.pathname.endsWith('/launches/');
      const now = isLaunches && waiting !== null && (waiting.countdown -= 1) < 0 ? waiting : null;
      if (now !== null) waiting = null;
      // If a response is held back before it begins, the proxy does not even send the request.
      if (now?.share === 0) return now.reached();
      const found = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
      const body = Buffer.from(await found.arrayBuffer());
      if (isLaunches) asked.push(decodeURIComponent(url.search));
      const headers = [...found.headers].filter(([name]) => !/^(?:connection|keep-alive)$/.test(name));
      response.writeHead(found.status, Object.fromEntries(headers));
      if (now === null) response.end(body);
      else response.write(body.subarray(0, Math.floor(body.length * now.share)), now.reached);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/2.3.0/`,
    asked: () => asked.splice(0),
    hold(after, share) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { countdown: after, share, reached: resolve };
      return { held: promise };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
