import { readProvenance, type Provenance } from '../adapters/postgres/provenance.ts';
import { isUnmigrated } from '../adapters/postgres/errors.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError, reportError } from '../core/errors.ts';
import type { Resource } from '../core/resource.ts';
import type { Source } from '../core/source.ts';
import type { Table } from '../core/table.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { suggest } from '../lib/suggest.ts';
import type { HistoryDeps } from './history.ts';
import { readTarget } from './read-target.ts';
import { searchKept, searchNewest, type FoundRecord, type LostRaw, type Subject } from './search-raw.ts';

/** The document that `explain --json` prints. */
export type Explanation = Omit<Provenance, 'published'> & {
  readonly table: string;
  readonly id: string;
  readonly resource: string;
  /** The columns that tell the rows apart. */
  readonly key: readonly string[];
  /**
   * Newest first, up to the first that honours its contract: that one is behind the row. Of a table that keeps all of its
   * rows, the record behind each.
   */
  readonly records: readonly FoundRecord[];
  /** Raw files in which a newer one, or the one behind a row, may be, and that cannot be read: what the ledger knows. */
  readonly lost: readonly LostRaw[];
  /** Keys of rows of which no raw file that is kept has the record. */
  readonly unproven: readonly Readonly<Record<string, unknown>>[];
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
  if (known.rows.length === 0 && known.tombstones.length === 0) throw unknownRow(subject);
  const found = await searchRaw(config.dataDir, subject, known.rows, published, deps.signal);
  return { table: table.name, id, resource: resource.name, key: table.key, ...known, ...found };
}

async function searchRaw(
  dataDir: string,
  subject: Subject,
  rows: Provenance['rows'],
  published: Provenance['published'],
  signal: AbortSignal,
): Promise<Pick<Explanation, 'records' | 'lost' | 'unproven'>> {
  const { key, keep } = subject.table;
  const keyOf = (row: Provenance['rows'][number]) =>
    Object.fromEntries(key.map((column) => [column, row[column]]));
  if (keep === true && rows.length > 0) {
    const found = await searchKept(dataDir, subject, rows, published, signal);
    return { ...found, unproven: found.unproven.map(keyOf) };
  }
  const found = await searchNewest(dataDir, subject, published, signal);
  const isProven = found.records.some(({ errors }) => errors === null);
  return { ...found, unproven: isProven ? [] : rows.map(keyOf) };
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
    hint: 'Its tables are listed by: spacex-pipeline resources',
  });
}

function unknownRow({ id, resource, table }: Subject): PipelineError {
  const [main] = resource.tables;
  const next =
    table.name === main.name
      ? `The ids are listed by: spacex-pipeline query "SELECT id FROM ${main.name}"`
      : `A record may have no row there. Type: spacex-pipeline explain ${main.name} ${shellQuote(id)}`;
  return new PipelineError(
    `Cannot explain ${table.name} ${JSON.stringify(id)}: there is neither a row nor a tombstone with that ${table.owner}`,
    { code: 'usage', hint: next },
  );
}
