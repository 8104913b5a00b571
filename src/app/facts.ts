import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { runNames } from '../adapters/files/history.ts';
import { runFolder } from '../adapters/files/run-store.ts';
import { jobEnds, sourceFacts, type JobEnds } from '../adapters/postgres/facts.ts';
import type { SourceConfig } from '../config/for-source.ts';
import type { FolderFacts, SourceFacts } from '../core/facts.ts';
import { PipelineError } from '../core/errors.ts';
import { withEachDatabase } from './database.ts';
import { driftOf } from './drift.ts';
import type { HistoryDeps } from './history.ts';

/** What the database says at present of sources, and of how their jobs ended. */
export async function readLedgerFacts(
  configs: readonly SourceConfig[],
  jobs: readonly { readonly name: string; readonly source: { readonly name: string } }[],
  dataDir: string,
  deps: HistoryDeps,
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
 * Reads what the data folder says: how much room there is, and what moved in the newest run of each source. The profiles
 * are read again only when there is another newest run, or its manifest is another.
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

/** The first run makes the folder. */
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

/** No run has left a profile yet. */
function ifNone(error: unknown): null {
  if (error instanceof PipelineError && error.code === 'usage') return null;
  throw error;
}
