import { hostname } from 'node:os';
import { join } from 'node:path';

import { findRaw, readRawRequest, scanRaw } from '../adapters/files/raw-files.ts';
import type { PublishedRun, TargetRow } from '../adapters/postgres/provenance.ts';
import type { Validation } from '../core/validation.ts';
import { loadValidation } from '../core/load-validation.ts';
import type { Resource } from '../core/resource.ts';
import type { RawFile } from '../core/run.ts';
import type { Table } from '../core/table.ts';
import { MAX_RECORD_BYTES } from '../steps/read-page.ts';
import { readId } from '../steps/validate.ts';
import type { FoundRecord, LostRaw } from '../output/records.ts';

/** The record to search for, and the table with its rows. */
export type Subject = { readonly resource: Resource; readonly table: Table; readonly id: string };

export type RawSearch = { readonly records: readonly FoundRecord[]; readonly lost: readonly LostRaw[] };

/**
 * Searches the pages, newest first, for the record that produced the rows. Returns all versions of the record up to the
 * first one that satisfies its contract. `published` is sorted newest first.
 */
export async function searchNewest(
  dataDir: string,
  subject: Subject,
  published: readonly PublishedRun[],
  signal: AbortSignal,
): Promise<RawSearch> {
  const validate = await loadValidation(subject.resource.contract);
  const records: FoundRecord[] = [];
  const lost = new Map<string, LostRaw>();
  const searched = new Set<string>();
  for (const one of published.flatMap((run) => pagesOf(run).toReversed())) {
    const { sha256 } = one.file;
    if (searched.has(sha256)) continue;
    const result = await searchOne(dataDir, subject, validate, one, signal);
    if (result === 'missing' || result === 'damaged') {
      if (!lost.has(sha256)) lost.set(sha256, lostRaw(one, result));
      continue;
    }
    searched.add(sha256);
    lost.delete(sha256);
    if (result === null) continue;
    records.push(result.found);
    if (result.found.errors === null) break;
  }
  return { records, lost: [...lost.values()] };
}

/**
 * Searches for the records that produced the rows of a table that keeps all its rows. Each row comes from the oldest
 * record that produces it, in the pages on which the run that inserted the row was based. Returns the records of the
 * newest rows first.
 */
export async function searchKept(
  dataDir: string,
  subject: Subject,
  rows: readonly TargetRow[],
  published: readonly PublishedRun[],
  signal: AbortSignal,
): Promise<RawSearch & { readonly unproven: readonly TargetRow[] }> {
  const { resource, table } = subject;
  const validate = await loadValidation(resource.contract);
  const found = new Map<TargetRow, FoundRecord>();
  const lost: LostRaw[] = [];
  for (const run of published) {
    // Chains follow one another, so a row belongs to the first chain that ends with the row's run or a later one.
    const before = published[published.indexOf(run) + 1]?.run_id ?? '';
    const own = rows.filter(({ _first_run_id: first }) => first > before && first <= run.run_id);
    const missing = new Map(own.map((row) => [keyOf(table, row), row]));
    const unread: LostRaw[] = [];
    for (const page of pagesOf(run)) {
      const isAfter = ({ _first_run_id: first }: TargetRow): boolean => page.file.received_by > first;
      if ([...missing.values()].every(isAfter)) break;
      const result = await searchOne(dataDir, subject, validate, page, signal);
      if (result === 'missing' || result === 'damaged') {
        unread.push(lostRaw(page, result));
        continue;
      }
      if (result === null || result.found.errors !== null) continue;
      for (const made of resource.transform(result.record, CONTEXT)[table.name] ?? []) {
        const key = keyOf(table, made);
        const row = missing.get(key);
        if (row === undefined || isAfter(row)) continue;
        missing.delete(key);
        found.set(row, result.found);
      }
    }
    if (missing.size > 0) lost.push(...unread);
  }
  const records = new Set(rows.toReversed().flatMap((row) => found.get(row) ?? []));
  return { records: [...records], lost, unproven: rows.filter((row) => !found.has(row)) };
}

/** Only the keys matter here, and they depend neither on lookups nor on the time of the transform. */
const CONTEXT = { transformedAt: new Date(0).toISOString(), lookup: () => null };

/** Returns the same key for a row that was just derived and for the same row read from the database. */
function keyOf({ columns, key }: Table, row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    key.map((column) => {
      const value = row[column];
      return columns[column]?.type === 'timestamptz' ? Date.parse(String(value)) : String(value);
    }),
  );
}

type PublishedPage = Omit<PublishedRun, 'pages'> & { readonly file: RawFile };

/** Oldest first. */
function pagesOf({ pages, ...run }: PublishedRun): PublishedPage[] {
  return pages.map((file) => ({ ...run, file }));
}

/** Null if the file is intact but does not contain the record. */
async function searchOne(
  dataDir: string,
  { id, resource: { changes, shape } }: Subject,
  validate: Validation,
  { file, run_id, run_dir }: PublishedPage,
  signal: AbortSignal,
): Promise<{ readonly found: FoundRecord; readonly record: unknown } | 'missing' | 'damaged' | null> {
  const place = await findRaw(dataDir, { run_id, run_dir, file });
  if (place === null) return 'missing';
  const { record, sha256 } = await scanRaw(place.path, {
    shape,
    member: changes?.member ?? null,
    maxRecordBytes: MAX_RECORD_BYTES,
    matches: (candidate) => shape === 'object' || readId(candidate) === id,
    signal,
  });
  if (sha256 !== file.sha256) return 'damaged';
  if (record === null || !record.parsed.ok) return null;
  const request = await readRawRequest(place.path);
  const found = {
    run_id,
    received_by: file.received_by,
    path: place.path,
    offset: record.offset,
    length: record.bytes.length,
    index: record.index,
    sha256,
    request: {
      ...(request ?? { url: file.url, status: null, etag: file.etag, received_at: null }),
      captured_at: file.captured_at,
      proof: file.proof,
    },
    errors: validate(record.parsed.record),
    record: record.bytes.toString('utf8'),
  };
  return { found, record: record.parsed.record };
}

function lostRaw({ file, host, run_dir, run_id }: PublishedPage, found: 'missing' | 'damaged'): LostRaw {
  const reason = found === 'missing' && host !== hostname() ? 'elsewhere' : found;
  return { run_id, host, reason, ...file, path: join(run_dir, file.path) };
}
