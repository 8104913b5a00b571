import { lastTries, readSwitches, triesOf, writeSwitch } from '../../adapters/postgres/jobs.ts';
import type { Session } from '../../adapters/postgres/session.ts';
import { describeSchedule } from '../../config/cron.ts';
import type { SourceConfig } from '../../config/for-source.ts';
import { findJob, forJob, type Job } from '../../config/jobs.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { PipelineError } from '../../core/errors.ts';
import type { JobReport, JobTry } from '../../core/job.ts';
import type { QueueEntry } from '../../core/queue.ts';
import { nextTick } from '../../lib/ticks.ts';
import { ifUnmigrated, asDatabaseErrors, withDatabase, withEachDatabase } from '../database.ts';
import type { AppDeps } from '../runtime.ts';

/** The jobs of a configuration, and their state. */
export type JobBoard = {
  readonly list: () => Promise<readonly JobReport[]>;
  /** The job's attempts, newest first. Throws `usage` for an unknown job. */
  readonly history: (name: string, limit: number) => Promise<readonly JobTry[]>;
  /** Enables or disables a job, which permanently overrides the configuration. Throws `usage` for an unknown job. */
  readonly enable: (name: string, enabled: boolean) => Promise<JobReport>;
};

/** A board that reads the database directly. */
export type LedgerBoard = JobBoard & {
  /** The names of the enabled jobs. */
  readonly enabled: () => Promise<ReadonlySet<string>>;
};

export type BoardOptions = {
  readonly whole: LoadedConfig;
  readonly jobs: readonly Job[];
  /** The data folder of these jobs' runs. */
  readonly dataDir: string;
  readonly entries: () => Promise<readonly QueueEntry[]>;
  /** Whether there is no database yet. Reading must not create one. */
  readonly isEmpty?: () => boolean;
};

type Facts = {
  readonly switches: ReadonlyMap<string, boolean>;
  readonly last: ReadonlyMap<string, JobTry>;
};

const NOTHING: Facts = { switches: new Map(), last: new Map() };

export function openBoard(
  { dataDir, entries, isEmpty = () => false, jobs, whole }: BoardOptions,
  deps: AppDeps,
): LedgerBoard {
  const options = { ...deps, dataDir, what: 'jobs', waitMs: 0 };
  const configs = [...new Map(jobs.map((job) => [job.source, forJob(whole, job).config])).values()];

  async function readFacts(): Promise<Facts> {
    if (isEmpty()) return NOTHING;
    const all = await withEachDatabase(configs, options, (_config, opened) =>
      asDatabaseErrors(opened, factsOf(opened.session)).catch(ifUnmigrated(NOTHING)),
    );
    return {
      switches: new Map(all.flatMap(({ switches }) => [...switches])),
      last: new Map(all.flatMap(({ last }) => [...last])),
    };
  }

  const inLedger = <T>(config: SourceConfig, work: (session: Session) => Promise<T>): Promise<T> =>
    withDatabase(config, options, ({ session }) => work(session));

  return {
    async enabled() {
      const all = await withEachDatabase(configs, options, (_config, { session }) => readSwitches(session));
      const switches = new Map(all.flatMap((one) => [...one]));
      return new Set(jobs.filter((job) => isEnabled(job, switches)).map(({ name }) => name));
    },
    async list() {
      const [facts, queued] = [await readFacts(), await entries()];
      return jobs.map((job) => describeJob(job, facts, queued, deps.clock.now()));
    },
    async history(name, limit) {
      const { config } = forJob(whole, findJob(jobs, name));
      if (isEmpty()) return [];
      const tries = inLedger(config, (session) => triesOf(session, name, limit));
      return tries.catch(ifUnmigrated([]));
    },
    async enable(name, enabled) {
      const job = findJob(jobs, name);
      if (isEmpty()) throw noDatabase(name, enabled);
      await inLedger(forJob(whole, job).config, (session) => writeSwitch(session, name, enabled));
      return describeJob(job, await readFacts(), await entries(), deps.clock.now());
    },
  };
}

function noDatabase(name: string, enabled: boolean): PipelineError {
  return new PipelineError(`Cannot ${enabled ? 'enable' : 'disable'} job ${name}: there is no database yet`, {
    code: 'database',
    hint: `Set jobs.${name}.enabled in the configuration, or start serve first.`,
  });
}

async function factsOf(session: Session): Promise<Facts> {
  return { switches: await readSwitches(session), last: await lastTries(session) };
}

function isEnabled({ enabled, name }: Job, switches: Facts['switches']): boolean {
  return switches.get(name) ?? enabled;
}

function describeJob(job: Job, facts: Facts, entries: readonly QueueEntry[], now: number): JobReport {
  const { from, name, resources, schedule, source, timezone } = job;
  const enabled = isEnabled(job, facts.switches);
  const own = entries.filter((entry) => entry.job === name);
  const last = facts.last.get(name) ?? null;
  const entry = own.find(({ state }) => state === 'running') ?? own[0];
  const next = enabled && schedule !== null ? nextTick(schedule, timezone, new Date(now)) : null;
  return {
    name,
    source: source.name,
    from,
    resources,
    schedule,
    schedule_words: schedule === null ? 'manual only' : describeSchedule(schedule, timezone),
    timezone,
    enabled,
    next_run: next?.toISOString() ?? null,
    state: stateOf(entry, last),
    since: entry?.since ?? null,
    last,
  };
}

/** A job whose process died counts as waiting until another process takes it over. */
function stateOf(entry: QueueEntry | undefined, last: JobTry | null): JobReport['state'] {
  if (entry === undefined) return 'idle';
  const died = last?.job_id === entry.id && last.status === 'interrupted' && last.finished_at === null;
  return entry.abandoned || died ? 'waiting' : entry.state;
}
