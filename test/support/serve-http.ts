import assert from 'node:assert/strict';
import { request } from 'node:http';

import type { ErrorReport } from '../../src/core/errors.ts';
import type { Log } from '../../src/core/ports.ts';
import { createApp, type Api } from '../../src/serve/app.ts';
import type { RunningServe } from './serve.ts';

export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers: Record<string, unknown>;
};

/** Sends a request with arbitrary headers, including ones that fetch forbids. */
export function ask(
  serve: Pick<RunningServe, 'url'>,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): Promise<Answer> {
  const { port } = new URL(serve.url);
  return new Promise((resolve, reject) => {
    const own = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers });
      });
    });
    own.on('error', reject);
    own.end(body);
  });
}

/** Asserts that a response is an error in the common format, with a hint, and returns the error. */
export function assertRefused(
  { body, headers, status }: Answer,
  expected: number,
  message: RegExp,
): ErrorReport {
  assert.equal(status, expected, body);
  assert.match(String(headers['content-type']), /^application\/json/);
  const { error }: { error: ErrorReport } = JSON.parse(body);
  assert.match(error.message, /^Cannot .*$/);
  assert.match(error.message, message);
  assert.match(error.hint ?? '', /^\S/);
  return error;
}

export type Route = { readonly method: string; readonly path: string };

/** The routes of `serve`, as the app lists them, each once and without middleware. */
export function routesOfServe(): readonly Route[] {
  const { routes } = createApp({} as Api, { host: '127.0.0.1', token: null, log: {} as Log });
  const known = new Map(
    routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => [`${method} ${path}`, { method, path }]),
  );
  return [...known.values()];
}
