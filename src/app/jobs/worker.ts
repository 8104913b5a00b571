import { openForeign, type ForeignDatabase } from '../../adapters/postgres/foreign.ts';
import { openQueue } from '../../adapters/queue/queue.ts';
import type { SourceConfig } from '../../config/for-source.ts';
import { findJob, type Job } from '../../config/jobs.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { PipelineError, reportError } from '../../core/errors.ts';
import type { Subscriber } from '../../core/events.ts';
import type { JobReport } from '../../core/job.ts';
import type { Clock } from '../../core/ports.ts';
import type { JobQueue, Settlement, Ticket } from '../../core/queue.ts';
import { uuidOf } from '../../lib/uuid-of.ts';
import { openBoard, type JobBoard } from './board.ts';
import { configsOf, foldersOf, isElsewhere } from './folders.ts';
import { logJobs } from '../log-events.ts';
import { makeReady } from './make-ready.ts';
import { performJob, type JobEvent } from './perform.ts';
import type { AppDeps } from '../runtime.ts';

export type WorkerOptions = {
  readonly whole: LoadedConfig;
  readonly jobs: readonly Job[];
  /** Apply pending migrations to a database server. */
  readonly migrate: boolean;
  /** Ends the wait for a database that another process is migrating. */
  readonly starting: AbortSignal;
  readonly subscribers: readonly Subscriber[];
  readonly onJob: (event: JobEvent) => void;
};

/** Takes jobs from the queue of a database and works on them. */
export type JobWorker = JobBoard & {
  /** One configuration for each source of the jobs, with the data folder of their runs. */
  readonly configs: readonly [SourceConfig, ...SourceConfig[]];
  readonly queue: Pick<JobQueue, 'entries'>;
  /** Queues a job; null if it is already queued. Throws `usage` for an unknown job. */
  readonly run: (name: string) => Promise<string | null>;
  /** Schedules the jobs and works on the queue. */
  readonly start: () => Promise<void>;
  /** The jobs in progress. */
  readonly working: () => readonly string[];
  /** Stops taking jobs. The jobs in progress may continue for `graceMs` and are then postponed. */
  readonly stop: (graceMs: number) => Promise<void>;
};

/**
 * How often to look for changes that other processes made: which jobs are enabled, and which process works on each job.
 */
const RECONCILE_MS = 15_000;

/**
 * How long postponed jobs may take to record the postponement. Work that takes longer is abandoned, as if the process
 * had died.
 */
const LAST_WORDS_MS = 10_000;

/** Prepares the database and opens its queue. */
export async function openWorker(options: WorkerOptions, deps: AppDeps): Promise<JobWorker> {
  const { jobs, onJob, subscribers, whole } = options;
  const { clock, log, runtime } = deps;
  const configs = configsOf(whole, jobs);
  const [first] = configs;
  const alone = first.database.url === null;
  await makeReady(configs, alone || options.migrate, { ...deps, signal: options.starting });

  const schema = first.serve.queueSchema;
  const { dataDir } = first;
  const opened = await runtime.openDatabase(first, { ...deps, dataDir, what: 'serve', waitMs: 0 });
  const foreign = openForeign(opened.database.inSchema(schema));
  const folders = alone ? [] : await foldersOf(whole, jobs);
  const queue = await openQueue({ database: foreign, schema, alone, log, folders }).catch(
    async (error: unknown) => {
      await closeAll(foreign, opened);
      throw error;
    },
  );
  const board = openBoard({ whole, jobs, dataDir, entries: queue.entries }, deps);
  /** Aborts the jobs in progress. */
  const stopping = new AbortController();
  const working = new Set<string>();
  const own = { ...deps, whole, subscribers, signal: stopping.signal, entries: queue.entries };
  const logJob = logJobs(log);
  let timer: NodeJS.Timeout | undefined;

  /** The names of the jobs that this process takes from the queue; null before it starts and after it stops. */
  let taking: Set<string> | null = null;
  const isLeft = async (job: Job): Promise<boolean> =>
    !alone && (await isElsewhere(job, { queue, whole }, deps));

  async function leave(job: Job): Promise<void> {
    if (taking?.delete(job.name) !== true) return;
    log.info(`job ${job.name} is left to the process that has its data folder`, { job: job.name });
    await queue.leave(job);
  }

  async function takeJobs(): Promise<void> {
    for (const job of jobs) {
      if (await isLeft(job)) await leave(job);
      else if (taking?.has(job.name) === false) {
        taking.add(job.name);
        await queue.work(job, (ticket) => work(job, ticket));
      }
    }
  }

  let scheduled: string | null = null;
  async function reconcile(): Promise<void> {
    await takeJobs();
    const enabled = await board.enabled();
    const names = [...enabled].join();
    if (names === scheduled) return;
    await queue.reconcile(jobs.map((job) => ({ ...job, enabled: enabled.has(job.name) })));
    scheduled = names;
  }

  async function work(job: Job, ticket: Ticket): Promise<Settlement> {
    if (ticket.trigger !== 'command' && !(await board.enabled()).has(job.name)) return { againAt: null };
    if (await isLeft(job)) {
      await leave(job);
      return { againAt: new Date(clock.now()) };
    }
    working.add(job.name);
    try {
      return await performJob(job, ticket, {
        ...own,
        onJob(event) {
          logJob(event);
          onJob(event);
        },
      });
    } finally {
      working.delete(job.name);
    }
  }

  return {
    ...board,
    configs,
    queue,
    async enable(name, enabled): Promise<JobReport> {
      const report = await board.enable(name, enabled);
      await reconcile();
      return report;
    },
    async run(name) {
      return queue.send(findJob(jobs, name), 'command');
    },
    async start() {
      await reconcile();
      for (const job of await neverRun(board, jobs))
        await queue.send(job, 'first', uuidOf(`first ${job.name}`));
      taking = new Set();
      await takeJobs();
      timer = setInterval(() => {
        reconcile().catch((error: unknown) => log.warn(reportError(error).message));
      }, RECONCILE_MS);
    },
    working: () => [...working],
    async stop(graceMs) {
      clearInterval(timer);
      taking = null;
      const paused = queue.pause();
      await within(graceMs, paused, clock);
      stopping.abort(
        new PipelineError('Cannot continue: serve is stopping', {
          code: 'interrupted',
          hint: 'The job continues when serve runs again.',
        }),
      );
      const closed = paused.then(() => queue.close()).then(() => closeAll(foreign, opened));
      if (!(await within(LAST_WORDS_MS, closed, clock)))
        log.warn(
          `gave up on ${working.size === 0 ? 'the database' : `job ${[...working].join(', ')}`}: no response`,
        );
    },
  };
}

/** Whether the work ended in time. */
async function within(ms: number, work: Promise<void>, clock: Clock): Promise<boolean> {
  const late = new AbortController();
  const waited = clock.sleep(ms, late.signal).then(
    () => false,
    () => false,
  );
  const isOver = await Promise.race([work.then(() => true), waited]);
  late.abort();
  return isOver;
}

async function closeAll(
  foreign: ForeignDatabase,
  opened: { readonly close: () => Promise<void> },
): Promise<void> {
  await foreign.close().catch(() => undefined);
  await opened.close().catch(() => undefined);
}

/** Scheduled jobs that have never run. They run immediately, because their first tick may be far in the future. */
async function neverRun(board: JobBoard, jobs: readonly Job[]): Promise<readonly Job[]> {
  const reports = await board.list();
  const due = reports.filter(({ enabled, last, schedule }) => enabled && schedule !== null && last === null);
  return jobs.filter(({ missed, name }) => missed === 'once' && due.some((one) => one.name === name));
}
