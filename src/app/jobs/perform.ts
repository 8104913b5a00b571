import { hostname } from 'node:os';

import { beganAfter, beginTry, endTry, failedTries, runOfJob } from '../../adapters/postgres/jobs.ts';
import type { Session } from '../../adapters/postgres/session.ts';
import { forJob, type Job } from '../../config/jobs.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { PipelineError, reportError, type ErrorCode } from '../../core/errors.ts';
import type { Subscriber } from '../../core/events.ts';
import type { EndOfJob, JobEvent } from '../../core/job.ts';
import type { QueueEntry, Settlement, Ticket } from '../../core/queue.ts';
import { isPublished, type RunReport } from '../../core/run.ts';
import { withDatabase } from '../database.ts';
import type { RunDeps } from '../run.ts';
import { dataDirOf } from '../data-folders.ts';
import { waitForSchema } from './wait-for-schema.ts';
import { readManifest } from '../../adapters/files/read-runs.ts';
import type { LoadedSource } from '../../config/for-source.ts';
import { buildDag } from '../../engine/dag.ts';
import { runPull } from '../pull.ts';
import { resumeUnlessOvertaken } from '../resume.ts';

export type { JobEvent } from '../../core/job.ts';

export type JobDeps = Omit<RunDeps, 'job' | 'waitForLock'> & {
  readonly whole: LoadedConfig;
  /** Aborts when the process stops. The job is then postponed, and this process or another one continues it later. */
  readonly signal: AbortSignal;
  readonly entries: () => Promise<readonly QueueEntry[]>;
  readonly onJob: (event: JobEvent) => void;
};

/** Errors that a retry would not fix, so the job waits for its next tick. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['usage', 'kind', 'migration', 'rejects', 'vanished', 'books']);

/**
 * Works on a job from the queue. If an earlier attempt has published, the job is done. Otherwise, continues the run of
 * an earlier attempt if its folder is in this data folder, or begins a new run. Waits while another run is using the
 * schema. Throws only if the ledger cannot be read or written.
 */
export async function performJob(job: Job, ticket: Ticket, deps: JobDeps): Promise<Settlement> {
  const { clock, onJob, signal } = deps;
  const loaded = forJob(deps.whole, job);
  const dataDir = dataDirOf(loaded.config, job.from);
  const of = { job: job.name, source: job.source.name, job_id: ticket.id };
  const now = (): string => new Date(clock.now()).toISOString();
  // The result of a job is recorded even if the job was stopped.
  const until = { ...deps, signal: new AbortController().signal };
  const books = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    withDatabase(loaded.config, { ...until, dataDir, what: 'serve', waitMs: 0 }, ({ session }) =>
      work(session),
    );

  const began = clock.elapsed();
  const begun = await books(async (session) => {
    if (ticket.tick !== null && (await beganAfter(session, job.name, ticket.tick))) return null;
    const number = await beginTry(session, {
      ...of,
      trigger: ticket.trigger,
      started_at: now(),
      host: hostname(),
      pid: process.pid,
    });
    return { number, previous: await runOfJob(session, ticket.id) };
  });
  if (begun === null) return { againAt: null };
  const { number, previous } = begun;
  onJob({ ...of, type: 'job.started', try: number, trigger: ticket.trigger });

  const timeout = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  /** The time limit does not include the wait for another run to end. */
  const limit: Subscriber = ({ type }) => {
    if (type !== 'run.started') return;
    timer = setTimeout(() => timeout.abort(tooLong(job)), job.timeoutSeconds * 1000);
  };
  const report =
    previous !== null && isPublished(previous)
      ? { ...previous, error: null, resources: {} }
      : await startRun(loaded, job, previous?.run_id ?? null, dataDir, {
          ...deps,
          job: { name: job.name, id: ticket.id },
          subscribers: [...deps.subscribers, limit],
          signal: AbortSignal.any([signal, ticket.signal, timeout.signal]),
          waitForLock: waitForSchema(ticket.id, deps, (reason) =>
            onJob({ ...of, type: 'job.waiting', reason }),
          ),
        }).catch(unbegun);
  clearTimeout(timer);

  const end = judge(report, {
    lost: ticket.signal.aborted,
    stopped: signal.aborted,
    timeout: timeout.signal,
  });
  const again = await books(async (session) => {
    const next = await againAt(job, end, clock.now(), () => failedTries(session, ticket.id));
    const again_at = next?.toISOString() ?? null;
    await endTry(session, ticket.id, number, { ...end, finished_at: now(), again_at });
    return next;
  });
  const seconds = (clock.elapsed() - began) / 1000;
  onJob({ ...of, ...end, type: 'job.ended', seconds, again_at: again?.toISOString() ?? null });
  return { againAt: again };
}

