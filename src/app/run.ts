import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

import { checkDataKind, openRunStore } from '../adapters/files/run-store.ts';
import { checkKind, openLedger } from '../adapters/postgres/ledger.ts';
import { lockSchema } from '../adapters/postgres/lock.ts';
import { migrateUp, migrationStates, type MigrationState } from '../adapters/postgres/migrate.ts';
import { openTarget } from '../adapters/postgres/target.ts';
import { describeConfig, type Config, type LoadedConfig } from '../config/load.ts';
import { PipelineError } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { RunReport } from '../core/run.ts';
import { runPipeline } from '../engine/pipeline.ts';
import type { Plan } from '../engine/plan.ts';
import type { ResourceProgress } from '../engine/resource-task.ts';
import { uuidv7 } from '../lib/uuidv7.ts';
import { MIGRATIONS_DIR, openDatabase, type OpenDatabase } from './database.ts';
import { openSource, type OpenSource } from './source.ts';
import { VERSION } from './version.ts';

export type RunRequest = {
  readonly plan: Plan;
  readonly source: string | null;
  readonly orSandbox: boolean;
  readonly full: boolean;
  readonly migrate: boolean;
};

export type RunDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ResourceProgress) => void;
};

/**
 * One run, from the configuration to its report. What goes wrong before there is a run (usage, kind, migration,
 * busy, no database) throws; what goes wrong in it is in the report.
 */
export async function runOnce(loaded: LoadedConfig, request: RunRequest, deps: RunDeps): Promise<RunReport> {
  const { config } = loaded;
  const opened: { close: () => Promise<void> }[] = [];
  const keep = <T extends { close: () => Promise<void> }>(one: T): T => {
    opened.unshift(one);
    return one;
  };
  const choice = { name: request.source, orSandbox: request.orSandbox, probePath: probePath(request.plan) };
  const openTheSource = async (): Promise<OpenSource> => keep(await openSource(loaded, choice, deps));
  const openTheDatabase = async (dataDir: string): Promise<OpenDatabase> =>
    keep(await openDatabase(config, { ...deps, dataDir, what: 'run', waitMs: 0 }));
  try {
    if (config.database.url !== null) {
      // A server that is not ready is told before any request.
      const target = await openTheDatabase(config.dataDir);
      const states = await prepare(target, request.migrate);
      const source = await openTheSource();
      await checkDataKind(source.dataDir, source.simulated);
      return await runOn(loaded, request, deps, source, target, states);
    }
    const source = await openTheSource();
    await checkDataKind(source.dataDir, source.simulated);
    const target = await openTheDatabase(source.dataDir);
    return await runOn(loaded, request, deps, source, target, await prepare(target, true));
  } finally {
    for (const one of opened) await one.close();
  }
}

function probePath({ resources }: Plan): string {
  return resources[0]?.path ?? '/';
}

/** Locks the schema. Throws `migration` where some are pending and may not be applied. */
async function prepare({ database, session }: OpenDatabase, migrate: boolean): Promise<MigrationState[]> {
  await lockSchema(session.client, database.schema);
  const states = await migrationStates(session, database, MIGRATIONS_DIR);
  const pending = states.filter(({ applied_at }) => applied_at === null);
  if (pending.length === 0 || migrate) return states;
  throw new PipelineError(
    `Cannot run on schema ${database.schema} in ${database.name}: ${pending.length} of ${states.length} migrations are pending`,
    { code: 'migration', hint: 'Type: spacex-pipeline migrate up (or give run --migrate).' },
  );
}

async function runOn(
  { config, ...loaded }: LoadedConfig,
  request: RunRequest,
  deps: RunDeps,
  { source, simulated, dataDir }: OpenSource,
  { database, session }: OpenDatabase,
  states: readonly MigrationState[],
): Promise<RunReport> {
  const { clock } = deps;
  const { client } = session;
  if (states.some(({ applied_at }) => applied_at !== null))
    await checkKind(client, database.schema, simulated);
  if (states.some(({ applied_at }) => applied_at === null))
    await migrateUp(session, database, MIGRATIONS_DIR);

  const startedMs = clock.now();
  const runId = uuidv7(startedMs, randomBytes);
  const startedAt = new Date(startedMs).toISOString();
  const store = openRunStore(dataDir, simulated);
  const folder = await store.create(runId);
  deps.log.info(`run ${runId} from ${source.name}`, { run_id: runId, source: source.name, simulated });
  return runPipeline({
    ...deps,
    ...runRules(config),
    plan: request.plan,
    full: request.full,
    runId,
    simulated,
    startedAt,
    source,
    store,
    folder,
    ledger: openLedger(database, client),
    target: openTarget(database, client, {
      id: runId,
      lockTimeoutSeconds: config.database.lockTimeoutSeconds,
      statementTimeoutSeconds: config.database.statementTimeoutSeconds,
    }),
    header: {
      run_id: runId,
      source: source.name,
      simulated,
      started_at: startedAt,
      program_version: VERSION,
      host: hostname(),
      pid: process.pid,
      run_dir: folder.path,
    },
    describe: () => ({
      node_version: process.version,
      peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
      config: Object.fromEntries(describeConfig({ config, ...loaded }).map(({ key, value }) => [key, value])),
    }),
  });
}

function runRules(config: Config) {
  return {
    batchSize: config.batchSize,
    concurrency: config.concurrency,
    deletes: config.deletes,
    checks: config.checks,
    rejects: config.limits.rejects,
    rules: { vanished: config.limits.vanished, atomic: config.atomic },
  };
}
