import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { secureHeaders } from 'hono/secure-headers';

import { PipelineError, reportError } from '../core/errors.ts';
import type { JobReport, JobTry } from '../core/job.ts';
import type { Log } from '../core/ports.ts';
import type { RunReport } from '../core/run.ts';
import { failure, Refusal, statusOf } from './failure.ts';
import { guard, type GuardOptions } from './guard.ts';
import { limitOf, onlyParameters, refuseBody } from './request.ts';

/** What the HTTP API needs to answer requests. */
export type Api = {
  readonly jobs: () => Promise<readonly JobReport[]>;
  readonly job: (name: string) => Promise<JobReport>;
  readonly tries: (job: string, limit: number) => Promise<readonly JobTry[]>;
  /** Returns the id of the job's execution; null if the job is already queued. */
  readonly runJob: (name: string) => Promise<string | null>;
  readonly enableJob: (name: string, enabled: boolean) => Promise<JobReport>;
  readonly runs: (limit: number) => Promise<readonly RunReport[]>;
  readonly run: (id: string) => Promise<RunReport>;
  /** The reasons why no job can run; empty if there are none. */
  readonly unready: () => Promise<readonly string[]>;
  /** In Prometheus text format, with its content type. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
};

export type AppOptions = GuardOptions & { readonly log: Log };

const MOST_BYTES = 16 * 1024;
const REFERENCE = 'See docs/api.md for all paths with their methods and parameters.';

/** Health, metrics and the API. docs/api.md describes each route. */
export function createApp(api: Api, options: AppOptions): Hono {
  const app = new Hono();
  app.use(secureHeaders({ strictTransportSecurity: false }));
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed({ req }, methods) {
        throw new Refusal(405, `Cannot ${req.method} ${req.path}: it accepts only ${methods.join(' and ')}`, {
          hint: REFERENCE,
          headers: { allow: methods.join(', ') },
        });
      },
    }),
  );
  app.get('/healthz', (context) => context.json({ status: 'alive' }));
  app.get('/readyz', async (context) => {
    const reasons = await api.unready();
    return context.json({ ready: reasons.length === 0, reasons }, reasons.length === 0 ? 200 : 503);
  });

  app.use(guard(options));
  app.use(
    bodyLimit({
      maxSize: MOST_BYTES,
      onError() {
        throw new Refusal(413, `Cannot accept a body of more than ${MOST_BYTES} bytes`, {
          hint: 'Send no body.',
        });
      },
    }),
  );
  app.get('/metrics', async () => {
    const { text, type } = await api.metrics();
    return new Response(text, { headers: { 'content-type': type } });
  });

  app.get('/api/v1/jobs', onlyParameters(), async (context) => context.json(await api.jobs()));
  app.get('/api/v1/jobs/:name', onlyParameters(), async (context) =>
    context.json(await api.job(context.req.param('name'))),
  );
  app.get('/api/v1/jobs/:name/history', onlyParameters('limit'), async (context) =>
    context.json(await api.tries(context.req.param('name'), limitOf(context))),
  );
  app.post('/api/v1/jobs/:name/run', onlyParameters(), refuseBody, async (context) => {
    const job = context.req.param('name');
    const job_id = await api.runJob(job);
    if (job_id !== null) return context.json({ job, job_id, queued: true }, 202);
    const error = new PipelineError(`Cannot queue job ${job}: it is already in the queue`, {
      code: 'busy',
      hint: `See its state: GET /api/v1/jobs/${encodeURIComponent(job)}`,
    });
    return context.json({ job, job_id, queued: false, error: reportError(error) }, 409);
  });
  for (const word of ['enable', 'disable'] as const)
    app.post(`/api/v1/jobs/:name/${word}`, onlyParameters(), refuseBody, async (context) =>
      context.json(await api.enableJob(context.req.param('name'), word === 'enable')),
    );
  app.get('/api/v1/runs', onlyParameters('limit'), async (context) =>
    context.json(await api.runs(limitOf(context))),
  );
  app.get('/api/v1/runs/:id', onlyParameters(), async (context) =>
    context.json(await api.run(context.req.param('id'))),
  );

  app.notFound(({ req }) =>
    failure(new Refusal(404, `Cannot find ${req.path}: there is no such path`, { hint: REFERENCE })),
  );
  app.onError((error) => {
    if (statusOf(error) === 500) options.log.error(reportError(error).message, { error });
    return failure(error);
  });
  return app;
}
