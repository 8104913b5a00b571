import { existsSync } from 'node:fs';

import { folderRuns, readRejects, type Manifest, readManifest } from '../adapters/files/read-runs.ts';
import { runFolder } from '../adapters/files/run-store.ts';
import { hasDatabase } from '../adapters/postgres/database-folder.ts';
import { NO_RIGHT, sqlState } from '../adapters/postgres/errors.ts';
import { DIED } from '../adapters/postgres/died.ts';
import { ledgerRuns, type LedgerRun } from '../adapters/postgres/ledger-runs.ts';
import type { LoadedSource, SourceConfig } from '../config/for-source.ts';
import { NotFoundError, PipelineError, reportError } from '../core/errors.ts';
import type { PastRun } from '../core/run.ts';
import { sources } from '../sources/index.ts';
import { isPosition, pickIds, suggestId } from '../lib/pick-id.ts';
import { hasDied } from '../lib/process-exists.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { sandboxDataDir } from './data-folders.ts';
import { ifUnmigrated, READ_WAIT_MS, asDatabaseErrors, withEachDatabase } from './database.ts';
import { embeddedDir, type AppDeps } from './runtime.ts';
import type { Reject } from '../output/records.ts';

export type HistoryDeps = AppDeps & {
  /** Called if the ledger could not be read, so that only runs in the data folder are returned. */
  readonly onLedgerLost?: () => void;
};

/**
 * Past runs, newest first, from the ledger and the data folder. Either one is enough. Throws if the ledger is busy or
 * this role is not allowed to read it, and also if the ledger is unavailable and the folder has no runs.
 */
export async function pastRuns(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  limit: number,
  deps: HistoryDeps,
): Promise<PastRun[]> {
  const [config] = configs;
  const others = sources.filter((one) => configs.every(({ source }) => source !== one));
  const manifests = await folderRuns(config.dataDir, limit, ({ source }) =>
    others.every(({ name }) => name !== source),
  );
  const runs = new Map<string, PastRun>(
    manifests.map((manifest) => [manifest.run_id, fromManifest(manifest)]),
  );
  for (const { died, ...run } of await ledgerHistory(configs, limit, manifests.length > 0, deps)) {
    const inFolder = runs.get(run.run_id) ?? null;
    // If the ledger was unavailable, only the manifest shows how the run ended.
    const known = run.status === 'running' && inFolder !== null ? inFolder : run;
    const isDead = died && known.status === 'running';
    runs.set(run.run_id, isDead ? deadRun(known, inFolder !== null) : known);
  }
  return [...runs.entries()]
    .sort(([a], [b]) => (a < b ? 1 : -1))
    .slice(0, limit)
    .map(([, run]) => run);
}

/**
 * Finds a run by its id, by a unique prefix or suffix of the id, or by its position among the `eligible` runs (see
 * `pickIds`). `id` null means the newest eligible run. Throws `NotFoundError`.
 */
export async function findRun(
  config: SourceConfig,
  id: string | null,
  deps: HistoryDeps,
  eligible: (run: PastRun) => boolean = () => true,
): Promise<PastRun> {
  const all = await pastRuns([config], Number.MAX_SAFE_INTEGER, deps);
  const runs = id === null || isPosition(id) ? all.filter(eligible) : all;
  const ids = runs.map(({ run_id }) => run_id);
  const picked = pickIds(id ?? 'latest', ids);
  const first = runs.find(({ run_id }) => run_id === picked[0]);
  const elsewhere = runs.length === 0 ? sandboxDataDir(config.dataDir) : null;
  if (first === undefined) {
    const what = runs.length === 0 ? 'a run: there are no runs yet' : `run ${id}: ${whyNone(id ?? '', ids)}`;
    const hint =
      elsewhere === null
        ? 'spacex-pipeline runs'
        : `List the simulated runs with: spacex-pipeline --data-dir ${shellQuote(elsewhere)} runs`;
    throw new NotFoundError(`Cannot find ${what}`, hint);
  }
  if (picked.length > 1) {
    throw new PipelineError(`Cannot find run ${id}: ${picked.length} run ids start or end with it`, {
      code: 'usage',
      hint: 'spacex-pipeline runs',
    });
  }
  return first;
}

/**
 * The manifest of a run. Throws `usage` with the message `Cannot <what> run …` if the run's folder is not in the data
 * folder.
 */
export async function findManifest(
  config: SourceConfig,
  id: string | null,
  deps: AppDeps,
  { hint = WITH_ITS_FOLDER, what }: { readonly what: string; readonly hint?: string },
): Promise<Manifest> {
  const { run_id } = await findRun(config, id, deps);
  const manifest = await readManifest(config.dataDir, run_id);
  if (manifest !== null) return manifest;
  throw new PipelineError(`Cannot ${what} run ${run_id}: its folder is not in ${config.dataDir}`, {
    code: 'usage',
    hint,
  });
}

