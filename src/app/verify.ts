import { existsSync } from 'node:fs';

import { readManifest } from '../adapters/files/read-runs.ts';
import { runFolder } from '../adapters/files/run-store.ts';
import { publishedRawFiles, type PublishedRawFiles } from '../adapters/postgres/published.ts';
import { lastDigest, tableDigest } from '../adapters/postgres/merge.ts';
import type { LoadedSource, SourceConfig } from '../config/for-source.ts';
import { PipelineError, reportError, type ErrorReport } from '../core/errors.ts';
import type { ReadyRaw, RunFolder } from '../core/ports.ts';
import type { TableChanges } from '../core/preview.ts';
import type { Resource } from '../core/resource.ts';
import type { Source } from '../core/source.ts';
import { buildDag } from '../engine/dag.ts';
import { sources } from '../sources/index.ts';
import { dataDirOf } from './data-folders.ts';
import type { OpenDatabase } from './runtime.ts';
import { archivedSource, linkedRaw, type Origin } from './kept-raw.ts';
import { inPreviewFolder, preview, type Preview } from './preview.ts';
import { readTargets } from './read-target.ts';
import type { RunDeps } from './run.ts';
import type { TableVerdict, VerifyReport } from '../output/runs.ts';
import { ifUnmigrated } from './database.ts';

type Derivable = {
  readonly resource: Resource;
  readonly origin: Origin & { readonly address: string | null };
};

/**
 * Compares every published table of the sources in full with its digest in the ledger, and with the rows derived again
 * from its raw files under today's contracts and transforms. Writes nothing to the target.
 */
export async function verifyTargets(
  all: readonly [LoadedSource, ...LoadedSource[]],
  deps: RunDeps,
): Promise<VerifyReport> {
  const configs = all.map(({ config }) => config);
  const reports = await readTargets(configs, 'verify', { ...deps, alone: true }, async (config, opened) => {
    const loaded = all.find((one) => one.config === config) ?? all[0];
    return verifyTarget(loaded, opened, deps);
  });
  const tables = reports.flatMap((report) => report.tables);
  if (tables.length === 0) throw nothingPublished(all[0].config);
  return {
    tables,
    underivable: Object.assign(
      {},
      ...reports.map(({ underivable }) => underivable),
    ) as VerifyReport['underivable'],
    intact: reports.every(({ intact }) => intact),
  };
}

/** The verdict for one source; has no tables if none of them has been published. */
async function verifyTarget(
  configured: LoadedSource,
  opened: OpenDatabase,
  deps: RunDeps,
): Promise<VerifyReport> {
  const { session } = opened;
  const published = await publishedRawFiles(session).catch(ifUnmigrated(null));
  if (published === null) return { tables: [], underivable: {}, intact: true };
  const config = { ...configured.config, dataDir: folderOfRaw(configured.config, published) };
  const loaded = { ...configured, config };
  const { source } = config;
  const underivable: Record<string, string> = {};
  const derivable = await findDerivable(config, published, underivable);
  const found = derivable.length === 0 ? {} : await deriveAgain(loaded, opened, derivable, deps);
  const tables: TableVerdict[] = [];
  for (const resource of loaded.config.source.resources) {
    const derived = found[resource.name];
    const error = derived?.error ?? null;
    if (error !== null) underivable[nameIn(source, resource)] = reasonFor(error);
    for (const table of resource.tables) {
      const digest = await lastDigest(session, table);
      if (digest === null) continue;
      tables.push({
        table: table.name,
        source: source.name,
        resource: resource.name,
        digest,
        digest_now: await tableDigest(session, table),
        ...compared(error === null ? derived?.tables[table.name] : undefined),
      });
    }
  }
  const intact =
    Object.keys(underivable).length === 0 &&
    tables.every(({ digest, digest_now, missing, extra, altered }) => {
      return digest === digest_now && (missing ?? 0) + (extra ?? 0) + (altered ?? 0) === 0;
    });
  return { tables, underivable, intact };
}

function reasonFor({ code, message }: ErrorReport): string {
  return code === 'need' ? 'a resource that it needs could not be derived' : message;
}

/**
 * The data folder to use. On a server, runs keep simulated records in a separate data folder, which is used if only
 * that folder has the raw files.
 */
