import { randomBytes } from 'node:crypto';

import { newestRun } from '../adapters/postgres/ledger.ts';
import { vacuum } from '../adapters/postgres/vacuum.ts';
import type { Session } from '../adapters/postgres/session.ts';
import type { LoadedSource, SourceConfig } from '../config/for-source.ts';
import { describeConfig } from '../config/load.ts';
import { reasonOf } from '../core/errors.ts';
import type { Subscriber } from '../core/events.ts';
import type { RunReport } from '../core/run.ts';
import type { JobOfRun } from '../core/target.ts';
import { runPipeline } from '../engine/pipeline.ts';
import { uuidv7, uuidv7Time } from '../lib/uuidv7.ts';
import { asDatabaseErrors } from './database.ts';
import { openRun, runSettings, type RunOptions } from './open-run.ts';
import { withHintsAt, migrateIfNeeded, prepare, type Prepared, type PrepareDeps } from './prepare.ts';
import { pruneDataDir, pruneLedger } from './prune.ts';
import type { AppDeps, OpenDatabase, OpenOptions } from './runtime.ts';
import { resumeHint, type OpenSource } from './source.ts';

export type RunDeps = AppDeps & {
  /** The job that started the run; omitted if a person started it. */
  readonly job?: JobOfRun;
  readonly waitForLock?: NonNullable<PrepareDeps['waitForLock']>;
  /** Waits for another process that holds the embedded database. */
  readonly whileBusy?: NonNullable<OpenOptions['whileBusy']>;
  readonly onNewFolder?: NonNullable<OpenOptions['onNewFolder']>;
  /** Called when a slow phase begins before or after the run. */
  readonly onPhase?: (phase: Phase) => void;
  /** In addition to the log. */
  readonly subscribers: readonly Subscriber[];
};

/** The phases before a run begins and after it ends. */
export type Phase =
  | 'looking for the source'
  | 'opening the database'
  | 'reading the schema'
  | 'migrating'
  | 'tidying up';

/** How a run begins: from scratch, from where it stopped, or from the raw files of another run. */
export type RunStart = Pick<
  RunOptions,
  'dag' | 'chosen' | 'full' | 'originRunId' | 'readyRaw' | 'chainOf'
> & {
  readonly migrate: boolean;
  /** The run to continue under the same id. */
  readonly resumed?: { readonly runId: string; readonly startedAt: string };
  /** Called while the schema is locked. Throws if the database shows that this run is not allowed. */
  readonly check?: (opened: OpenDatabase) => Promise<void>;
};

/**
 * Performs one run, from the configuration to the report. Errors before the run begins (usage, migration, busy, no
 * database) are thrown; errors during the run are in the report.
 */
export async function runOnce(
  loaded: LoadedSource,
  start: RunStart,
  openTheSource: () => Promise<OpenSource>,
  deps: RunDeps,
): Promise<RunReport> {
  const { config } = loaded;
  // Reports configuration errors before anything is opened.
  runSettings(config);
  const { onPhase = () => undefined } = deps;
  onPhase('looking for the source');
  const source = await openTheSource();
  const { dataDir } = source;
  try {
    onPhase('opening the database');
    const opened = await deps.runtime.openDatabase(config, { ...deps, dataDir, what: 'run', waitMs: 0 });
    try {
      onPhase('reading the schema');
      const mayMigrate = config.database.url === null || start.migrate;
      const preparing = prepare(
        opened,
        { source: config.source, dag: start.dag, mayMigrate, publishes: true },
        deps,
      );
      const prepared = await withHintsAt(config, dataDir, asDatabaseErrors(opened, preparing));
      const report = asDatabaseErrors(opened, runOn(loaded, start, source, { opened, prepared }, deps));
      return await withHintsAt(config, dataDir, report);
    } finally {
      await opened.close();
    }
  } finally {
    await source.close();
  }
}

async function runOn(
  { config, ...loaded }: LoadedSource,
  start: RunStart,
  source: OpenSource,
  { opened, prepared }: { readonly opened: OpenDatabase; readonly prepared: Prepared },
  deps: RunDeps,
): Promise<RunReport> {
  const { address } = source.upstream;
  const { onPhase = () => undefined } = deps;
  if (prepared.migrates) onPhase('migrating');
  const unready = await migrateIfNeeded(opened, prepared, deps);
  // If the user interrupted the program while the database was being opened or migrated, the run must not begin.
  deps.signal.throwIfAborted();
  await start.check?.(opened);

  const { runId, startedAt } = start.resumed ?? newRun(deps, await newestRun(opened.session));
  const { lockSeconds } = prepared;
  const resumed = start.resumed !== undefined;
  const options = { ...start, resumed, runId, startedAt, unready, lockSeconds, keeps: true };
  const context = await openRun(config, opened, source, options, deps);
  if (resumed) await context.folder.removeLeftovers();
  const report = await runPipeline(context, {
    howToContinue: resumeHint(config, address, runId),
    describe: () => ({
      node_version: process.version,
      peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
      config: Object.fromEntries(describeConfig(loaded.whole).map(({ key, value }) => [key, value])),
    }),
  });
  onPhase('tidying up');
  if (config.retention.prune && !deps.signal.aborted)
    await prune(config, source.dataDir, opened.session, deps);
  if (config.database.url === null && !deps.signal.aborted) await tidy(opened.session, deps);
  return report;
}

/** The run has already ended, so a failure here is only a warning. */
async function prune(config: SourceConfig, dataDir: string, session: Session, deps: RunDeps): Promise<void> {
  try {
    const { pruned } = await pruneDataDir(config, dataDir, session, { ...deps, dryRun: false });
    for (const { error } of pruned) if (error !== null) deps.log.warn(error.message);
    const count = pruned.filter(({ error }) => error === null).length;
    if (count > 0)
      deps.log.info(`removed ${count} ${count === 1 ? 'folder' : 'folders'} of old runs`, { pruned: count });
    const tombstones = await pruneLedger(config, session, deps.clock, false);
    if (tombstones > 0)
      deps.log.info(`removed ${tombstones} old ${tombstones === 1 ? 'tombstone' : 'tombstones'}`, {
        tombstones,
      });
  } catch (error) {
    deps.log.warn(`Cannot prune old runs: ${reasonOf(error)}`);
  }
}

/** A failure here is also only a warning, because a database that grew is no reason to fail a run. */
async function tidy(session: Session, { log }: RunDeps): Promise<void> {
  try {
    const tables = await vacuum(session);
    log.debug(`vacuumed ${tables} tables`, { tables });
  } catch (error) {
    log.warn(`Cannot vacuum the embedded database: ${reasonOf(error)}`);
  }
}

/** Run ids determine which run is the newest. If the clock was set back, new ids continue from the newest one. */
function newRun(
  { clock, log }: Pick<RunDeps, 'clock' | 'log'>,
  newest: string | null,
): { runId: string; startedAt: string } {
  const now = clock.now();
  const idTime = Math.max(now, newest === null ? 0 : uuidv7Time(newest) + 1);
  const behind = Math.round((idTime - now) / 1000);
  if (behind > 0)
    log.warn(`the clock is ${behind} s behind the last run, so new run ids continue from the id of that run`);
  return { runId: uuidv7(idTime, randomBytes), startedAt: new Date(now).toISOString() };
}
