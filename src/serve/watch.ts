import { folderReader, readLedgerFacts } from '../app/facts.ts';
import type { JobWorker } from '../app/jobs/worker.ts';
import { VERSION } from '../app/version.ts';
import { tickGap } from '../lib/ticks.ts';
import type { Job } from '../config/jobs.ts';
import type { JobReport } from '../core/job.ts';
import type { LedgerFacts, QueueFacts } from '../core/facts.ts';
import type { QueueEntry } from '../core/queue.ts';
import { createServeMetrics, type MetricsOfServe } from '../metrics/metrics.ts';
import type { AppDeps } from '../app/runtime.ts';

type Watched = Pick<JobWorker, 'configs' | 'list' | 'queue'>;

/** The metrics of a process that serves jobs. They are unavailable until `observe` provides its worker. */
export type Watch = MetricsOfServe & { readonly observe: (worker: Watched) => void };

export function watchJobs(jobs: readonly Job[], deps: AppDeps): Watch {
  const { clock, log } = deps;
  const sources = [...new Set(jobs.map(({ source }) => source))];
  const worker = Promise.withResolvers<Watched>();
  const folder = worker.promise.then(({ configs: [{ dataDir }] }) =>
    folderReader(
      dataDir,
      sources.map(({ name }) => name),
    ),
  );
  function intervalOf(name: string): number | null {
    const job = jobs.find((one) => one.name === name);
    if (job === undefined || job.schedule === null) return null;
    return tickGap(job.schedule, job.timezone, new Date(clock.now()));
  }

  async function ledger(): Promise<LedgerFacts> {
    const { configs, list, queue } = await worker.promise;
    const [{ dataDir }] = configs;
    const { ends, sources: facts } = await readLedgerFacts(configs, jobs, dataDir, deps);
    const [reports, entries] = [await list(), await queue.entries()];
    const enabled = enabledOf(reports);
    return {
      sources: facts,
      jobs: ends.map((end) => ({
        ...end,
        interval: enabled.has(end.job) ? intervalOf(end.job) : null,
      })),
      queue: {
        waiting: queueFacts(entries, 'waiting', clock.now()),
        running: queueFacts(entries, 'running', clock.now()),
      },
    };
  }

  const metrics = createServeMetrics(
    {
      version: VERSION,
      known: { sources, jobs: jobs.map(({ name, source }) => ({ name, source: source.name })) },
      clock,
    },
    {
      log,
      ledger,
      folder: async () => (await folder)(),
    },
  );
  return { ...metrics, observe: worker.resolve };
}

function enabledOf(reports: readonly JobReport[]): ReadonlySet<string> {
  return new Set(reports.filter(({ enabled }) => enabled).map(({ name }) => name));
}

function queueFacts(entries: readonly QueueEntry[], state: QueueEntry['state'], now: number): QueueFacts {
  const own = entries.filter((entry) => entry.state === state);
  // A postponed job counts as waiting only from that time on.
  const ages = own.map(({ since }) => Math.max(0, now - Date.parse(since)) / 1000);
  return { count: own.length, age: Math.max(0, ...ages) };
}
