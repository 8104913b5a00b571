import { AssertionError } from 'node:assert';

import {
  PgBoss,
  systemClock,
  type Clock,
  type ConstructorOptions,
  type Job,
  type JobWithMetadata,
} from 'pg-boss';

import { PipelineError, reportError } from '../../core/errors.ts';
import type { Log } from '../../core/ports.ts';
import type { JobQueue, QueueDatabase, QueuedJob, Settlement, Ticket, Trigger } from '../../core/queue.ts';
import { isRepeatedTick, lastTick, skippedTick } from '../../lib/ticks.ts';
import { uuidOf } from '../../lib/uuid-of.ts';
import { queueOf, queueVersion, readEntries, wasServed } from './entries.ts';

export type QueueOptions = {
  readonly database: QueueDatabase;
  readonly schema: string;
  /**
   * Whether this process has the database to itself, in which case anything in progress at startup was left behind by a
   * dead process.
   */
  readonly alone: boolean;
  readonly log: Log;
  /** The ids of this process's data folders, which show other processes what this one is working on. */
  readonly folders?: readonly string[];
  readonly clock?: Clock;
  /** The intervals for heartbeats and schedules, and for polling the queues. */
  readonly every?: { readonly watchSeconds: number; readonly pollSeconds: number };
};

/** How long a process may go without a heartbeat before its job is given to another process. */
const HEARTBEAT_SECONDS = 20;
const EVERY = { watchSeconds: 5, pollSeconds: 1 };
const DAY_SECONDS = 86_400;
/** How long a repeated warning is suppressed. */
const QUIET_MS = 30_000;
/** The workers count the attempts. The queue only hands back jobs that a process has left behind. */
const UNLIMITED = 10_000;

/** For a process that does one thing and exits. It neither serves the queue nor counts as a process that does. */
const PASSING = { supervise: false, schedule: false, registerInstance: false };

type Payload = { readonly trigger?: Trigger };

/** Creates or updates the queue's tables. Two processes may do this at the same time. Returns what was done. */
export async function migrateQueue(options: QueueOptions): Promise<'made' | 'changed' | 'nothing'> {
  const { database, schema } = options;
  const before = await queueVersion(database, schema);
  const boss = newBoss(options, { ...PASSING, migrate: true });
  await boss.start();
  await boss.stop({ close: false, graceful: false });
  const after = await queueVersion(database, schema);
  if (before === null) return 'made';
  return before === after ? 'nothing' : 'changed';
}

/**
 * Queues a job that a user requested, for any process that serves the queue. Returns its id, or null if the job is
 * already queued.
 */
export async function sendJob(options: QueueOptions, job: QueuedJob): Promise<string | null> {
  const boss = newBoss(options, { ...PASSING, migrate: false });
  await start(boss, options.schema);
  try {
    await makeQueue(boss, job, options.alone);
    return await boss.send(queueOf(job), { trigger: 'command' });
  } finally {
    await boss.stop({ close: false, graceful: false });
  }
}

