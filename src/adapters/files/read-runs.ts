import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError } from '../../core/errors.ts';
import type { Profile } from '../../core/profile.ts';
import type { ContractFault, PastRun, RawFile } from '../../core/run.ts';
import type { Chain } from '../../core/target.ts';
import { readLines } from '../../lib/lines.ts';
import { isUuidv7 } from '../../lib/uuidv7.ts';
import { readOwnJson } from './own-json.ts';
import { runFolder } from './run-store.ts';

/** The parts of a run's manifest that the history needs. */
export type Manifest = PastRun & {
  readonly host: string;
  readonly pid: number;
  /** The names of the resources that the run was supposed to pull. */
  readonly plan: readonly string[];
  /** The resources that the user selected; null for all. */
  readonly chosen?: readonly string[] | null;
  /** True if the run kept records that had been published from a different address. */
  readonly keeps_others?: boolean;
  /** The run whose raw files this run replayed; null for a pull. */
  readonly origin_run_id?: string | null;
  /** The chains of the resources whose changes are pulled. */
  readonly chains?: Readonly<Record<string, Chain>>;
  /** The configuration by key, with secrets masked. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Pages by resource. */
  readonly raw: Readonly<Record<string, readonly RawFile[]>>;
};

/** The past runs in a data folder, newest first. Skips folders without a readable manifest. */
export async function folderRuns(
  dataDir: string,
  limit: number,
  eligible: (manifest: Manifest) => boolean,
): Promise<Manifest[]> {
  const manifests: Manifest[] = [];
  for (const name of await runNames(dataDir)) {
    if (manifests.length >= limit) break;
    const manifest = await readManifest(dataDir, name).catch(() => null);
    if (manifest !== null && eligible(manifest)) manifests.push(manifest);
  }
  return manifests;
}

/**
 * The manifest of a run; null if the run folder or the manifest does not exist. Throws if the manifest cannot be read.
 */
export async function readManifest(dataDir: string, runId: string): Promise<Manifest | null> {
  const written = await readOwnJson<WrittenManifest>(join(runFolder(dataDir, runId), 'run.json'), {
    hint: 'Restore it from a backup, or pull again with: spacex-pipeline run',
  });
  if (written === null) return null;
  const { address, job = null, raw = {}, source } = written;
  const pages = Object.entries(raw).map(([resource, found]) => [
    resource,
    'path' in found ? [{ ...found, captured_at: null, proof: null }] : found,
  ]);
  return {
    ...written,
    job,
    ...(address === undefined ? { address: source, source: null } : { address }),
    raw: Object.fromEntries(pages),
  };
}

/**
 * A manifest that any version may have written. An older version stored one page per resource and called the address
 * `source`.
 */
type WrittenManifest = Omit<Manifest, 'address' | 'job' | 'raw'> & {
  readonly job?: string | null;
  readonly address?: string | null;
  readonly raw?: Readonly<Record<string, readonly RawFile[] | Omit<RawFile, 'captured_at' | 'proof'>>>;
};

/** The names of run folders, newest first. Skips everything else, such as a folder that is being removed. */
export async function runNames(dataDir: string): Promise<string[]> {
  const names = await readdir(join(dataDir, 'runs')).catch(() => []);
  return names.filter(isUuidv7).toSorted((a, b) => (a < b ? 1 : -1));
}

/** The resources that a run wrote a profile for. */
export async function profiledResources(dataDir: string, runId: string): Promise<string[]> {
  const names = await readdir(join(runFolder(dataDir, runId), 'profile')).catch(() => []);
  return names.flatMap((name) => (name.endsWith('.json') ? name.slice(0, -'.json'.length) : [])).sort();
}

export async function readProfile(dataDir: string, runId: string, resource: string): Promise<Profile | null> {
  return readOwnJson(join(runFolder(dataDir, runId), 'profile', `${resource}.json`), {
    hint: `To continue without the profile of ${resource}, delete that file.`,
  });
}

/** A record that was set aside, as `rejects list --json` prints it. */
export type Reject = {
  readonly resource: string;
  readonly index: number;
  readonly id: string | null;
  readonly errors: readonly ContractFault[];
  /** The record, or its text if it is not valid JSON. */
  readonly record: unknown;
};

/** A run's rejects, grouped by resource, in the order in which they were received. */
export async function* readRejects(
  dataDir: string,
  runId: string,
  resources: readonly string[] | null,
): AsyncGenerator<Reject> {
  const dir = join(runFolder(dataDir, runId), 'errored');
  const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.ndjson')).sort();
  for (const name of names) {
    const of = name.slice(0, -'.ndjson'.length);
    if (resources !== null && !resources.includes(of)) continue;
    const file: AsyncIterable<Buffer> = createReadStream(join(dir, name));
    for await (const line of readLines(file)) yield parseReject(of, line, join(dir, name));
  }
}

type Line = Omit<Reject, 'resource' | 'record'> & { readonly record?: unknown; readonly raw?: string };

function parseReject(resource: string, line: string, path: string): Reject {
  const { index, id, errors, record, raw } = parseLine(line, path);
  return { resource, index, id, errors, record: raw === undefined ? record : raw };
}

function parseLine(line: string, path: string): Line {
  try {
    return JSON.parse(line) as Line; // only the pipeline writes this file
  } catch (error) {
    throw new PipelineError(`Cannot read ${path}: it is damaged`, {
      code: 'internal',
      cause: error,
      hint: 'To list the rejects in the ledger, run: spacex-pipeline rejects list --status all',
    });
  }
}
