import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

import type { Certificate } from './certificate.ts';
import { listen } from './web.ts';

export type Proxy = {
  readonly port: number;
  /** `CONNECT api.test:443` or `GET http://api.test/x`, oldest first. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
};

/**
 * Starts a proxy that routes every request to this machine. It opens tunnels for CONNECT and forwards absolute URLs.
 * `login` is the value of Proxy-Authorization that it requires. `tunnelStatus` is the status of its response to each
 * CONNECT; null means that it never responds.
 */
export async function startProxy(
  options: {
    readonly login?: string;
    readonly tls?: Certificate;
    readonly tunnelStatus?: number | null;
  } = {},
): Promise<Proxy> {
  const { login, tls, tunnelStatus } = options;
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const mayPass = ({ headers }: IncomingMessage): boolean =>
    login === undefined || headers['proxy-authorization'] === login;

  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    if (!mayPass(request)) {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="test"' }).end('login, please');
      return;
    }
    const url = new URL(request.url ?? '');
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = { method: request.method, host: '127.0.0.1', port: url.port, path: url.pathname, headers };
    send(onward, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    })
      .on('error', () => response.writeHead(502).end())
      .end();
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    requests.push(`CONNECT ${request.url}`);
    const status = mayPass(request) ? tunnelStatus : 407;
    if (status === null) return;
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const port = Number(request.url?.split(':').at(-1));
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      pipeline(socket, upstream, socket, () => undefined);
    });
    sockets.add(upstream.on('error', () => socket.destroy()));
  });
  const port = await listen(server);
  return {
    port,
    requests,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