/** Opens the queue. Throws `migration` if its tables are missing or have a different version. */
export async function openQueue(options: QueueOptions): Promise<JobQueue> {
  const { alone, clock = systemClock, database, every = EVERY, folders = [], log, schema } = options;
  const { pollSeconds, watchSeconds } = every;
  const boss = newBoss(options, {
    migrate: false,
    ...(folders.length > 0 && { instanceName: folders.join(' ') }),
    superviseIntervalSeconds: watchSeconds,
    monitorIntervalSeconds: watchSeconds,
    cronMonitorIntervalSeconds: watchSeconds,
    cronWorkerIntervalSeconds: pollSeconds,
    flowIntervalSeconds: 3600,
  });
  const warn = warnOnceAWhile(log);
  boss.on('error', (error) => warn(`Cannot use the job queue: ${error.message}`));
  boss.on('warning', ({ message }) => log.debug(`job queue: ${message}`));
  await start(boss, schema);
  if (alone) await adopt(boss, database, schema);

  let scheduled: readonly QueuedJob[] = [];
  /** Sends the ticks in the hour that daylight saving time skips, because pg-boss misses them when it looks back. */
  async function sendSkipped(): Promise<void> {
    const at = new Date(clock.now());
    for (const { name, overlap, schedule, timezone } of scheduled) {
      const tick = schedule === null ? null : skippedTick(schedule, timezone, at);
      // Another process may have sent it as well; this id makes it unique.
      const id = tick === null ? null : uuidOf(`${name} ${tick.toISOString()}`);
      if (id !== null) await boss.send(queueOf({ name, overlap }), { trigger: 'schedule' }, { id });
    }
  }
  const timer = clock.setInterval(() => {
    sendSkipped().catch((error: unknown) => warn(`Cannot use the job queue: ${String(error)}`));
  }, watchSeconds * 1000);

  return {
    async reconcile(jobs) {
      scheduled = jobs.filter(({ enabled }) => enabled);
      const wanted = new Set<string>();
      for (const job of jobs) {
        const name = queueOf(job);
        await makeQueue(boss, job, alone);
        if (!job.enabled || job.schedule === null) continue;
        wanted.add(name);
        const missed = job.missed === 'once' ? 'once' : 'skip';
        await boss.schedule(name, job.schedule, { trigger: 'schedule' }, { tz: job.timezone, missed });
      }
      await dropOthers(boss, jobs);
      for (const { name, key } of await boss.getSchedules()) {
        if (!wanted.has(name)) await boss.unschedule(name, key);
      }
    },

    async work(job, handle) {
      const name = queueOf(job);
      const how = { pollingIntervalSeconds: pollSeconds, includeMetadata: true } as const;
      await boss.work<Payload, void, typeof how>(name, how, async ([taken]) => {
        if (taken === undefined || isRepeated(job, taken)) return;
        const settlement = await handle(ticketOf(job, taken)).catch((error: unknown) => {
          // The queue counts this as a failed attempt, but logs nothing.
          const { message } = reportError(error);
          log.error(`job ${job.name}: ${message}; trying again soon`, { job: job.name, error });
          throw error;
        });
        await settle(boss, name, taken, settlement);
      });
    },

    leave: (job) => boss.offWork(queueOf(job), { wait: false }),

    wasServed: (folder, seconds) => wasServed(database, schema, folder, seconds),

    send: (job, trigger, id) => boss.send(queueOf(job), { trigger }, id === undefined ? {} : { id }),

    entries: () => readEntries(database, schema),

    async pause() {
      const names = new Set(boss.getWipData().map(({ name }) => name));
      await Promise.all([...names].map((name) => boss.offWork(name, { wait: true })));
    },

    async close() {
      clock.clearInterval(timer);
      await boss.stop({ close: false, graceful: false });
    },
  };
}

/** Limits repeated warnings. While the database is down, there is a failure every second. */
function warnOnceAWhile(log: Log): (message: string) => void {
  let last = { message: '', at: 0 };
  return (message) => {
    // The names of the queue and of its worker vary.
    const [plain = message] = message.split(' (Queue:');
    const at = performance.now();
    if (plain === last.message && at - last.at < QUIET_MS) return;
    last = { message: plain, at };
    log.warn(plain);
  };
}

function newBoss({ alone, clock, database, schema }: QueueOptions, own: ConstructorOptions): PgBoss {
  return new PgBoss({
    db: database,
    schema,
    ...(alone ? { backend: 'pglite' as const } : {}),
    ...(clock === undefined ? {} : { clock }),
    persistWarnings: false,
    persistQueueStats: false,
    monitorVacuum: false,
    reindex: false,
    registerInstance: true,
    ...own,
  });
}

