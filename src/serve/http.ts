import { createServer, STATUS_CODES, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

import { getRequestListener, RequestError } from '@hono/node-server';

import { PipelineError } from '../core/errors.ts';
import { bracketed, isLoopback } from '../lib/loopback.ts';
import { createApp, type Api, type AppOptions } from './app.ts';
import { failure, Refusal } from './failure.ts';

export type HttpOptions = AppOptions & {
  /** 0 for any free port. */
  readonly port: number;
};

export type HttpServer = {
  /** Without a trailing slash. */
  readonly url: string;
  readonly close: () => Promise<void>;
};

const REQUEST_MS = 30_000;

/** Throws `usage` if other machines could run jobs without a token. */
export function requireToken({ host, token }: Pick<HttpOptions, 'host' | 'token'>): void {
  if (token === null && !isLoopback(bracketed(host))) {
    throw new PipelineError(`Cannot serve on ${host} without a token: other machines could run jobs`, {
      code: 'usage',
      hint: 'Set SPACEX_PIPELINE_TOKEN to a token of at least 16 characters, or omit --host.',
    });
  }
}

/** Serves health, metrics and the API. Throws `usage` if it cannot listen on that address. */
export async function serveHttp(api: Api, { port, ...options }: HttpOptions): Promise<HttpServer> {
  const app = createApp(api, options);
  const listener = getRequestListener(app.fetch, {
    errorHandler: (error) => failure(error instanceof RequestError ? unreadable(400, error.message) : error),
  });
  // Lets the listener reject a request without a host, in the API's format. Otherwise, Node would reject it.
  const server = createServer({ requireHostHeader: false }, listener);
  server.on('clientError', answerUnreadable);
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = REQUEST_MS;
  return listen(server, options.host, port);
}

const UNREADABLE: Readonly<Record<string, readonly [status: number, reason: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, `it took longer than ${REQUEST_MS / 1000} s`],
  HPE_HEADER_OVERFLOW: [431, 'its headers are too large'],
};

/** Requests that cannot be parsed never reach the app, and Node would respond to them without a body. */
async function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): Promise<void> {
  const [status, reason] = UNREADABLE[error.code ?? ''] ?? [400, 'it is not HTTP'];
  const answer = failure(unreadable(status, reason));
  const body = await answer.text();
  if (!socket.writable) return;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${answer.headers.get('content-type')}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function unreadable(status: number, reason: string): Refusal {
  return new Refusal(status, `Cannot read the request: ${reason}`, {
    hint: 'Send it with an HTTP client, such as curl.',
  });
}

async function listen(server: Server, host: string, port: number): Promise<HttpServer> {
  const { promise, reject, resolve } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  await promise.catch((error: unknown) => {
    throw new PipelineError(
      `Cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`,
      { code: 'usage', cause: error, hint: listenHint(error) },
    );
  });
  const address = server.address();
  const real = typeof address === 'object' ? (address?.port ?? port) : port;
  return {
    url: `http://${bracketed(host)}:${real}`,
    async close() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

function listenHint(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') return 'Choose a different --port, or 0 for any free port.';
  if (code === 'EACCES') return 'Choose a --port of 1024 or higher.';
  return 'Set --host to an address of this machine.';
}
