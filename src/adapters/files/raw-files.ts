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

/** Below the folder of a run: `raw/launches/0001.json`. */
export function pagePath(resource: string, page: number): string {
  return join('raw', resource, `${String(page).padStart(4, '0')}.json`);
}

/** The file beside a page: how the page was received. */
export function metaPath(path: string): string {
  return path.replace(/\.json$/, '.meta.json');
}

/** The meta file beside a page; null where there is none that is whole. */
export async function readMeta(rawPath: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    return JSON.parse(await readFile(metaPath(rawPath), 'utf8')) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** The meta file of the first page in a folder of pages that came to its end; null where there is none that is whole. */
export async function firstMeta(pages: string): ReturnType<typeof readMeta> {
  const names = (await readdir(pages).catch(() => [])).filter((name) => /^\d+\.meta\.json$/.test(name));
  const [first] = names.toSorted();
  return first === undefined ? null : readMeta(join(pages, first.replace('.meta.json', '.json')));
}

/** What the meta file says of a page that came to its end; null where there is none. */
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

/** A raw file as the ledger tells of it, with the folder that its run had, on whatever machine. */
export type KnownRaw = KeptPage & { readonly run_dir: string };

/** A raw file that is there. `run_id` is the run in whose folder it is. */
export type FoundRaw = { readonly run_id: string; readonly path: string };

/**
 * The file with the bytes of a raw file: in the folder of the run that received them, else in that of the run which
 * linked them on a 304; in this data folder, else where the ledger says that the run's was. One with the size that
 * is due comes first, but its hash is not checked: `scanRaw` tells it. Null where there is none.
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

/** What the meta file beside a raw file tells of its request. Null for what it does not tell. */
export type RawRequest = {
  readonly url: string | null;
  readonly status: number | null;
  readonly etag: string | null;
  /** ISO 8601 UTC: when the body was whole. */
  readonly received_at: string | null;
};

/** Null where the meta file is not there or not whole. */
export async function readRawRequest(rawPath: string): Promise<RawRequest | null> {
  // Written whole by the pipeline alone.
  const meta = (await readMeta(rawPath)) as Partial<RawRequest> | null;
  if (meta === null) return null;
  const { url = null, status = null, etag = null, received_at = null } = meta;
  return { url, status, etag, received_at };
}

export type ScannedRaw = {
  /** The first record that was looked for, null where there is none. */
  readonly record: RecordSlice | null;
  /** Of the whole file: what to hold against the ledger's. */
  readonly sha256: string;
};

/**
 * Reads a raw file once: looks for a record, and hashes every byte. In bounded memory, but for a page that has its records
 * in a member: those are small.
 */
export async function scanRaw(
  path: string,
  options: {
    readonly shape: 'array' | 'object';
    /** The member of the page that has the records; null where the page itself is them. */
    readonly member: string | null;
    readonly maxRecordBytes: number;
    /** Is this record, as JSON.parse gives it, the one? */
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
      // What was read of it once is not what is there now: the hash will tell.
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
