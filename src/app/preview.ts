import { randomBytes } from 'node:crypto';

import { withPreviewFolder } from '../adapters/files/run-folders.ts';
import type { LoadedSource } from '../config/for-source.ts';
import { reasonOf, type ErrorReport } from '../core/errors.ts';
import type { ResourcePreview, TableChanges } from '../core/preview.ts';
import type { Resource } from '../core/resource.ts';
import type { RunContext } from '../engine/context.ts';
import { deriveAll } from '../engine/pipeline.ts';
import { uuidv7 } from '../lib/uuidv7.ts';
import { runError } from '../steps/outcome.ts';
import type { Derived } from '../steps/publish.ts';
import type { OpenDatabase } from './runtime.ts';
import { openRun, type RunOptions } from './open-run.ts';
import { hintAt, migrateIfNeeded, prepare } from './prepare.ts';
import type { RunDeps } from './run.ts';
import type { OpenSource } from './source.ts';

/** What a run would do to each resource, and the error that would determine its exit code. */
export type Preview = {
  /** Null if no response indicated it. */
  readonly simulated: boolean | null;
  readonly resources: Readonly<Record<string, ResourcePreview>>;
  readonly error: ErrorReport | null;
};

/** How many changed rows to show for each table and kind of change. */
const SAMPLE = 5;

/** The database, resources and pages for a preview. */
export type PreviewOptions = Pick<RunOptions, 'dag' | 'chosen' | 'readyRaw' | 'runId'> & {
  readonly opened: OpenDatabase;
  /** Whether the database exists only for the preview, so that it may be changed. */
  readonly mayMigrate: boolean;
};

/** Runs `work` with the id of a temporary folder for a preview, and then deletes the folder. */
export function inPreviewFolder<T>(
  dataDir: string,
  { clock }: Pick<RunDeps, 'clock'>,
  work: (runId: string) => Promise<T>,
): Promise<T> {
  return withPreviewFolder(dataDir, uuidv7(clock.now(), randomBytes), work);
}

/**
 * Derives records from the source, or from existing raw files, into staging, compares the rows with the published ones,
 * and discards the staged rows. Locks the schema while it runs, and leaves no trace of the run.
 */
export async function preview(
  { config }: LoadedSource,
  source: OpenSource,
  { mayMigrate, opened, ...own }: PreviewOptions,
  deps: RunDeps,
): Promise<Preview> {
  const prepared = await prepare(
    opened,
    { source: config.source, dag: own.dag, mayMigrate, publishes: false },
    deps,
  );
  const missing = await migrateIfNeeded(opened, prepared, deps);
  const unready = new Map([...missing].map(([name, error]) => [name, hintAt(config, source.dataDir, error)]));
  const startedAt = new Date(deps.clock.now()).toISOString();
  const { lockSeconds } = prepared;
  const options = {
    ...own,
    lockSeconds,
    full: false,
    resumed: false,
    unready,
    startedAt,
    keeps: false,
  };
  return compareAll(await openRun(config, opened, source, options, deps));
}

/** Derives all resources and compares their rows with the published ones, instead of publishing them. */
async function compareAll(context: RunContext): Promise<Preview> {
  const { chosen, kind, log, dag, target } = context;
  const derived = new Map<string, Derived>();
  const resources: Record<string, ResourcePreview> = {};
  try {
    await deriveAll(context, derived);
    const all = dag.resources.flatMap(({ name }) => derived.get(name) ?? []);
    for (const one of all) {
      const { carries, deletes, report, resource, allRead } = one;
      const { errored, received, pass, status, validated, error } = report;
      const scope = { deletes, touched: carries !== null, sample: SAMPLE };
      const found = allRead ? await target.preview(resource, scope) : null;
      resources[resource.name] = {
        status,
        pass,
        received,
        validated,
        errored,
        newly_accepted: found?.rejects.newly_accepted ?? [],
        newly_rejected: found?.rejects.newly_rejected ?? [],
        tables: found?.tables ?? (carries === null ? {} : untouched(resource)),
        error,
      };
    }
    return { simulated: kind.simulated(), resources, error: runError(all, chosen) };
  } finally {
    await target.discard().catch((error: unknown) => {
      log.warn(`Cannot drop the staged rows: ${reasonOf(error)}`);
    });
  }
}

/** Changes that are all zero, for a resource that received no new records. */
function untouched({ tables }: Resource): Readonly<Record<string, TableChanges>> {
  const none = { inserted: 0, updated: 0, unchanged: 0, deleted: 0, held: 0, kept: null, changes: [] };
  return Object.fromEntries(tables.map(({ name }) => [name, none]));
}
