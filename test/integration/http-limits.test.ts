import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';

import type { HttpOptions } from '../../src/adapters/http/upstream.ts';
import { fetchFrom, openTestUpstream, serveBytes } from '../support/http-upstream.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
const OPEN_TUNNEL = 'HTTP/1.1 200 Connection established\r\n\r\n';
const LIMITS = { connectTimeoutSeconds: 0.4, headersTimeoutSeconds: 0.4, bodyTimeoutSeconds: 0.4 };

/** Writes the same text repeatedly, with pauses far shorter than the limit. */
function keepWriting(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), 50);
  socket.on('close', () => clearInterval(timer));
}

type Wait = {
  readonly reason: RegExp;
  /** How the server responds to a request or, with TLS, to its first bytes. */
  readonly answer: (socket: Socket, asked: Buffer) => void;
  readonly way?: (url: string) => { readonly baseUrl: string } & Partial<HttpOptions>;
};

const byProxy = (url: string) => ({ baseUrl: 'https://api.test', httpsProxy: url });

const WAITS: Readonly<Record<string, Wait>> = {
  'a host name that is never resolved': {
    way: () => ({ baseUrl: 'http://name.silent' }),
    answer: () => assert.fail('no connection is expected'),
    reason: /connecting took too long/,
  },
  'a TLS handshake that never ends': {
    way: (url) => ({ baseUrl: url.replace('http:', 'https:') }),
    answer: () => undefined,
    reason: /connecting took too long/,
  },
  'a proxy tunnel that never opens': {
    way: byProxy,
    answer: () => undefined,
    reason: /no response arrived in time/,
  },
  'a proxy tunnel whose response head never ends': {
    way: byProxy,
    answer(socket) {
      socket.write('HTTP/1.1 200 OK\r\n');
      keepWriting(socket, 'X: y\r\n');
    },
    reason: /no response arrived in time/,
  },
  'a TLS handshake in a tunnel that never ends': {
    way: byProxy,
    answer: (socket, asked) => asked.toString().startsWith('CONNECT') && socket.write(OPEN_TUNNEL),
    reason: /connecting took too long/,
  },
  'a head that never arrives': { answer: () => undefined, reason: /no response arrived in time/ },
  'a head that never ends': {
    answer(socket) {
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      keepWriting(socket, 'x');
    },
    reason: /no response arrived in time/,
  },
  'a head that is announced over and over': {
    answer: (socket) => keepWriting(socket, 'HTTP/1.1 102 Processing\r\n\r\n'),
    reason: /no response arrived in time/,
  },
  'a body that stops arriving': {
    answer: (socket) => socket.write(`${HEAD}1\r\n[\r\n`),
    reason: /the body stopped arriving/,
  },
  'an error body that never ends': {
    answer(socket) {
      socket.write('HTTP/1.1 500 No\r\nContent-Length: 99\r\n\r\n');
      keepWriting(socket, 'x');
    },
    reason: /it responded with 500/,
  },
  'a body that arrives too slowly': {
    answer(socket) {
      socket.write(HEAD);
      keepWriting(socket, '1\r\n \r\n');
    },
    reason: /only \d+ bytes of the body arrived in \d\.\d s \(minBytesPerSecond is 100\)/,
  },
  'a body that never ends': {
    way: (url) => ({ baseUrl: url, responseTimeoutSeconds: 0.4 }),
    answer(socket) {
      socket.write(HEAD);
      keepWriting(socket, `400\r\n${' '.repeat(0x400)}\r\n`);
    },
    reason: /the response took longer than responseTimeoutSeconds allows/,
  },
};

async function begin(t: TestContext, { answer, way }: Wait, signal: AbortSignal) {
  const answered = Promise.withResolvers<void>();
  const { url } = await serveBytes(t, (socket, asked) => {
    answer(socket, asked);
    answered.resolve();
  });
  const { baseUrl, ...options } = way?.(url) ?? { baseUrl: url };
  const { upstream } = openTestUpstream(baseUrl, { ...LIMITS, maxAttempts: 2, ...options });
  const pulling = fetchFrom(
    upstream,
    { path: '/x' },
    async ({ body }) => {
      for await (const _ of body);
    },
    signal,
  );
  return { upstream, pulling, answered: answered.promise, isAsked: !baseUrl.includes('silent') };
}

void describe('a request', { concurrency: 6 }, () => {
  for (const [what, wait] of Object.entries(WAITS)) {
    void it(`times out and is retried: ${what}`, async (t) => {
      const { pulling, upstream } = await begin(t, wait, AbortSignal.timeout(20_000));
      t.after(upstream.close);
      await assert.rejects(pulling, {
        code: 'source',
        message: new RegExp(`^Cannot get .*: ${wait.reason.source}.* \\(2 attempts\\)$`),
      });
    });

    void it(`ends immediately if the run is interrupted: ${what}`, async (t) => {
      const interrupted = new AbortController();
      const patient = {
        ...wait,
        way: (url: string) => ({ ...(wait.way?.(url) ?? { baseUrl: url }), ...PATIENT }),
      };
      const { answered, isAsked, pulling, upstream } = await begin(t, patient, interrupted.signal);
      pulling.catch(() => undefined);
      if (isAsked) await answered;
      interrupted.abort(new Error('interrupted'));
      await assert.rejects(pulling, { message: 'interrupted' });
      await upstream.close();
    });
  }
});

const PATIENT = { connectTimeoutSeconds: 600, headersTimeoutSeconds: 600, bodyTimeoutSeconds: 600 };
