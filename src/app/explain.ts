import { hostname } from 'node:os';
import { join } from 'node:path';

import { findRaw, readRawRequest, scanRaw, type RawRequest } from '../adapters/files/raw-files.ts';
import { readProvenance, type Provenance, type PublishedRaw } from '../adapters/postgres/provenance.ts';
import { isUnmigrated } from '../adapters/postgres/errors.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { loadCheck } from '../core/load-check.ts';
import { PipelineError, reportError } from '../core/errors.ts';
import type { Resource } from '../core/resource.ts';
import type { Fault, RawFile } from '../core/run.ts';
import type { Source } from '../core/source.ts';
import type { Table } from '../core/table.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { suggest } from '../lib/suggest.ts';
import { MAX_RECORD_BYTES } from '../steps/read-page.ts';
import { readId } from '../steps/validate.ts';
import type { HistoryDeps } from './history.ts';
import { readTarget } from './read-target.ts';

/** Where a record stands in a raw file that is kept. */
export type FoundRecord = {
  /** The newest published run that read this body. */
  readonly run_id: string;
  /** The run that received it: an earlier one where the API said 304. */
  readonly received_by: string;
  readonly path: string;
  /** In bytes. */
  readonly offset: number;
  readonly length: number;
  /** Counted from 0 in the response. */
  readonly index: number;
  /** Of the whole file, and as the ledger has it. */
  readonly sha256: string;
  readonly request: RawRequest & Pick<RawFile, 'captured_at' | 'proof'>;
  /** Why it broke its contract, so that an older record is behind the row; null where it did not. */
  readonly errors: readonly Fault[] | null;
  /** Its bytes, which are UTF-8, as text. */
  readonly record: string;
};

/** What the ledger knows of a raw file that cannot be read any more. `path` is where it was. */
export type LostRaw = RawFile & {
  readonly run_id: string;
  readonly host: string;
  /** `elsewhere`: its run was on another machine. `missing`: pruned, or moved. `damaged`: other bytes are there. */
  readonly reason: 'elsewhere' | 'missing' | 'damaged';
};

/** The document that `explain --json` prints. */
export type Explanation = Omit<Provenance, 'published'> & {
  readonly table: string;
  readonly id: string;
  readonly resource: string;
  /** The columns that tell the rows apart. */
  readonly key: readonly string[];
  /** Newest first, up to the first that honours its contract: that one is behind the row. */
  readonly records: readonly FoundRecord[];
  /** Raw files, newer than the last of those, that cannot be read: what the ledger knows of them. */
  readonly lost: readonly LostRaw[];
};

/**
 * The same for the first of these sources that has the row, or a tombstone of it: tables of several may have one name.
 */
export async function explain(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  tableName: string,
  id: string,
  deps: HistoryDeps,
): Promise<Explanation> {
  const having = configs.filter((one) => hasTable(one, tableName));
  let failure: unknown = null;
  for (const config of having.length === 0 ? [configs[0]] : having) {
    try {
      return await explainRow(config, tableName, id, deps);
    } catch (error) {
      const isUnknown = reportError(error).code === 'usage';
      if (!isUnknown && !isUnmigrated(error)) throw error;
      // Where one was never loaded, the other knows more.
      if (failure === null || (isUnknown && isUnmigrated(failure))) failure = error;
    }
  }
  throw failure;
}

type Subject = { readonly resource: Resource; readonly table: Table; readonly id: string };

/**
 * Follows the row of a table, or all rows that one record was made into, back to the bytes that came. Throws `usage`
 * for a table that is none, and for an id of which there is neither a row nor a tombstone.
 */
async function explainRow(
  config: SourceConfig,
  tableName: string,
  id: string,
  deps: HistoryDeps,
): Promise<Explanation> {
  const subject = { ...findTable(config.source, tableName), id };
  const { resource, table } = subject;
  const { published, ...known } = await readTarget(config, 'explain', deps, ({ session }) =>
    readProvenance(session, { resource: resource.name, table }, id),
  );
  const [gone] = known.tombstones;
  if (known.rows.length === 0 && gone === undefined) throw unknownRow(subject);
  // The run that took a row away did so because its record did not come.
  const readBy = published.filter(({ run_id }) => known.rows.length > 0 || run_id < (gone?.run_id ?? ''));
  const found = await searchRaw(config.dataDir, subject, readBy, deps.signal);
  return { table: table.name, id, resource: resource.name, key: table.key, ...known, ...found };
}

