import { randomBytes, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

import { checkDataKind, openRunStore } from '../adapters/files/run-store.ts';
import { checkKind, newestRun, openLedger } from '../adapters/postgres/ledger.ts';
import type { Session } from '../adapters/postgres/session.ts';
import { stagingNames } from '../adapters/postgres/staging.ts';
import { openTarget } from '../adapters/postgres/target.ts';
import type { LoadedSource, SourceConfig } from '../config/for-source.ts';
import { describeConfig } from '../config/load.ts';
import { reportError } from '../core/errors.ts';
import type { Clock, Log, ReadyRaw, RunFolder } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { RunReport } from '../core/run.ts';
import { runPipeline } from '../engine/pipeline.ts';
import { unknownResource, type Plan } from '../engine/plan.ts';
import type { ResourceProgress } from '../engine/resource-task.ts';
import { uuidv7, uuidv7Time } from '../lib/uuidv7.ts';
import type { Limits } from '../steps/publish.ts';
import { codeDigest } from './code-digest.ts';
import { openDatabase, telling, type OpenDatabase } from './database.ts';
import { hinting, makeReady, prepare, type Prepared } from './prepare.ts';
import { pruneDataDir } from './prune.ts';
import { howToResume, type OpenSource } from './source.ts';
import { VERSION } from './version.ts';

export type RunDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly urlFrom: LoadedSource['urlFrom'];
  readonly onProgress: (progress: ResourceProgress) => void;
};

/** How a run begins: afresh, on from where it stopped, or on the raw files of another. */
export type RunStart = {
  readonly plan: Plan;
  readonly full: boolean;
  readonly migrate: boolean;
  /** The run that goes on under its id; null for a new one. */
  readonly resumed: { readonly runId: string; readonly startedAt: string } | null;
  readonly originRunId: string | null;
  /** The raw file to work on instead of a request; null to ask the source. */
  readonly readyRaw: (folder: RunFolder, resource: Resource) => Promise<ReadyRaw | null>;
  /** Throws where the database says that this run may not be. The schema is locked. */
  readonly check: (opened: OpenDatabase) => Promise<void>;
};

/** A new run that asks the source for everything. */
export function pull({ plan, full, migrate }: Pick<RunStart, 'plan' | 'full' | 'migrate'>): RunStart {
  return {
    plan,
    full,
    migrate,
    resumed: null,
    originRunId: null,
    readyRaw: async () => null,
    check: async () => undefined,
  };
}

/**
 * One run, from the configuration to its report. What goes wrong before there is a run (usage, kind, migration,
 * busy, no database) throws; what goes wrong in it is in the report.
 */
export async function runOnce(
  loaded: LoadedSource,
  start: RunStart,
  openTheSource: () => Promise<OpenSource>,
  deps: RunDeps,
): Promise<RunReport> {
  const { config } = loaded;
  const rules = runRules(config);
  const opened: { close: () => Promise<void> }[] = [];
  const keep = <T extends { close: () => Promise<void> }>(one: T): T => {
    opened.unshift(one);
    return one;
  };
  const prepareFor = (target: OpenDatabase, mayMigrate: boolean): Promise<Prepared> =>
    telling(
      target,
      prepare(target, { source: config.source, plan: start.plan, mayMigrate, publishes: true }, deps),
    );
  const openTheDatabase = async (dataDir: string): Promise<OpenDatabase> =>
    keep(await openDatabase(config, { ...deps, dataDir, what: 'run', waitMs: 0 }));
  try {
    if (config.database.url !== null) {
      // A server that is not ready is told before any request.
      const target = await openTheDatabase(config.dataDir);
      const prepared = await prepareFor(target, start.migrate);
      const source = keep(await openTheSource());
      await checkDataKind(source.dataDir, source.simulated);
      return await telling(target, runOn(loaded, start, { ...deps, rules }, source, target, prepared));
    }
    const source = keep(await openTheSource());
    await checkDataKind(source.dataDir, source.simulated);
    const target = await openTheDatabase(source.dataDir);
    const prepared = await prepareFor(target, true);
    const report = telling(target, runOn(loaded, start, { ...deps, rules }, source, target, prepared));
    return await hinting(config, source.dataDir, report);
  } finally {
    for (const one of opened) await one.close();
  }
}

