import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

import { openHttpSource, type HttpSourceOptions } from '../../src/adapters/http/source.ts';
import type { Attempt, Log, LogFields, SourceResponse } from '../../src/core/ports.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { TEST_HOST } from './offline.ts';
import { listen, startWeb, type Web } from './web.ts';

export const JSON_TYPE = { 'content-type': 'application/json' };
export const never = new AbortController().signal;

export type Line = { readonly level: keyof Log; readonly message: string; readonly fields: LogFields };

/** A log that is kept. */
export function createTestLog(): { readonly log: Log; readonly lines: readonly Line[] } {
  const lines: Line[] = [];
  const at =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields });
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

/** A source whose waits are short, and what it logs. */
export function openTestSource(baseUrl: string, options: Partial<HttpSourceOptions> = {}) {
  const { lines, log } = createTestLog();
  const source = openHttpSource({
    name: baseUrl,
    baseUrl,
    userAgent: 'test',
    connectTimeoutSeconds: 5,
    headersTimeoutSeconds: 5,
    bodyTimeoutSeconds: 5,
    minBytesPerSecond: 100,
    responseTimeoutSeconds: 60,
    maxAttempts: 3,
    maxRetryAfterSeconds: 1,
    backoffBaseSeconds: 0.01,
    backoffCapSeconds: 0.01,
    requestsPerSecond: 1000,
    httpProxy: null,
    httpsProxy: null,
    noProxy: null,
    clock: systemClock,
    random: Math.random,
    log,
    ...options,
  });
  return { source, lines };
}

type Pulled = {
  readonly status: number;
  readonly url: string;
  readonly headers: SourceResponse['headers'];
  readonly encoding: string;
  readonly body: string;
  readonly attempts: readonly Attempt[];
};

/** One fetch of /x, whole. */
export async function pullFrom(
  t: TestContext,
  baseUrl: string,
  options: Partial<HttpSourceOptions> = {},
  etag: string | null = null,
): Promise<Pulled> {
  const { source } = openTestSource(baseUrl, options);
  t.after(source.close);
  const { result, attempts } = await source.fetch(
    { path: '/x', etag },
    async ({ body, encoding, headers, status, url }) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return { status, url, headers, encoding, body: Buffer.concat(chunks).toString() };
    },
    never,
  );
  return { ...result, attempts };
}

/** A server for one test. */
export async function serve(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<Web> {
  let number = 0;
  const web = await startWeb((request, response) => answer(request, response, (number += 1)));
  t.after(web.close);
  return web;
}

/** A server that answers each request with the same bytes, in latin1, or as a function does. Gives its URL. */
export async function serveBytes(
  t: TestContext,
  answer: string | ((socket: Socket, asked: Buffer) => void),
): Promise<{ readonly url: string; readonly requests: () => number }> {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.on('data', (asked) => {
      requests += 1;
      if (typeof answer === 'string') socket.end(answer, 'latin1');
      else answer(socket, asked);
    });
  });
  const port = await listen(server);
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://${TEST_HOST}:${port}`, requests: () => requests };
}
