import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';

import { folderId, knownFolderId } from '../adapters/files/folder-id.ts';
import { openRunStore } from '../adapters/files/run-store.ts';
import { openLedger } from '../adapters/postgres/ledger.ts';
import { stagingNames } from '../adapters/postgres/staging.ts';
import { openTarget } from '../adapters/postgres/target.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { reasonOf } from '../core/errors.ts';
import { createEmitter } from '../core/events.ts';
import type { ReadyRaw, RunFolder } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { Pulling, RunContext, RunSettings } from '../engine/context.ts';
import { unknownResource } from '../engine/dag.ts';
import { createKindGuard } from '../steps/kind.ts';
import type { Limits } from '../steps/publish.ts';
import { codeDigest } from './code-digest.ts';
import type { OpenDatabase } from './runtime.ts';
import { logEvents } from './log-events.ts';
import type { RunDeps } from './run.ts';
import type { OpenSource } from './source.ts';
import { VERSION } from './version.ts';

/** The options that differ between runs, and between a run and a preview. */
export type RunOptions = Pick<RunContext, 'dag' | 'chosen' | 'full' | 'unready' | 'lockSeconds'> & {
  readonly runId: string;
  /** Whether the run began earlier. */
  readonly resumed: boolean;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  /** Whether the run writes to the ledger and keeps its folder. */
  readonly keeps: boolean;
  /** The run whose raw files this run processes again. */
  readonly originRunId?: string;
  /** The pages to use instead of a request. Null, the default, means to request them from the source. */
  readonly readyRaw?: (folder: RunFolder, resource: Resource) => Promise<ReadyRaw | null>;
  /** The chain of a resource whose pages already exist. Null, the default, means that it is unknown. */
  readonly chainOf?: RunContext['chainOf'];
};

/** Opens the context of a run: its folder, ledger and target on a locked schema. */
export async function openRun(
  config: SourceConfig,
  { database, session }: OpenDatabase,
  { dataDir, keepsOthers, upstream }: OpenSource,
  options: RunOptions,
  deps: RunDeps,
): Promise<RunContext> {
  const { chainOf, keeps, originRunId, readyRaw, runId, startedAt } = options;
  const { source } = config;
  const store = openRunStore(dataDir, source.name);
  const isNew = keeps && !existsSync(dataDir);
  const folder = await store.create(runId);
  if (isNew) deps.onNewFolder?.(dataDir);
  const own = { id: runId, staging: stagingNames(database.schema, randomUUID()) };
  const ledger = openLedger(database, session, own);
  const run = {
    run_id: runId,
    source: source.name,
    address: upstream.address,
    started_at: startedAt,
    program_version: VERSION,
    host: hostname(),
    pid: process.pid,
    run_dir: folder.path,
    folder_id: keeps ? await folderId(dataDir) : ((await knownFolderId(dataDir)) ?? ''),
    origin_run_id: originRunId ?? null,
    job: deps.job ?? null,
  };
  const { log, subscribers } = deps;
  return {
    ...deps,
    ...options,
    run,
    emit: createEmitter(run, [logEvents(log), ...subscribers], (error) => {
      log.warn(`Cannot report a run event: ${reasonOf(error)}`);
    }),
    previews: !keeps,
    pulling: pullingOf(config),
    keepsOthers,
    settings: runSettings(config),
    codeDigest: codeDigest(),
    kind: createKindGuard([store.kind, ledger.kind], keeps),
    readyRaw: async (resource) => readyRaw?.(folder, resource) ?? null,
    chainOf: async (resource) => chainOf?.(resource) ?? null,
    upstream,
    store,
    folder,
    ledger,
    target: openTarget(database, session, {
      ...own,
      lockTimeoutSeconds: config.database.lockTimeoutSeconds,
      statementTimeoutSeconds: config.database.statementTimeoutSeconds,
      wait: (milliseconds) => deps.clock.sleep(milliseconds, deps.signal),
    }),
  };
}

/** Sources that do not pull changes have none of these settings. */
export function pullingOf({ settings, source: { changes } }: SourceConfig): Pulling {
  return {
    narrowedBy: changes?.scope.setting ?? '',
    narrowedTo: changes === null ? '' : (settings[changes.scope.setting] ?? changes.scope.default),
    pageSize: settings.pageSize ?? 0,
    settleSeconds: settings.settleSeconds ?? 0,
    fullAfterHours: settings.fullAfterHours ?? 0,
  };
}

/** Throws `usage` if the configuration sets a limit for an unknown resource. */
export function runSettings(config: SourceConfig): RunSettings {
  const { atomic, batchSize, checks, concurrency, deletes } = config;
  const rejects = limitsOf(config, 'rejects');
  return { atomic, batchSize, checks, concurrency, deletes, rejects, vanished: limitsOf(config, 'vanished') };
}

function limitsOf({ limits, settings, source }: SourceConfig, what: 'rejects' | 'vanished'): Limits {
  const names = source.resources.map(({ name }) => name);
  const unknown = Object.keys(settings.limits).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownResource(unknown, names);
  return (name) => ({ ...limits[what], ...settings.limits[name]?.[what] });
}