async function runOn(
  { config, ...loaded }: LoadedSource,
  start: RunStart,
  { rules, ...deps }: RunDeps & { readonly rules: ReturnType<typeof runRules> },
  { upstream, simulated, dataDir }: OpenSource,
  opened: OpenDatabase,
  prepared: Prepared,
): Promise<RunReport> {
  const { clock } = deps;
  const { database, session } = opened;
  if (prepared.tellsKind) await checkKind(session, database.schema, simulated);
  const unready = await makeReady(opened, prepared, deps);
  // Whoever stopped while the database opened or migrated wants no run that begins.
  deps.signal.throwIfAborted();

  await start.check(opened);

  const { runId, startedAt } = start.resumed ?? newRun(deps, await newestRun(session));
  const staging = stagingNames(database.schema, randomUUID());
  const store = openRunStore(dataDir, simulated);
  const folder = await store.create(runId);
  if (start.resumed !== null) await folder.removeLeftovers();
  deps.log.info(`run ${runId} from ${upstream.address}`, {
    run_id: runId,
    source: upstream.address,
    simulated,
  });
  const report = await runPipeline({
    ...deps,
    ...rules,
    plan: start.plan,
    unready,
    full: start.full,
    resumed: start.resumed !== null,
    goOn: howToResume(config, upstream.address, runId),
    readyRaw: (resource) => start.readyRaw(folder, resource),
    runId,
    simulated,
    startedAt,
    codeDigest: codeDigest(),
    upstream,
    store,
    folder,
    ledger: openLedger(database, session, staging),
    target: openTarget(database, session, {
      id: runId,
      staging,
      lockTimeoutSeconds: config.database.lockTimeoutSeconds,
      statementTimeoutSeconds: config.database.statementTimeoutSeconds,
      wait: (milliseconds) => clock.sleep(milliseconds, deps.signal),
    }),
    header: {
      run_id: runId,
      source: upstream.address,
      simulated,
      started_at: startedAt,
      program_version: VERSION,
      host: hostname(),
      pid: process.pid,
      run_dir: folder.path,
      origin_run_id: start.originRunId,
    },
    describe: () => ({
      node_version: process.version,
      peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
      config: Object.fromEntries(describeConfig(loaded.whole).map(({ key, value }) => [key, value])),
    }),
  });
  if (config.retention.prune && !deps.signal.aborted) await prune(config, dataDir, session, deps);
  return report;
}

/** The run is over, whatever comes of this. */
async function prune(config: SourceConfig, dataDir: string, session: Session, deps: RunDeps): Promise<void> {
  try {
    const { pruned } = await pruneDataDir(config, dataDir, session, { ...deps, dryRun: false });
    for (const { error } of pruned) if (error !== null) deps.log.warn(error.message);
    const count = pruned.filter(({ error }) => error === null).length;
    if (count === 0) return;
    deps.log.info(`removed ${count} ${count === 1 ? 'folder' : 'folders'} of old runs`, { pruned: count });
  } catch (error) {
    deps.log.warn(`Cannot prune old runs: ${reportError(error).message}`);
  }
}

/** Whatever looks for the newest run goes by the ids: where the clock has gone back, they go on from the last one. */
function newRun(
  { clock, log }: Pick<RunDeps, 'clock' | 'log'>,
  newest: string | null,
): { runId: string; startedAt: string } {
  const now = clock.now();
  const idTime = Math.max(now, newest === null ? 0 : uuidv7Time(newest) + 1);
  const behind = Math.round((idTime - now) / 1000);
  if (behind > 0) log.warn(`the clock is ${behind} s behind the last run; ids of runs go on from there`);
  return { runId: uuidv7(idTime, randomBytes), startedAt: new Date(now).toISOString() };
}

/** What the configuration says of every run. */
export function runRules(config: SourceConfig) {
  return {
    batchSize: config.batchSize,
    concurrency: config.concurrency,
    deletes: config.deletes,
    checks: config.checks,
    rejects: limitsOf(config, 'rejects'),
    rules: { vanished: limitsOf(config, 'vanished'), atomic: config.atomic },
  };
}

/** Throws `usage` where the configuration limits a resource that there is not. */
function limitsOf({ limits, settings, source }: SourceConfig, what: 'rejects' | 'vanished'): Limits {
  const names = source.resources.map(({ name }) => name);
  const unknown = Object.keys(settings.limits).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownResource(unknown, names);
  return (name) => ({ ...limits[what], ...settings.limits[name]?.[what] });
}