const OUTDATED = {
  code: 'migration',
  hint: 'Create or update the queue tables with: spacex-pipeline migrate up',
} as const;
const UNKNOWN = { code: 'database', hint: 'Check the database, then try again.' } as const;
/** Hints by SQLSTATE. */
const STATES: Readonly<Record<string, typeof OUTDATED | { code: 'database'; hint: string }>> = {
  '42501': {
    code: 'database',
    hint: "Ask the schema's owner to GRANT this role USAGE on it, and SELECT, INSERT, UPDATE and DELETE on its tables.",
  },
  '42P01': OUTDATED,
  '3F000': OUTDATED,
};

async function start(boss: PgBoss, schema: string): Promise<void> {
  try {
    await boss.start();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Problems that pg-boss detects itself have no code: its tables are missing or have a different version.
    const state = error instanceof Error && 'code' in error ? String(error.code) : '';
    const known = STATES[state] ?? (state === '' || error instanceof AssertionError ? OUTDATED : UNKNOWN);
    throw new PipelineError(`Cannot use the job queue in schema ${schema}: ${reason}`, {
      ...known,
      cause: error,
    });
  }
}

async function makeQueue(boss: PgBoss, job: QueuedJob, alone: boolean): Promise<void> {
  const name = queueOf(job);
  const options = {
    retryLimit: UNLIMITED,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 3,
    expireInSeconds: DAY_SECONDS,
    retentionSeconds: 30 * DAY_SECONDS,
    deleteAfterSeconds: 7 * DAY_SECONDS,
  };
  const policy = job.overlap === 'skip' ? 'exclusive' : 'stately';
  const heartbeat = alone ? {} : { heartbeatSeconds: HEARTBEAT_SECONDS };
  if ((await boss.getQueue(name)) === null)
    await boss.createQueue(name, { ...options, policy, ...heartbeat });
  else await boss.updateQueue(name, { ...options, heartbeatSeconds: null, ...heartbeat });
}

/** pg-boss sends a tick twice if its hour occurs twice. */
function isRepeated(
  { schedule, timezone }: QueuedJob,
  { createdOn, data }: JobWithMetadata<Payload>,
): boolean {
  const isTick = data.trigger === 'schedule' && schedule !== null;
  return isTick && isRepeatedTick(schedule, timezone, new Date(createdOn));
}

/** Entries of a job that no longer exists, or that were queued under the job's previous policy, would wait forever. */
async function dropOthers(boss: PgBoss, jobs: readonly QueuedJob[]): Promise<void> {
  const known = new Set(jobs.map(queueOf));
  for (const { name } of await boss.getQueues())
    if (name.includes('/') && !known.has(name)) await boss.deleteQueuedJobs(name);
}

function ticketOf(
  { schedule, timezone }: QueuedJob,
  { createdOn, data, id, signal }: JobWithMetadata<Payload>,
): Ticket {
  const { trigger = 'schedule' } = data;
  const isTick = trigger === 'schedule' && schedule !== null;
  return { id, trigger, tick: isTick ? lastTick(schedule, timezone, new Date(createdOn)) : null, signal };
}

/**
 * Puts a job that must be retried back in the queue, with its start time. The queue completes all other jobs by itself.
 */
async function settle(boss: PgBoss, name: string, job: Job<Payload>, { againAt }: Settlement): Promise<void> {
  if (againAt === null) return;
  await boss.fail(name, job, { again_at: againAt.toISOString() });
  await boss.update(name, undefined, { id: job.id, startAfter: againAt });
}

/** The processes that worked on these jobs are dead, so the jobs start again immediately. */
async function adopt(boss: PgBoss, database: QueueDatabase, schema: string): Promise<void> {
  const { rows } = await database.executeSql(
    `SELECT name, array_agg(id::text) AS ids FROM ${schema}.job WHERE state = 'active' AND name LIKE '%/%' GROUP BY name`,
  );
  for (const { name, ids } of rows) {
    await boss.cancel(String(name), ids as string[]);
    await boss.resume(String(name), ids as string[]);
  }
}
