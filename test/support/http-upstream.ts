import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

import { logEvents } from '../../src/app/log-events.ts';
import { openHttpUpstream, type HttpOptions } from '../../src/adapters/http/upstream.ts';
import type {
  Attempt,
  Log,
  LogFields,
  FinishedAttempt,
  Upstream,
  UpstreamResponse,
} from '../../src/core/ports.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { TEST_HOST } from './offline.ts';
import { listen, startWeb, type Web } from './web.ts';

export const JSON_TYPE = { 'content-type': 'application/json' };
export const never = new AbortController().signal;

export type Line = { readonly level: keyof Log; readonly message: string; readonly fields: LogFields };

/** A log that is kept in memory. */
export function createTestLog(): { readonly log: Log; readonly lines: readonly Line[] } {
  const lines: Line[] = [];
  const at =
    (level: keyof Log) =>
    (message: string, fields: LogFields = {}): void =>
      void lines.push({ level, message, fields });
  return {
    lines,
    log: { note: at('debug'), debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  };
}

/**
 * Wraps an upstream so that its retries are logged, as in a run. The upstream must report each attempt exactly once.
 */
export function loggingRetries<T extends Upstream>(upstream: T, log: Log): T {
  const subscriber = logEvents(log);
  return {
    ...upstream,
    open(request, signal) {
      const tried: FinishedAttempt[] = [];
      const tries = upstream.open(
        {
          ...request,
          onRetry(retry) {
            const { resource } = request;
            subscriber({ type: 'request.retried', resource, run_id: 'r', source: 's', job: null, ...retry });
            request.onRetry(retry);
          },
          onTried(one) {
            tried.push(one);
            request.onTried(one);
          },
        },
        signal,
      );
      return {
        ...tries,
        end() {
          const attempts = tries.end();
          assert.deepEqual(
            tried.map(({ seconds, status }) => ({ status, seconds })),
            attempts.map(({ seconds, status }) => ({ status, seconds })),
          );
          return attempts;
        },
      };
    },
  };
}

/** For a request whose retries do not matter. */
export const unobserved = { onRetry: () => undefined, onTried: () => undefined } as const;

/** Opens an upstream with short waits. Also returns the lines that it logs. */
export function openTestUpstream(baseUrl: string, options: Partial<HttpOptions> = {}) {
  const { lines, log } = createTestLog();
  const upstream = openHttpUpstream({
    setting: 'sources.spacex.baseUrl',
    auth: null,
    quota: null,
    address: baseUrl,
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
    burst: 1,
    httpProxy: null,
    httpsProxy: null,
    noProxy: null,
    clock: systemClock,
    random: Math.random,
    log,
    ...options,
  });
  return { upstream: loggingRetries(upstream, log), lines };
}

type Pulled = {
  readonly status: number;
  readonly url: string;
  readonly headers: UpstreamResponse['headers'];
  readonly encoding: string;
  readonly body: string;
  readonly attempts: readonly Attempt[];
};

/** Fetches /x completely. */
export async function pullFrom(
  t: TestContext,
  baseUrl: string,
  options: Partial<HttpOptions> = {},
  etag: string | null = null,
): Promise<Pulled> {
  const { upstream } = openTestUpstream(baseUrl, options);
  t.after(upstream.close);
  const { result, attempts } = await fetchFrom(upstream, { path: '/x', etag }, readWhole);
  return { ...result, attempts };
}

async function readWhole({ body, encoding, headers, status, url }: UpstreamResponse) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return { status, url, headers, encoding, body: Buffer.concat(chunks).toString() };
}

/** Sends a request, and retries it until `use` accepts a response. */
export async function fetchFrom<T>(
  upstream: Upstream,
  { path, etag = null }: { readonly path: string; readonly etag?: string | null },
  use: (response: UpstreamResponse) => Promise<T>,
  signal = never,
): Promise<{ readonly result: T; readonly attempts: readonly Attempt[] }> {
  const tries = upstream.open(
    { resource: 'x', path, kept: etag === null ? null : { url: path, etag }, ...unobserved },
    signal,
  );
  try {
    for (;;) {
      const response = await tries.next();
      try {
        const result = await use(response);
        return { result, attempts: tries.end() };
      } catch (error) {
        if (!(error instanceof PipelineError) || error.code !== 'source') throw error;
        await tries.failed(error);
      }
    }
  } catch (error) {
    if (error instanceof Error) failures.set(error, tries.end());
    throw error;
  }
}

const failures = new WeakMap<Error, readonly Attempt[]>();

/** The attempts of a request that failed. */
export function attemptsOf(error: Error): readonly Attempt[] {
  return failures.get(error) ?? [];
}

/** Starts a web server for one test. */
export async function serve(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<Web> {
  let number = 0;
  const web = await startWeb((request, response) => answer(request, response, (number += 1)));
  t.after(web.close);
  return web;
}

/** Starts a server that answers each request with the same latin1 text, or as a function decides. Returns its URL. */
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
