import { join } from 'node:path';

import {
  isAlive,
  listRunFolders,
  removeRunFolder,
  type RunFolderEntry,
} from '../adapters/files/run-folders.ts';
import { runFolder } from '../adapters/files/run-store.ts';
import { pruneTombstones, retentionLedger } from '../adapters/postgres/retention.ts';
import type { Session } from '../adapters/postgres/session.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { reportError, type ErrorReport } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { choosePrunable, DAY_MS, type RetentionLedger, type RunFolderFacts } from '../core/retention.ts';
import { uuidv7Time } from '../lib/uuidv7.ts';
import { readTargets } from './read-target.ts';
import { unfinishedPull, isOurs } from './unfinished.ts';
import type { AppDeps } from './runtime.ts';
import type { PruneReport, PrunedFolder } from '../output/runs.ts';

/**
 * Removes the run folders and tombstones beyond the configured retention. Without a ledger, throws and removes nothing.
 */
export async function pruneRuns(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  dryRun: boolean,
  deps: AppDeps,
): Promise<PruneReport> {
  const [{ dataDir, database }] = configs;
  // On a server, the ledger also covers simulated runs, whose folders are in a subfolder of the data folder. Embedded
  // databases are separate, so that subfolder has its own database and ledger.
  const dirs = database.url === null ? [dataDir] : [dataDir, join(dataDir, 'sandbox')];
  const found = await readTargets(
    configs,
    'prune runs',
    { ...deps, alone: true },
    async (config, { session }) => {
      const ofDirs: PrunedDataDir[] = [];
      for (const dir of dirs) ofDirs.push(await pruneDataDir(config, dir, session, { ...deps, dryRun }));
      return { ofDirs, tombstones: await pruneLedger(config, session, deps.clock, dryRun) };
    },
  );
  const reports = found.map(({ ofDirs }) => ofDirs);
  const tombstones = found.reduce((sum, one) => sum + one.tombstones, 0);
  // A folder that one source removes counts as kept for the other sources, so it is subtracted only once.
  const pruned = reports.flat().flatMap((report) => report.pruned);
  const [first = []] = reports;
  const seen = first.reduce((sum, { kept, pruned: own }) => sum + kept + own.filter(isFolder).length, 0);
  return { dry_run: dryRun, pruned, kept: seen - pruned.filter(isFolder).length, tombstones };
}

function isFolder({ reason }: PrunedFolder): boolean {
  return reason !== 'leftover';
}

/** Drops the tombstones beyond the configured retention and counts them. */
export function pruneLedger(
  { retention }: SourceConfig,
  session: Session,
  clock: Clock,
  dryRun: boolean,
): Promise<number> {
  return pruneTombstones(session, clock.now() - retention.tombstoneDays * DAY_MS, dryRun);
}

type PrunedDataDir = Pick<PruneReport, 'pruned' | 'kept'>;

/** Removes the run folders beyond the retention from one data folder, using an open session. */
export async function pruneDataDir(
  config: SourceConfig,
  dataDir: string,
  session: Session,
  {
    clock,
    dryRun,
    signal,
  }: { readonly clock: Clock; readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<PrunedDataDir> {
  const ledger: RetentionLedger = await retentionLedger(session);
  const { folders, leftovers } = await listRunFolders(dataDir, clock.now());
  const facts = folders.map((folder) => factsOf(folder, config));
  const unfinished = await unfinishedPull(config, dataDir, null);
  const prunable = choosePrunable(facts, ledger, config.retention, clock.now()).filter(
    ({ run_id }) => run_id !== unfinished,
  );
  const pruned: PrunedFolder[] = [];
  for (const one of [...leftovers.map(leftover), ...prunable]) {
    signal.throwIfAborted();
    const error = dryRun ? null : await remove(dataDir, one.run_id);
    pruned.push({ ...one, run_dir: runFolder(dataDir, one.run_id), error });
  }
  return { pruned, kept: folders.length - prunable.length };
}

function leftover(runId: string) {
  return { run_id: runId, status: null, reason: 'leftover' } as const;
}

async function remove(dataDir: string, runId: string): Promise<ErrorReport | null> {
  try {
    await removeRunFolder(dataDir, runId);
    return null;
  } catch (error) {
    return reportError(error);
  }
}

function factsOf({ run_id, manifest }: RunFolderEntry, config: SourceConfig): RunFolderFacts {
  const made = uuidv7Time(run_id);
  if (manifest === null) return { run_id, manifest, made };
  const { status, started_at, finished_at } = manifest;
  const ended = Date.parse(finished_at ?? started_at ?? '');
  const at = Number.isNaN(ended) ? made : ended;
  return { run_id, made, manifest: { status, at, alive: isAlive(manifest), ours: isOurs(manifest, config) } };
}
