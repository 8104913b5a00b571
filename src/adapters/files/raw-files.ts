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

/** Relative to the folder of a run: `raw/launches/0001.json`. */
export function pagePath(resource: string, page: number): string {
  return join('raw', resource, `${String(page).padStart(4, '0')}.json`);
}

/** The file beside a page that describes how the page was received. */
export function metaPath(path: string): string {
  return path.replace(/\.json$/, '.meta.json');
}

/** The meta file beside a page; null if it is missing or incomplete. */
export async function readMeta(rawPath: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    return JSON.parse(await readFile(metaPath(rawPath), 'utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** The meta file of the first complete page in a folder; null if it is missing or incomplete. */
export async function firstMeta(pages: string): ReturnType<typeof readMeta> {
  const names = (await readdir(pages).catch(() => [])).filter((name) => /^\d+\.meta\.json$/.test(name));
  const [first] = names.toSorted();
  return first === undefined ? null : readMeta(join(pages, first.replace('.meta.json', '.json')));
}

/** What the meta file says about a complete page; null if there is none. */
export async function readPageMeta(
  folder: string,
  resource: string,
  page: number,
): Promise<{ readonly file: RawFile; readonly simulated: boolean | null } | null> {
  const path = pagePath(resource, page);
  // Written by the pipeline alone.
  const meta = (await readMeta(join(folder, path))) as (Partial<RawFile> & { simulated?: boolean }) | null;
  if (meta === null) return null;
  const { url, bytes, sha256, received_by, etag = null, captured_at = null, proof = null } = meta;
  if (url === undefined || bytes === undefined || sha256 === undefined || received_by === undefined)
    return null;
  const file = { path, url, bytes, sha256, etag, received_by, captured_at, proof };
  return { file, simulated: meta.simulated ?? null };
}

/** A raw file according to the ledger, with the folder of its run, on whatever machine that was. */
export type KnownRaw = KeptPage & { readonly run_dir: string };

/** A raw file that exists. `run_id` is the run whose folder contains it. */
export type FoundRaw = { readonly run_id: string; readonly path: string };

/**
 * Finds the bytes of a raw file: in the folder of the run that received them, else of the run that linked them on a
 * 304; first in this data folder, then where the ledger says that the run's folder was. Prefers a file of the expected
 * size, but does not check its hash: `scanRaw` does. Null if there is none.
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

/** What the meta file beside a raw file says about its request. Null where it says nothing. */
export type RawRequest = {
  readonly url: string | null;
  readonly status: number | null;
  readonly etag: string | null;
  /** ISO 8601 UTC: when the body was complete. */
  readonly received_at: string | null;
};

/** Null if the meta file is missing or incomplete. */
export async function readRawRequest(rawPath: string): Promise<RawRequest | null> {
  // Written atomically by the pipeline alone.
  const meta = (await readMeta(rawPath)) as Partial<RawRequest> | null;
  if (meta === null) return null;
  const { url = null, status = null, etag = null, received_at = null } = meta;
  return { url, status, etag, received_at };
}

export type ScannedRaw = {
  /** The first record that matches; null if none does. */
  readonly record: RecordSlice | null;
  /** Of the complete file, to compare with the ledger's. */
  readonly sha256: string;
};

/**
 * Reads a raw file once: looks for a record and hashes every byte. Memory is bounded, except for a page whose records
 * are in a member: those pages are small.
 */
export async function scanRaw(
  path: string,
  options: {
    readonly shape: 'array' | 'object';
    /** The member of the page that holds the records; null if the page itself is the records. */
    readonly member: string | null;
    readonly maxRecordBytes: number;
    /** Is this the record? Gets it as JSON.parse returns it. */
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
      // The file has changed since it was first read: the hash will show it.
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
