import { join } from 'node:path';

import { readManifest, runNames, type Manifest } from '../adapters/files/read-runs.ts';
import { firstMeta } from '../adapters/files/raw-files.ts';
import { isAlive } from '../adapters/files/run-folders.ts';
import { runFolder } from '../adapters/files/run-store.ts';
import type { SourceConfig } from '../config/for-source.ts';
import type { ErrorCode } from '../core/errors.ts';
import { parseServerUrl, userOf } from '../lib/server-url.ts';
import { sources } from '../sources/index.ts';

/**
 * The errors after which a pull can continue, because the pages that arrived are complete and nothing is wrong with
 * them.
 */
const CUT_OFF: ReadonlySet<ErrorCode | null> = new Set(['source', 'database', 'interrupted', null]);

/**
 * The newest run with pages from an incremental pull that did not finish. The next run continues it, so that nothing is
 * requested twice. Null if there is none, or if a later run has published. `scope` is the scope of the next pull; null
 * matches any scope.
 */
export async function unfinishedPull(
  config: SourceConfig,
  dataDir: string,
  scope: string | null,
): Promise<string | null> {
  const { source } = config;
  if (source.changes === null) return null;
  for (const runId of await runNames(dataDir)) {
    const manifest = await readManifest(dataDir, runId).catch(() => null);
    if (manifest?.source !== source.name || !isOurs(manifest, config)) continue;
    if (manifest.status === 'succeeded' || manifest.status === 'partial') return null;
    const pulled = await scopeOfPages(config, dataDir, manifest);
    if (pulled === null) continue;
    return isCutOff(manifest) && (scope === null || pulled === scope) ? runId : null;
  }
  return null;
}

function isCutOff(manifest: Manifest): boolean {
  if (manifest.status === 'running' && isAlive(manifest)) return false;
  const { error, resources } = manifest;
  const codes = [error, ...Object.values(resources).map((one) => one.error)].map((one) => one?.code ?? null);
  return codes.every((code) => CUT_OFF.has(code));
}

/**
 * The scope of the pull whose pages are in the run's folder. Null if the run pulled no page itself: the pages of a
 * replay belong to a different run.
 */
async function scopeOfPages(
  { source }: SourceConfig,
  dataDir: string,
  { run_id }: Manifest,
): Promise<string | null> {
  for (const { name } of source.resources) {
    const meta = await firstMeta(join(runFolder(dataDir, run_id), 'raw', name));
    const pull = meta?.['pull'] as { readonly scope?: string } | undefined; // only the pipeline writes it
    if (pull?.scope !== undefined) return pull.scope;
  }
  return null;
}

/** Whether the run used this configuration's database and schema. The user name does not matter. */
export function isOurs(
  { config: own = {}, source: of }: Pick<Manifest, 'config' | 'source'>,
  { database, settings, source }: SourceConfig,
): boolean {
  if (sources.some((other) => other !== source && other.name === of)) return false;
  return (
    own[`sources.${source.name}.schema`] === settings.schema &&
    placeOf(own['database.url']) === placeOf(database.url)
  );
}

/** The host, port and database in a URL. A null URL means the embedded database in the data folder. */
function placeOf(text: unknown): string | null {
  if (text === null) return 'embedded';
  if (typeof text !== 'string') return null;
  const url = parseServerUrl(text);
  if (url === null) return null;
  const { hostname, port, pathname, searchParams } = url;
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : hostname);
  const name = pathname === '' || pathname === '/' ? `/${userOf(text) ?? ''}` : pathname;
  return `${host}:${searchParams.get('port') ?? (port === '' ? '5432' : port)}${name}`;
}
