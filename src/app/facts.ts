import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { runNames } from '../adapters/files/read-runs.ts';
import { runFolder } from '../adapters/files/run-store.ts';
import { jobEnds, sourceFacts, type JobEnds } from '../adapters/postgres/facts.ts';
import type { SourceConfig } from '../config/for-source.ts';
import type { FolderFacts, SourceFacts } from '../core/facts.ts';
import { PipelineError } from '../core/errors.ts';
import { withEachDatabase } from './database.ts';
import { driftOf } from './drift.ts';
import type { AppDeps } from './runtime.ts';

/** The current facts about the sources and their jobs, from the database. */
export async function readLedgerFacts(
  configs: readonly SourceConfig[],
  jobs: readonly { readonly name: string; readonly source: { readonly name: string } }[],
  dataDir: string,
  deps: AppDeps,
): Promise<{ readonly sources: readonly SourceFacts[]; readonly ends: readonly JobEnds[] }> {
  const options = { ...deps, dataDir, what: 'serve', waitMs: 0 };
  const found = await withEachDatabase(configs, options, async ({ source }, { session }) => {
    const own = jobs.filter((job) => job.source.name === source.name).map(({ name }) => name);
    return { facts: await sourceFacts(session, source), ends: await jobEnds(session, own) };
  });
  return { sources: found.map(({ facts }) => facts), ends: found.flatMap(({ ends }) => ends) };
}

type Drift = FolderFacts['drift'];

/**
 * Reads the facts about the data folder: free space, and the drift in the newest run of each source. Reads the profiles
 * again only after a new run or a change to the newest run's manifest.
 */
export function folderReader(dataDir: string, sources: readonly string[]): () => Promise<FolderFacts> {
  let known: { readonly of: string; readonly drift: Drift } | null = null;
  return async () => {
    const { bavail, blocks, bsize } = await statfs(await existing(dataDir));
    const of = await newestRun(dataDir);
    if (known?.of !== of) known = { of, drift: await readDrift(dataDir, sources) };
    return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize, drift: known.drift };
  };
}

/** Before the first run, the data folder may not exist yet, so this returns the nearest parent folder that does. */
async function existing(folder: string): Promise<string> {
  const above = dirname(folder);
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  return isThere || above === folder ? folder : existing(above);
}

async function newestRun(dataDir: string): Promise<string> {
  const [runId = ''] = await runNames(dataDir);
  const written = await stat(join(runFolder(dataDir, runId), 'run.json')).catch(() => null);
  return `${runId} ${written?.mtimeMs}`;
}

async function readDrift(dataDir: string, sources: readonly string[]): Promise<Drift> {
  const drift = [];
  for (const source of sources) {
    const report = await driftOf(dataDir, [source], null, false).catch(ifNone);
    for (const [resource, { moved }] of Object.entries(report?.resources ?? {}))
      drift.push({ source, resource, findings: moved.length });
  }
  return drift;
}

/** Returns null if no run has left a profile yet, and rethrows any other error. */
function ifNone(error: unknown): null {
  if (error instanceof PipelineError && error.code === 'usage') return null;
  throw error;
}