/** Runs a job. Continues an earlier run that published nothing if its folder is in this data folder. */
async function startRun(
  loaded: LoadedSource,
  { from }: Job,
  earlier: string | null,
  dataDir: string,
  deps: RunDeps,
): Promise<RunReport> {
  if (earlier !== null && (await readManifest(dataDir, earlier)) !== null) {
    const resumed = await resumeUnlessOvertaken(loaded, dataDir, earlier, { from, migrate: false }, deps);
    if (resumed !== null) return resumed;
  }
  const { settings, source } = loaded.config;
  const dag = buildDag(source.resources, settings.resources);
  return runPull(loaded, { dag, from, asOf: null, orSandbox: false, full: false, migrate: false }, deps);
}

type Report = Pick<RunReport, 'run_id' | 'status' | 'error' | 'resources'>;

/** The report of a run that never began. */
function unbegun(error: unknown): Report {
  return { run_id: null, status: 'failed', error: reportError(error), resources: {} };
}

function tooLong({ name, timeoutSeconds }: Job): PipelineError {
  return new PipelineError(`Cannot finish job ${name}: it took longer than ${timeoutSeconds} s`, {
    code: 'interrupted',
    hint: `Increase jobs.${name}.timeoutSeconds if the job needs more time.`,
  });
}

type Circumstances = {
  /** Whether the queue has assigned the job to another process. */
  readonly lost: boolean;
  /** Whether this process was asked to stop. */
  readonly stopped: boolean;
  readonly timeout: AbortSignal;
};

/** How a job ends, given the result of its run. */
function judge(
  { error, resources, run_id, status }: Report,
  { lost, stopped, timeout }: Circumstances,
): EndOfJob & { readonly retryAt: string | null } {
  const ended = { run_id, error, retryAt: null };
  if (status === 'succeeded' || status === 'partial') return { ...ended, status };
  if (lost) return { ...ended, status: 'interrupted' };
  if (stopped) return { ...ended, status: 'postponed' };
  if (timeout.aborted) return { ...ended, status: 'failed', error: reportError(timeout.reason) };
  const asked = [error, ...Object.values(resources).map((one) => one.error)];
  const [latest] = asked
    .flatMap((one) => one?.retry_at ?? [])
    .toSorted()
    .toReversed();
  if (latest !== undefined) return { ...ended, status: 'postponed', retryAt: latest };
  return { ...ended, status: 'failed' };
}

/** When to try the job again; null for never. `failures` counts the failed attempts before this one. */
async function againAt(
  { retries }: Job,
  { error, retryAt, status }: EndOfJob & { readonly retryAt: string | null },
  now: number,
  failures: () => Promise<number>,
): Promise<Date | null> {
  if (status === 'postponed') return new Date(retryAt === null ? now : Math.max(now, Date.parse(retryAt)));
  if (status !== 'failed' || (error !== null && FINAL.has(error.code))) return null;
  const before = await failures();
  if (before >= retries.limit) return null;
  const delay = Math.min(retries.maxDelaySeconds, retries.delaySeconds * 2 ** before);
  return new Date(now + delay * 1000);
}
