import { once } from 'node:events';

import { findRun, resolveRun, pastRuns } from '../app/history.ts';
import { unreadyReasons } from '../app/jobs/make-ready.ts';
import { openWorker, type JobWorker } from '../app/jobs/worker.ts';
import { openRuntime, type AppDeps } from '../app/runtime.ts';
import { readerUrl } from '../app/share-database.ts';
import { forSource } from '../config/for-source.ts';
import { findJob, readJobs } from '../config/jobs.ts';
import type { LoadedConfig } from '../config/load.ts';
import { PipelineError, reportError } from '../core/errors.ts';
import type { Source } from '../core/source.ts';
import type { JobReport } from '../core/job.ts';
import { maskUrl } from '../lib/mask-url.ts';
import type { Api } from './app.ts';
import { requireToken, serveHttp } from './http.ts';
import { watchJobs, type Watch } from './watch.ts';

export type ServeOptions = {
  readonly whole: LoadedConfig;
  /** The address for jobs that set none themselves; null for the source's configured address. */
  readonly from: string | null;
  /** The sources whose jobs are served. */
  readonly ofSources: readonly Source[];
  readonly migrate: boolean;
  /** The port on which tools may read the embedded database, 0 for any free port; null for none. */
  readonly pgPort: number | null;
  readonly ready: (serving: Serving) => void;
};

/** What `serve` reports once it is ready. */
export type Serving = {
  readonly url: string;
  readonly pgUrl: string | null;
  readonly jobs: readonly JobReport[];
};

type ServeDeps = Omit<AppDeps, 'runtime'>;

/**
 * Runs scheduler, worker and HTTP server until the signal aborts. A running job may then continue for the configured
 * time.
 */
export async function serve(
  { from, migrate, ofSources, pgPort, ready, whole }: ServeOptions,
  deps: ServeDeps,
): Promise<void> {
  const { log, signal } = deps;
  const { host, port, stopTimeoutSeconds, token } = whole.config.serve;
  requireToken({ host, token });
  refuseServer(whole, pgPort);
  const jobs = await readJobs(whole, from, ofSources);
  // The runtime stays open after the signal, because a stopped job still has to record its end.
  const open = { signal: new AbortController().signal };
  const schemas = [...new Set(jobs.map(({ source }) => forSource(whole, source).config.settings.schema))];
  const runtime = openRuntime({ ...open, schemas });
  const own: AppDeps = { ...deps, runtime, ...open };
  try {
    const watch = watchJobs(jobs, own);
    const { onJob, subscriber } = watch;
    const options = { whole, jobs, migrate, starting: signal, subscribers: [subscriber], onJob };
    const worker = await openWorker(options, own);
    watch.observe(worker);
    const opened: { readonly close: () => Promise<void> }[] = [];
    try {
      // No job starts until everything can be served.
      const http = await serveHttp(apiOf(worker, watch, whole, own), { host, port, token, log });
      opened.push(http);
      const shared = await runtime.share({ port: pgPort, urlOf: () => http.url });
      if (shared !== null) opened.push(shared);
      await worker.start();
      const pgUrl = typeof shared?.port === 'number' ? readerUrl(shared.port) : null;
      ready({ url: http.url, pgUrl, jobs: await worker.list() });
      if (!signal.aborted) await once(signal, 'abort');
      log.info(stopLine(worker.working(), stopTimeoutSeconds));
    } finally {
      for (const { close } of opened) await close();
      await worker.stop(signal.aborted ? stopTimeoutSeconds * 1000 : 0);
    }
    log.info('stopped');
  } finally {
    await runtime.close();
  }
}

function stopLine(working: readonly string[], seconds: number): string {
  if (working.length === 0) return 'stopping';
  return `stopping; job ${working.join(', ')} may run for another ${seconds} s`;
}

function refuseServer({ config }: LoadedConfig, pgPort: number | null): void {
  const { url } = config.database;
  if (pgPort === null || url === null) return;
  throw new PipelineError(`Cannot serve ${maskUrl(url)} on a port: it is already a server`, {
    code: 'usage',
    hint: 'Omit --pg-port, and connect to that URL.',
  });
}

function apiOf(worker: JobWorker, watch: Watch, whole: LoadedConfig, deps: AppDeps): Api {
  const { configs } = worker;
  return {
    jobs: worker.list,
    job: async (name) => findJob(await worker.list(), name),
    tries: worker.history,
    runJob: worker.run,
    enableJob: worker.enable,
    runs: (limit) => pastRuns([...configs], limit, deps),
    async run(id) {
      const [first, ...others] = configs.map((config) => ({ ...forSource(whole, config.source), config }));
      if (first === undefined) throw new Error('the worker has no jobs');
      const run = await resolveRun([first, ...others], id, deps);
      return findRun(run.loaded.config, run.id, deps);
    },
    async unready() {
      const queue = await worker.queue.entries().then(
        () => [],
        (error: unknown) => [reportError(error).message],
      );
      return [...new Set([...queue, ...(await unreadyReasons(configs, deps))])];
    },
    metrics: watch.text,
  };
}
