import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';

import { createAdaptorServer } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';

import { PipelineError, reportError, type ErrorCode } from '../core/errors.ts';
import type { JobReport, JobTry } from '../core/job.ts';
import type { Log } from '../core/ports.ts';
import type { RunReport } from '../core/run.ts';
import { isLoopback } from '../lib/loopback.ts';

/** What the HTTP API answers from. */
export type Api = {
  readonly jobs: () => Promise<readonly JobReport[]>;
  readonly tries: (job: string, limit: number) => Promise<readonly JobTry[]>;
  /** The id of its execution; null where it is in the queue already. */
  readonly runJob: (name: string) => Promise<string | null>;
  readonly enableJob: (name: string, enabled: boolean) => Promise<JobReport>;
  readonly runs: (limit: number) => Promise<readonly RunReport[]>;
  readonly run: (id: string) => Promise<RunReport>;
  /** Why no job can be worked on; empty where it can. */
  readonly unready: () => Promise<readonly string[]>;
  /** In Prometheus' text format, with its content type. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
};

export type HttpOptions = {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Null: nobody needs one. */
  readonly token: string | null;
  readonly log: Log;
};

export type HttpServer = {
  /** Without a slash at its end. */
  readonly url: string;
  readonly close: () => Promise<void>;
};

const MOST_BYTES = 16 * 1024;
const MOST_LISTED = 1000;
const REQUEST_MS = 30_000;

const STATUS: { readonly [C in ErrorCode]?: 400 | 404 | 409 | 503 } = {
  usage: 404,
  busy: 409,
  database: 503,
  migration: 503,
};

/** Throws `usage` where others than this machine could run jobs. */
export function refuseOpen({ host, token }: Pick<HttpOptions, 'host' | 'token'>): void {
  if (token === null && !isLoopback(bracketed(host))) {
    throw new PipelineError(`Cannot serve on ${host} without a token: others could run jobs there`, {
      code: 'usage',
      hint: 'Give a token of at least 16 characters as SPACEX_PIPELINE_TOKEN, or leave --host out.',
    });
  }
}

/** Serves health, metrics and the API. Throws `usage` where it cannot listen there. */
export async function serveHttp(api: Api, options: HttpOptions): Promise<HttpServer> {
  const { host, port } = options;
  const app = new Hono();
  app.use(secureHeaders({ strictTransportSecurity: false }));
  app.get('/healthz', (context) => context.json({ status: 'alive' }));
  app.get('/readyz', async (context) => {
    const reasons = await api.unready();
    return context.json({ ready: reasons.length === 0, reasons }, reasons.length === 0 ? 200 : 503);
  });
  app.use(async (context, next) => {
    const refusal = refuse(context, options);
    if (refusal !== null) return refusal;
    return next();
  });
  app.use(
    bodyLimit({
      maxSize: MOST_BYTES,
      onError: (context) => failure(context, 413, `Cannot take a body of more than ${MOST_BYTES} bytes`),
    }),
  );
  app.get('/metrics', async () => {
    const { text, type } = await api.metrics();
    return new Response(text, { headers: { 'content-type': type } });
  });
  app.get('/api/v1/jobs', async (context) => context.json(await api.jobs()));
  app.get('/api/v1/jobs/:name/history', async (context) =>
    context.json(await api.tries(context.req.param('name'), limitOf(context))),
  );
  app.post('/api/v1/jobs/:name/run', async (context) => {
    const job = context.req.param('name');
    const job_id = await api.runJob(job);
    return context.json({ job, job_id, queued: job_id !== null }, job_id === null ? 409 : 202);
  });
  app.post('/api/v1/jobs/:name/enable', async (context) =>
    context.json(await api.enableJob(context.req.param('name'), true)),
  );
  app.post('/api/v1/jobs/:name/disable', async (context) =>
    context.json(await api.enableJob(context.req.param('name'), false)),
  );
  app.get('/api/v1/runs', async (context) => context.json(await api.runs(limitOf(context))));
  app.get('/api/v1/runs/:id', async (context) => context.json(await api.run(context.req.param('id'))));
  app.notFound((context) => failure(context, 404, `Cannot find ${context.req.path}: there is no such page`));
  app.onError((error, context) => {
    const report = reportError(error);
    if (report.code === 'internal') options.log.error(report.message, { error });
    return context.json({ error: report }, STATUS[report.code] ?? 500);
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = REQUEST_MS;
  return listen(server, host, port);
}

/** Host, Origin and login, in this order; null where the request may pass. */
function refuse(context: Context, { host, token }: HttpOptions): Response | null {
  const named = context.req.header('host') ?? '';
  if (isLoopback(bracketed(host)) && !isLoopback(hostnameOf(named)))
    return failure(context, 421, `Cannot answer for host ${named}: this is ${host}`);
  if (context.req.method !== 'GET') {
    const site = context.req.header('sec-fetch-site') ?? 'none';
    const origin = context.req.header('origin');
    const isOwn = origin === undefined || hostOf(origin) === named;
    if (!['none', 'same-origin'].includes(site) || !isOwn)
      return failure(context, 403, 'Cannot take a request from the page of another site');
    const type = context.req.header('content-type');
    const length = context.req.header('content-length') ?? '0';
    const hasBody = length !== '0' || context.req.header('transfer-encoding') !== undefined;
    if (hasBody && type?.split(';')[0]?.trim() !== 'application/json')
      return failure(context, 415, 'Cannot read the body: it is not application/json');
  }
  if (token === null) return null;
  const given = /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1] ?? '';
  if (isSame(given, token)) return null;
  context.header('www-authenticate', 'Bearer');
  return failure(context, 401, 'Cannot answer: give the token as Authorization: Bearer TOKEN');
}

function failure(context: Context, status: 401 | 403 | 404 | 413 | 415 | 421, message: string): Response {
  return context.json({ error: { code: 'usage', message, hint: null } }, status);
}

function limitOf(context: Context): number {
  const given = Number(context.req.query('limit') ?? 20);
  return Number.isInteger(given) && given > 0 ? Math.min(given, MOST_LISTED) : 20;
}

/** Takes the same time wherever they differ. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function hostnameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
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
  if (code === 'EADDRINUSE') return 'Give another --port, or 0 for any free one.';
  if (code === 'EACCES') return 'Give a --port from 1024 on.';
  return 'Give an address of this machine as --host.';
}

/** As a URL has an address of IPv6. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
