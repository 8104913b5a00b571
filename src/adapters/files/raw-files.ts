import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import type { KeptPage } from '../../core/ports.ts';
import type { RawFile } from '../../core/run.ts';
import { readJsonPage } from '../../lib/json-page.ts';
import { createRecordSplitter, JsonSyntaxError, type RecordSlice } from '../../lib/json-records.ts';
import { runFolder } from './run-store.ts';

const READ_BYTES = 1 << 16;

/** The path of a page relative to its run folder, such as `raw/launches/0001.json`. */
export function pagePath(resource: string, page: number): string {
  return join('raw', resource, `${String(page).padStart(4, '0')}.json`);
}

/** The path of a page's meta file, which describes how the page was received. */
export function metaPath(path: string): string {
  return path.replace(/\.json$/, '.meta.json');
}

/** The contents of a page's meta file; null if the file is missing or incomplete. */
export async function readMeta(rawPath: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    return JSON.parse(await readFile(metaPath(rawPath), 'utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** The contents of the first meta file in a folder; null if there is none or it is incomplete. */
export async function firstMeta(pages: string): ReturnType<typeof readMeta> {
  const names = (await readdir(pages).catch(() => [])).filter((name) => /^\d+\.meta\.json$/.test(name));
  const [first] = names.toSorted();
  return first === undefined ? null : readMeta(join(pages, first.replace('.meta.json', '.json')));
}

/** A complete page according to its meta file; null if that file is missing or incomplete. */
export async function readPageMeta(
  folder: string,
  resource: string,
  page: number,
): Promise<{ readonly file: RawFile; readonly simulated: boolean | null } | null> {
  const path = pagePath(resource, page);
  // Only the pipeline writes this file.
  const meta = (await readMeta(join(folder, path))) as (Partial<RawFile> & { simulated?: boolean }) | null;
  if (meta === null) return null;
  const { url, bytes, sha256, received_by, etag = null, captured_at = null, proof = null } = meta;
  if (url === undefined || bytes === undefined || sha256 === undefined || received_by === undefined)
    return null;
  const file = { path, url, bytes, sha256, etag, received_by, captured_at, proof };
  return { file, simulated: meta.simulated ?? null };
}

/** A raw file according to the ledger, with its run folder, which may have been on a different machine. */
export type KnownRaw = KeptPage & { readonly run_dir: string };

/** A raw file that exists. `run_id` is the run whose folder contains it. */
export type FoundRaw = { readonly run_id: string; readonly path: string };

/**
 * Finds a raw file. Looks in the folder of the run that received the file, then in the folder of the run that linked it
 * after a 304 response. For each run, tries this data folder first, then the data folder recorded in the ledger.
 * Prefers a file of the expected size, but does not check its hash; `scanRaw` does. Returns null if there is no such
 * file.
 */
export async function findRaw(
  dataDir: string,
  { run_id, run_dir, file }: KnownRaw,
): Promise<FoundRaw | null> {
  let wrongSize: FoundRaw | null = null;
  for (const id of new Set([file.received_by, run_id])) {
    for (const folder of new Set([runFolder(dataDir, id), join(dirname(run_dir), id)])) {
      const found = { run_id: id, path: join(folder, file.path) };
      const stats = await stat(found.path).catch(() => null);
      if (stats?.size === file.bytes) return found;
      if (stats !== null) wrongSize ??= found;
    }
  }
  return wrongSize;
}

/** A raw file's request according to its meta file. A value that the meta file does not contain is null. */
export type RawRequest = {
  readonly url: string | null;
  readonly status: number | null;
  readonly etag: string | null;
  /** When the body was complete, in ISO 8601 format (UTC). */
  readonly received_at: string | null;
};

/** Returns null if the meta file is missing or incomplete. */
export async function readRawRequest(rawPath: string): Promise<RawRequest | null> {
  // Only the pipeline writes this file, and it does so atomically.
  const meta = (await readMeta(rawPath)) as Partial<RawRequest> | null;
  if (meta === null) return null;
  const { url = null, status = null, etag = null, received_at = null } = meta;
  return { url, status, etag, received_at };
}

export type ScannedRaw = {
  /** The first matching record; null if there is none. */
  readonly record: RecordSlice | null;
  /** The hash of the complete file, for comparison with the ledger. */
  readonly sha256: string;
};

/**
 * Reads a raw file once: looks for a record and hashes every byte. Memory use is bounded, except for a page that wraps
 * its records in an object, because such pages are small.
 */
export async function scanRaw(
  path: string,
  options: {
    readonly shape: 'array' | 'object';
    /** The page's member that contains the records; null if the page does not wrap them in an object. */
    readonly member: string | null;
    readonly maxRecordBytes: number;
    /** Returns true for the wanted record. Receives each record as parsed by JSON.parse. */
    readonly matches: (record: unknown) => boolean;
    readonly signal: AbortSignal;
  },
): Promise<ScannedRaw> {
  const { matches, member, signal, ...splitting } = options;
  if (member !== null) return scanPage(path, { ...options, member });
  const hash = createHash('sha256');
  const splitter = createRecordSplitter(splitting);
  const isIt = ({ parsed }: RecordSlice): boolean => parsed.ok && matches(parsed.record);
  let record: RecordSlice | null = null;
  let broken = false;
  const file: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: READ_BYTES, signal });
  for await (const chunk of file) {
    hash.update(chunk);
    if (record !== null || broken) continue;
    try {
      record = splitter.push(chunk).find(isIt) ?? null;
    } catch (error) {
      // The file has changed since it was first read. The hash will reveal the change.
      if (!(error instanceof JsonSyntaxError)) throw error;
      broken = true;
    }
  }
  return { record, sha256: hash.digest('hex') };
}

type PageScan = Parameters<typeof scanRaw>[1] & { readonly member: string };

async function scanPage(
  path: string,
  { matches, maxRecordBytes, member, signal }: PageScan,
): Promise<ScannedRaw> {
  const bytes = await readFile(path, { signal });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  try {
    const { records } = readJsonPage(bytes, { maxRecordBytes, member });
    return { sha256, record: records.find(({ parsed }) => parsed.ok && matches(parsed.record)) ?? null };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { sha256, record: null };
  }
}
