import { readProvenance, type Provenance } from '../adapters/postgres/provenance.ts';
import { isUnmigrated } from '../adapters/postgres/errors.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError, reportError } from '../core/errors.ts';
import type { Resource } from '../core/resource.ts';
import type { Source } from '../core/source.ts';
import type { Table } from '../core/table.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { suggest } from '../lib/suggest.ts';
import { readTarget } from './read-target.ts';
import { searchKept, searchNewest, type Subject } from './search-raw.ts';
import type { Explanation } from '../output/records.ts';
import type { AppDeps } from './runtime.ts';

/**
 * Explains a row, or a tombstone, of the first source that has it. Tables of several sources can have the same name.
 */
export async function explain(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  tableName: string,
  id: string,
  deps: AppDeps,
): Promise<Explanation> {
  const having = configs.filter((one) => hasTable(one, tableName));
  let failure: unknown = null;
  for (const config of having.length === 0 ? [configs[0]] : having) {
    try {
      return await explainRow(config, tableName, id, deps);
    } catch (error) {
      const isUnknown = reportError(error).code === 'usage';
      if (!isUnknown && !isUnmigrated(error)) throw error;
      // If one source was never loaded, the error from a different source is more informative.
      if (failure === null || (isUnknown && isUnmigrated(failure))) failure = error;
    }
  }
  throw failure;
}

/**
 * Traces a row, or all rows derived from one record, back to the bytes received. Throws `usage` for an unknown table,
 * and for an id with neither a row nor a tombstone.
 */
async function explainRow(
  config: SourceConfig,
  tableName: string,
  id: string,
  deps: AppDeps,
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

function hasTable({ source }: SourceConfig, name: string): boolean {
  return source.resources.some(({ tables }) => tables.some((table) => table.name === name));
}

function findTable({ resources }: Source, name: string): { resource: Resource; table: Table } {
  const all = resources.flatMap((resource) => resource.tables.map((table) => ({ resource, table })));
  const found = all.find(({ table }) => table.name === name);
  if (found !== undefined) return found;
  const known = all.map(({ table }) => table.name);
  const meant = suggest(name, known);
  const reason = meant === null ? `no source has a table with that name` : `did you mean ${meant}?`;
  throw new PipelineError(`Cannot find table ${JSON.stringify(name)}: ${reason}`, {
    code: 'usage',
    hint: 'spacex-pipeline tables',
  });
}

function unknownRow({ id, resource, table }: Subject): PipelineError {
  const [main] = resource.tables;
  const next =
    table.name === main.name
      ? `List the ids with: spacex-pipeline query "SELECT id FROM ${main.name}"`
      : `Not every record has a row in this table. Look in the main table with: spacex-pipeline explain ${main.name} ${shellQuote(id)}`;
  return new PipelineError(
    `Cannot explain ${table.name} ${JSON.stringify(id)}: there is neither a row nor a tombstone with that ${table.owner}`,
    { code: 'usage', hint: next },
  );
}