const WITH_ITS_FOLDER = 'Use the same --data-dir as the run, on the same machine.';

function whyNone(id: string, ids: readonly string[]): string {
  if (isPosition(id)) return ids.length === 1 ? 'there is only one run' : `there are only ${ids.length} runs`;
  const meant = suggestId(id, ids);
  return `no run id starts or ends with it${meant === null ? '' : `; did you mean ${meant}?`}`;
}

/** A run that the user named, with the configuration of its source. */
export type NamedRun = { readonly loaded: LoadedSource; readonly id: string | null };

/**
 * Finds the source of a run in the run's folder or, failing that, in a ledger. `id` null means the newest run. For an
 * unknown run, returns the first source, where looking up the run then fails. A position counts the `eligible` runs of
 * all sources and is replaced with the run's id.
 */
export async function resolveRun(
  all: readonly [LoadedSource, ...LoadedSource[]],
  id: string | null,
  deps: HistoryDeps,
  eligible: (run: PastRun) => boolean = () => true,
): Promise<NamedRun> {
  const [first, ...rest] = all;
  if (rest.length === 0) return { loaded: first, id };
  const of = (name: string | null | undefined): LoadedSource =>
    all.find(({ config }) => config.source.name === name) ?? first;
  const others = rest.map(({ config }) => config);
  const pastOfAll = () => pastRuns([first.config, ...others], Number.MAX_SAFE_INTEGER, deps);
  if (id !== null && isPosition(id)) {
    const runs = (await pastOfAll()).filter(eligible);
    const ids = runs.map(({ run_id }) => run_id);
    const [picked] = pickIds(id, ids);
    const run = runs.find(({ run_id }) => run_id === picked);
    return { loaded: of(run?.source), id: picked ?? id };
  }
  const isIt = ({ run_id }: PastRun): boolean => id === null || pickIds(id, [run_id]).length > 0;
  const [inFolder] = await folderRuns(first.config.dataDir, 1, isIt);
  const found = inFolder ?? (await pastOfAll()).find(isIt);
  return { loaded: of(found?.source), id };
}

/** The rejects of a run, read from its folder. Throws `usage` if the folder is not in this data folder. */
export function rejectsOf(
  config: SourceConfig,
  runId: string,
  resources: readonly string[] | null,
): AsyncGenerator<Reject> {
  const folder = runFolder(config.dataDir, runId);
  if (!existsSync(folder)) {
    throw new PipelineError(`Cannot list the rejects of run ${runId}: its folder ${folder} does not exist`, {
      code: 'usage',
      hint: 'Use the same --data-dir as the run, or list the rejects in the ledger with: spacex-pipeline rejects list --status all',
    });
  }
  return readRejects(config.dataDir, runId, resources);
}

async function ledgerHistory(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  limit: number,
  hasFolders: boolean,
  deps: HistoryDeps,
): Promise<LedgerRun[]> {
  const [config] = configs;
  if (config.database.url === null && !hasDatabase(embeddedDir(config.dataDir))) return [];
  try {
    const options = { ...deps, dataDir: config.dataDir, what: 'runs', reads: true, waitMs: READ_WAIT_MS };
    const runs = await withEachDatabase(configs, options, ({ source }, opened) => {
      const own = ledgerRuns(opened.session, source.name, Math.min(limit, 2 ** 31 - 1));
      // A schema that this role is not allowed to use looks as if it did not exist.
      return asDatabaseErrors(opened, own).catch(ifUnmigrated([]));
    });
    return runs.flat().map(withOwnTimes);
  } catch (error) {
    const report = reportError(error);
    if (report.code !== 'database' || sqlState(error) === NO_RIGHT || !hasFolders) throw error;
    deps.log.warn(`${report.message}; using only the runs in the data folder`);
    deps.onLedgerLost?.();
    return [];
  }
}

/** Converts PostgreSQL timestamps to the format that all documents of a run use. */
function withOwnTimes(run: LedgerRun): LedgerRun {
  const own = (time: string | null): string | null => (time === null ? null : new Date(time).toISOString());
  return { ...run, started_at: own(run.started_at), finished_at: own(run.finished_at) };
}

function fromManifest(manifest: Manifest): PastRun {
  const { run_id, status, source, address, simulated, run_dir, started_at, finished_at } = manifest;
  const { resources, error, job } = manifest;
  const of = { run_id, status, source, address, simulated, run_dir, job, started_at, finished_at };
  const report = { ...of, resources, error };
  return status === 'running' && hasDied(manifest) ? deadRun(report, true) : report;
}

function deadRun(run: PastRun, isHere: boolean): PastRun {
  const hint = isHere ? `Continue with: spacex-pipeline resume ${run.run_id}` : null;
  return { ...run, status: 'failed', error: { ...DIED, hint } };
}
