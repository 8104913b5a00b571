import { hasDatabase } from '../adapters/postgres/database-folder.ts';

import { readManifest, type Manifest } from '../adapters/files/read-runs.ts';
import { runFolder } from '../adapters/files/run-store.ts';
import { isUnmigrated } from '../adapters/postgres/errors.ts';
import { checkResumable } from '../adapters/postgres/ledger.ts';
import type { LoadedSource } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import type { ReadyRaw, RunFolder } from '../core/ports.ts';
import type { ResourcePreview } from '../core/preview.ts';
import type { Resource } from '../core/resource.ts';
import { buildDag } from '../engine/dag.ts';
import { asDatabaseErrors } from './database.ts';
import { embeddedDir, openRuntime, type OpenDatabase } from './runtime.ts';
import { findManifest } from './history.ts';
import { archivedSource, linkedRaw } from './kept-raw.ts';
import { withHintsAt } from './prepare.ts';
import { inPreviewFolder, preview } from './preview.ts';
import type { RunDeps } from './run.ts';
import { openSource, scopeOfChoice, type SourceChoice } from './source.ts';
import { unfinishedPull } from './unfinished.ts';
import type { PlanReport } from '../output/runs.ts';

export type PlanRequest = {
  /** Names; null for all. */
  readonly resources: readonly string[] | null;
  /** An address; null for the configured one. */
  readonly from: string | null;
  readonly asOf: string | null;
  /**
   * The runs whose raw files replace a pull. For each resource, uses the last of these runs that has a raw file for it.
   */
  readonly runs: readonly string[];
};

/**
 * Shows what a run would change now, with a fresh pull or with archived raw files under today's code. Writes nothing to
 * the target, and leaves no new database behind.
 */
export async function planChanges(
  loaded: LoadedSource,
  request: PlanRequest,
  deps: RunDeps,
): Promise<PlanReport> {
  const { config } = loaded;
  const { resources } = config.source;
  const origins: Manifest[] = [];
  for (const id of request.runs) origins.unshift(await findManifest(config, id, deps, { what: 'plan from' }));
  const [newest] = origins;
  const kept = resources.map(({ name }) => name).filter((name) => originOf(origins, name) !== undefined);
  const chosen = request.resources ?? (newest === undefined ? config.settings.resources : null);
  const dag = buildDag(resources, chosen ?? (newest === undefined ? null : kept));
  const choice = { from: request.from, asOf: request.asOf, orSandbox: false };
  const source =
    newest === undefined ? await openSource(loaded, choice, deps) : archivedSource(newest, config.dataDir);
  try {
    const readyRaw = async (folder: RunFolder, resource: Resource): Promise<ReadyRaw | null> =>
      newest === undefined
        ? null
        : linkedRaw('plan', originOf(origins, resource.name) ?? newest, folder, resource);
    const found = await inPreviewFolder(source.dataDir, deps, async (runId) => {
      // If there is no database, a run would create an empty one, so the preview creates one in its own folder.
      const isNew = config.database.url === null && !hasDatabase(embeddedDir(source.dataDir));
      const dataDir = isNew ? runFolder(source.dataDir, runId) : source.dataDir;
      // Close the database before its folder is deleted.
      const runtime = isNew ? openRuntime(deps) : deps.runtime;
      const opened = await runtime.openDatabase(config, { ...deps, dataDir, what: 'plan', waitMs: 0 });
      try {
        if (newest === undefined && !isNew)
          await asDatabaseErrors(
            opened,
            checkUnfinished(loaded, choice, { ...opened, dataDir: source.dataDir }, deps),
          );
        const options = { dag, chosen, readyRaw, runId, opened, mayMigrate: isNew };
        const previews = asDatabaseErrors(opened, preview(loaded, source, options, deps));
        return await withHintsAt(config, source.dataDir, previews);
      } finally {
        await opened.close();
        if (isNew) await runtime.close();
      }
    });
    return {
      source: config.source.name,
      address: source.upstream.address,
      ...found,
      changes: hasChanges(found.resources),
    };
  } finally {
    await source.close();
  }
}

/**
 * Throws `source` if a pull was cut off and the next run would continue it. Requesting the same pages here would use up
 * quota and delay that run.
 */
async function checkUnfinished(
  loaded: LoadedSource,
  choice: SourceChoice,
  { dataDir, session }: Pick<OpenDatabase, 'session'> & { readonly dataDir: string },
  { clock }: Pick<RunDeps, 'clock'>,
): Promise<void> {
  const { config } = loaded;
  const id = await unfinishedPull(config, dataDir, scopeOfChoice(loaded, choice, clock.now()));
  if (id === null || (await isOvertaken(session, id))) return;
  const manifest = await readManifest(dataDir, id);
  const errors = Object.values(manifest?.resources ?? {}).map(({ error }) => error);
  const retryAt = errors.flatMap((error) => error?.retry_at ?? []).at(0);
  const when = retryAt === undefined ? '' : `, no earlier than ${retryAt}`;
  throw new PipelineError(
    `Cannot plan a ${config.source.name} run: run ${id} was cut off, and the next run will continue it${when}`,
    {
      code: 'source',
      hint: 'Continue it with: spacex-pipeline run',
      ...(retryAt === undefined ? {} : { retryAt: new Date(retryAt) }),
    },
  );
}

/** Whether another run has published since then. */
async function isOvertaken(session: OpenDatabase['session'], id: string): Promise<boolean> {
  return checkResumable(session, id).then(
    () => false,
    (error: unknown) => {
      if (error instanceof PipelineError && error.code === 'usage') return true;
      if (isUnmigrated(error)) return false;
      throw error;
    },
  );
}

function originOf(origins: readonly Manifest[], resource: string): Manifest | undefined {
  return origins.find(({ raw }) => raw[resource] !== undefined);
}

function hasChanges(previews: Readonly<Record<string, ResourcePreview>>): boolean {
  return Object.values(previews).some(
    ({ newly_accepted, newly_rejected, tables }) =>
      newly_accepted.length + newly_rejected.length > 0 ||
      Object.values(tables).some(({ inserted, updated, deleted }) => inserted + updated + deleted > 0),
  );
}