async function searchRaw(
  dataDir: string,
  subject: Subject,
  published: readonly PublishedRaw[],
  signal: AbortSignal,
): Promise<Pick<Explanation, 'records' | 'lost'>> {
  const check = await loadCheck(subject.resource.contract);
  const records: FoundRecord[] = [];
  const lost = new Map<string, LostRaw>();
  const searched = new Set<string>();
  for (const one of published.flatMap(pagesOf)) {
    const { sha256 } = one.file;
    if (searched.has(sha256)) continue;
    const result = await searchOne(dataDir, subject, one, signal);
    if (result === 'missing' || result === 'damaged') {
      if (!lost.has(sha256)) lost.set(sha256, lostRaw(one, result));
      continue;
    }
    searched.add(sha256);
    lost.delete(sha256);
    if (result === null) continue;
    const { slice, ...place } = result;
    const errors = slice.parsed.ok ? check(slice.parsed.record) : null;
    records.push({ ...place, errors, record: slice.bytes.toString('utf8') });
    if (errors === null) break;
  }
  return { records, lost: [...lost.values()] };
}

type PublishedPage = Omit<PublishedRaw, 'pages'> & { readonly file: RawFile };

function pagesOf({ pages, ...run }: PublishedRaw): PublishedPage[] {
  return pages.map((file) => ({ ...run, file }));
}

/** Null: the file is whole, and the record is not in it. */
async function searchOne(
  dataDir: string,
  { id, resource: { shape } }: Subject,
  { file, run_id, run_dir }: PublishedPage,
  signal: AbortSignal,
) {
  const found = await findRaw(dataDir, { run_id, run_dir, file });
  if (found === null) return 'missing';
  const { record, sha256 } = await scanRaw(found.path, {
    shape,
    maxRecordBytes: MAX_RECORD_BYTES,
    matches: (candidate) => shape === 'object' || readId(candidate) === id,
    signal,
  });
  if (sha256 !== file.sha256) return 'damaged';
  if (record === null) return null;
  const request = await readRawRequest(found.path);
  return {
    run_id,
    received_by: file.received_by,
    path: found.path,
    offset: record.offset,
    length: record.bytes.length,
    index: record.index,
    sha256,
    request: {
      ...(request ?? { url: file.url, status: null, etag: file.etag, received_at: null }),
      captured_at: file.captured_at,
      proof: file.proof,
    },
    slice: record,
  };
}

function lostRaw({ file, host, run_dir, run_id }: PublishedPage, found: 'missing' | 'damaged'): LostRaw {
  const reason = found === 'missing' && host !== hostname() ? 'elsewhere' : found;
  return { run_id, host, reason, ...file, path: join(run_dir, file.path) };
}

/** Is it a table of the source? */
function hasTable({ source }: SourceConfig, name: string): boolean {
  return source.resources.some(({ tables }) => tables.some((table) => table.name === name));
}

function findTable({ resources }: Source, name: string): { resource: Resource; table: Table } {
  const all = resources.flatMap((resource) => resource.tables.map((table) => ({ resource, table })));
  const found = all.find(({ table }) => table.name === name);
  if (found !== undefined) return found;
  const known = all.map(({ table }) => table.name);
  const meant = suggest(name, known);
  const reason = meant === null ? `known are ${known.join(', ')}` : `did you mean ${meant}?`;
  throw new PipelineError(`Cannot find table ${JSON.stringify(name)}: ${reason}`, {
    code: 'usage',
    hint: 'Its tables are told by: spacex-pipeline resources',
  });
}

function unknownRow({ id, resource, table }: Subject): PipelineError {
  const [main] = resource.tables;
  const next =
    table.name === main.name
      ? `The ids are told by: spacex-pipeline query "SELECT id FROM ${main.name}"`
      : `A record may have no row there. Type: spacex-pipeline explain ${main.name} ${shellQuote(id)}`;
  return new PipelineError(
    `Cannot explain ${table.name} ${JSON.stringify(id)}: there is neither a row nor a tombstone with that ${table.owner}`,
    { code: 'usage', hint: next },
  );
}
