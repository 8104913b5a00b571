import type { Manifest } from '../adapters/files/read-runs.ts';
import { publishedRawFiles } from '../adapters/postgres/published.ts';
import type { LoadedSource } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import type { Resource } from '../core/resource.ts';
import type { RawFile, RunReport } from '../core/run.ts';
import { buildDag } from '../engine/dag.ts';
import type { OpenDatabase } from './runtime.ts';
import { findManifest } from './history.ts';
import { archivedSource, leftRowsUnchanged, linkedRaw } from './kept-raw.ts';
import { runOnce, type RunDeps } from './run.ts';

export type ReplayRequest = {
  readonly runId: string;
  /** Null for every resource with raw files in the run. */
  readonly resources: readonly string[] | null;
  readonly force: boolean;
  readonly migrate: boolean;
};

/**
 * Processes a run's raw files again, with today's contracts and transforms and without any requests, as a new run that
 * refers to the original one. Throws `usage` if the target is based on the files of a different run, unless forced.
 */
export async function replayRun(
  loaded: LoadedSource,
  request: ReplayRequest,
  deps: RunDeps,
): Promise<RunReport> {
  const { config } = loaded;
  const origin = await findManifest(config, request.runId, deps, { what: 'replay' });
  const kept = origin.plan.filter((name) => origin.raw[name] !== undefined);
  const chosen = request.resources;
  const dag = buildDag(config.source.resources, chosen ?? kept);
  return runOnce(
    loaded,
    {
      dag,
      chosen,
      full: true,
      migrate: request.migrate,
      originRunId: origin.run_id,
      chainOf: async (resource) => origin.chains?.[resource] ?? null,
      readyRaw: (folder, resource) => linkedRaw('replay', origin, folder, resource),
      check: (opened) => refuseOtherRaw(opened, origin, dag.resources, request.force, deps),
    },
    async () => archivedSource(origin, config.dataDir),
    deps,
  );
}

/**
 * Throws, unless forced, if the published rows are not based on these bytes, because replaying different bytes would
 * move the target to an older or newer state.
 */
async function refuseOtherRaw(
  { database, session }: OpenDatabase,
  origin: Manifest,
  replayed: readonly Resource[],
  force: boolean,
  { log }: RunDeps,
): Promise<void> {
  const published = await publishedRawFiles(session);
  for (const { name } of replayed) {
    if (leftRowsUnchanged(origin, name)) continue;
    const last = published.get(name);
    if (last === undefined || isSame(last.pages, origin.raw[name] ?? [])) continue;
    const change = `${name} of schema ${database.schema} from run ${last.run_id} to run ${origin.run_id}`;
    if (!force) {
      throw new PipelineError(`Cannot replay run ${origin.run_id}: it would switch ${change}`, {
        code: 'usage',
        hint:
          'Use --force to switch anyway, or see what would change with: spacex-pipeline plan --from ' +
          origin.run_id,
      });
    }
    log.warn(`switching ${change}`);
  }
}

function isSame(pages: readonly RawFile[], others: readonly RawFile[]): boolean {
  return (
    pages.length === others.length && pages.every(({ sha256 }, index) => sha256 === others[index]?.sha256)
  );
}