function folderOfRaw(config: SourceConfig, published: ReadonlyMap<string, PublishedRawFiles>): string {
  const { dataDir, database } = config;
  const inside = dataDirOf(config, 'sandbox');
  if (database.url === null || inside === dataDir) return dataDir;
  const runs = [...published.values()].flatMap(({ pages }) => pages.map(({ received_by }) => received_by));
  const has = (dir: string): boolean => runs.some((run) => existsSync(runFolder(dir, run)));
  return !has(dataDir) && has(inside) ? inside : dataDir;
}

/**
 * The resource's name, prefixed with the source's name unless the source is the default one, because two sources can
 * have resources with the same name.
 */
function nameIn(source: Source, { name }: Resource): string {
  return source === sources[0] ? name : `${source.name}.${name}`;
}

/**
 * The sources with a table that differs from its published state, or with a resource that could not be derived again.
 */
export function damagedSources({ tables, underivable }: VerifyReport): readonly string[] {
  const ofResources = Object.keys(underivable).map(
    (resource) => sources.find(({ name }) => resource.startsWith(`${name}.`))?.name ?? sources[0].name,
  );
  return [...new Set([...tables.filter(isWrong).map(({ source }) => source), ...ofResources])];
}

export function isWrong({ digest, digest_now, rows }: TableVerdict): boolean {
  return digest !== digest_now || rows.length > 0;
}

function nothingPublished({ settings }: SourceConfig): PipelineError {
  return new PipelineError(`Cannot verify schema ${settings.schema}: nothing has been published yet`, {
    code: 'usage',
    hint: 'spacex-pipeline run',
  });
}

function compared(
  changes: TableChanges | undefined,
): Pick<TableVerdict, 'missing' | 'extra' | 'altered' | 'underivable' | 'rows'> {
  if (changes === undefined)
    return { missing: null, extra: null, altered: null, underivable: null, rows: [] };
  const { inserted, updated, deleted, kept, changes: rows } = changes;
  return { missing: inserted, extra: deleted, altered: updated, underivable: kept, rows };
}

/** The published resources whose raw files are available. */
async function findDerivable(
  config: SourceConfig,
  published: ReadonlyMap<string, PublishedRawFiles>,
  underivable: Record<string, string>,
): Promise<Derivable[]> {
  const derivable: Derivable[] = [];
  for (const resource of config.source.resources) {
    const last = published.get(resource.name);
    if (last === undefined) continue;
    if (resource.changes !== undefined) {
      derivable.push({ resource, origin: chainOf(resource, last) });
      continue;
    }
    const origin = await readManifest(config.dataDir, last.run_id).catch(
      (error: unknown) => reportError(error).message,
    );
    if (origin === null)
      underivable[nameIn(config.source, resource)] =
        `the folder of run ${last.run_id} is not in ${config.dataDir}`;
    else if (typeof origin === 'string') underivable[nameIn(config.source, resource)] = origin;
    else
      derivable.push({
        resource,
        origin: { ...origin, raw: { ...origin.raw, [resource.name]: last.pages } },
      });
  }
  return derivable;
}

/** The pages of a chain are in the folders of several runs. The last run's folder may be missing or contain no page. */
function chainOf(
  { name }: Resource,
  { address, pages, run_id, simulated }: PublishedRawFiles,
): Derivable['origin'] {
  return { address, run_id, simulated, resources: {}, raw: { [name]: pages }, chains: { [name]: true } };
}

async function deriveAgain(
  loaded: LoadedSource,
  opened: OpenDatabase,
  derivable: readonly Derivable[],
  deps: RunDeps,
): Promise<Preview['resources']> {
  const { dataDir } = loaded.config;
  const dag = buildDag(
    loaded.config.source.resources,
    derivable.map(({ resource }) => resource.name),
  );
  const source = archivedSource(derivable[0]?.origin ?? { address: null }, dataDir);
  const readyRaw = async (folder: RunFolder, resource: Resource): Promise<ReadyRaw> => {
    const one = derivable.find((other) => other.resource === resource);
    if (one === undefined)
      throw new PipelineError(`Cannot verify ${resource.name}: its raw file is missing`, { code: 'usage' });
    return linkedRaw('verify', one.origin, folder, resource);
  };
  const found = await inPreviewFolder(dataDir, deps, (runId) =>
    preview(loaded, source, { dag, chosen: null, readyRaw, runId, opened, mayMigrate: false }, deps),
  ).catch((error: unknown) => {
    deps.log.warn(reportError(error).message);
    throw error;
  });
  return found.resources;
}
