import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';

import type { Certificate } from './certificate.ts';
import { TEST_HOST } from './offline.ts';

export type WebRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
};

export type Web = {
  readonly port: number;
  /** The host name in the URL looks like the name of a different machine (see offline.ts). */
  readonly url: string;
  /** Oldest first. */
  readonly requests: readonly WebRequest[];
  readonly close: () => Promise<void>;
};

/** Starts a web server that responds as the test specifies. */
export async function startWeb(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  options: { readonly tls?: Certificate; readonly host?: string } = {},
): Promise<Web> {
  const { host = TEST_HOST, tls } = options;
  const requests: WebRequest[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const { method = '', url: path = '', headers } = request;
    requests.push({ method, path, headers });
    answer(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const port = await listen(server);
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    requests,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Listens on a free port of this machine, and returns the port. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('Cannot determine the port of a server');
  return address.port;
}
