import { join } from 'node:path';

import { wrapWriteErrors } from '../adapters/files/write-errors.ts';
import {
  inSnapshot,
  readableTables,
  readTable,
  type ReadableTable,
} from '../adapters/postgres/read-table.ts';
import type { RowSet, Session } from '../adapters/postgres/session.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import { createAtomicFile } from '../lib/atomic-file.ts';
import { jsonLines, plainCell } from '../lib/cells.ts';
import { csvLine } from '../lib/csv.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { safeFileName } from '../lib/safe-file-name.ts';
import { suggest } from '../lib/suggest.ts';
import { sources } from '../sources/index.ts';
import { emptyHintOfAll, readAsItStands } from './read-target.ts';
import type { ExportedTable } from '../output/documents.ts';
import type { AppDeps } from './runtime.ts';

export const EXPORT_FORMATS = ['csv', 'ndjson', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export type ExportRequest = {
  /** Null for all tables of the sources. */
  readonly tables: readonly string[] | null;
  readonly format: ExportFormat;
  /** Whether CSV files start with a byte order mark. */
  readonly bom: boolean;
  /** The output folder. */
  readonly out: string;
};

/**
 * Writes tables and views to files, all from a single snapshot of the database. Each file is written completely or not
 * at all. The order of the rows depends only on the rows, so the same rows always produce the same bytes. Without
 * names, exports every table of the sources. Tables of the first schema need no schema in their names; files of any
 * other schema go into a folder with the name of that schema. Throws `usage` for an unknown name.
 */
export async function exportTables(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  request: ExportRequest,
  deps: AppDeps,
): Promise<readonly ExportedTable[]> {
  const [first, ...others] = configs;
  const { schema } = first.settings;
  return readAsItStands(first, 'export', deps, async (opened) => {
    const { session } = opened;
    const hint = await emptyHintOfAll(others, opened);
    if (hint !== null) {
      const message = `Cannot export schema ${schema}: nothing has been published yet`;
      throw new PipelineError(message, { code: 'usage', hint });
    }
    return inSnapshot(session, async () => {
      const written: ExportedTable[] = [];
      for (const one of request.tables === null
        ? configs.map(ownTables)
        : namedTables(configs, request.tables)) {
        const { found, missing } = await readableTables(session, one.schema, one.names);
        if (request.tables !== null && missing.length > 0) throw notThere(one.schema, missing, configs);
        if (missing.length > 0 && found.length > 0)
          deps.log.warn(`Cannot export ${missing.join(', ')}: ${notIn(one.schema, missing)}`);
        const out = one.schema === schema ? request.out : join(request.out, safeFileName(one.schema));
        if (found.length > 0) await wrapOutErrors(out, () => makeFolder(out));
        for (const table of found) {
          deps.signal.throwIfAborted();
          written.push(await exportTable(session, one.schema, table, { ...request, out }, deps.signal));
        }
      }
      if (written.length === 0) throw notThere(schema, [], configs);
      return written;
    });
  });
}

type Named = { readonly schema: string; readonly names: readonly string[] };

/** The tables of a source. Other objects in the schema are exported only if named. */
function ownTables({ settings, source }: SourceConfig): Named {
  const names = source.resources.flatMap(({ tables }) => tables.map(({ name }) => name));
  return { schema: settings.schema, names };
}

/** A name belongs to the first schema, unless it is prefixed with a different one. */
function namedTables(configs: readonly [SourceConfig, ...SourceConfig[]], names: readonly string[]): Named[] {
  const [first, ...others] = configs;
  const prefixOf = ({ settings }: SourceConfig): string => `${settings.schema}.`;
  const ownerOf = (name: string): SourceConfig =>
    others.find((other) => name.startsWith(prefixOf(other))) ?? first;
  return configs.map((config) => {
    const prefix = prefixOf(config);
    const own = names.filter((name) => ownerOf(name) === config);
    return {
      schema: config.settings.schema,
      names: own.map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name)),
    };
  });
}

async function exportTable(
  session: Session,
  schema: string,
  table: ReadableTable,
  { bom, format, out }: ExportRequest,
  signal: AbortSignal,
): Promise<ExportedTable> {
  const path = join(out, `${safeFileName(table.name)}.${format}`);
  const file = await wrapOutErrors(path, () => createAtomicFile(path));
  let count = 0;
  const counted = (rows: RowSet['rows']): void => {
    signal.throwIfAborted();
    count += rows.length;
  };
  const chunks =
    format === 'parquet'
      ? (await import('./parquet.ts')).parquetChunks(session, schema, table, counted)
      : textChunks(session, schema, table, { bom, format }, counted);
  try {
    for await (const bytes of chunks) await wrapOutErrors(path, () => file.write(bytes));
    await wrapOutErrors(path, () => file.commit());
  } finally {
    await file.discard();
  }
  return { table: table.name, file: path, rows: count };
}

async function* textChunks(
  session: Session,
  schema: string,
  table: ReadableTable,
  { bom, format }: { readonly bom: boolean; readonly format: 'csv' | 'ndjson' },
  counted: (rows: RowSet['rows']) => void,
): AsyncGenerator<Uint8Array> {
  if (format === 'csv') yield Buffer.from(`${bom ? '\uFEFF' : ''}${csvLine(table.columns)}`);
  for await (const rows of readTable(session, schema, table)) {
    counted(rows);
    const lines =
      format === 'csv' ? rows.map((row) => csvLine(row.map(plainCell))) : jsonLines(table.columns, rows);
    yield Buffer.from(lines.join(''));
  }
}

function wrapOutErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  return wrapWriteErrors(path, work, { flag: '--out' });
}

function notIn(schema: string, missing: readonly string[]): string {
  if (missing.length === 0) return `there are no tables in schema ${schema}`;
  return `${missing.length === 1 ? 'it is' : 'they are'} not in schema ${schema}`;
}

function notThere(
  schema: string,
  missing: readonly string[],
  [, other]: readonly [SourceConfig, ...SourceConfig[]],
): PipelineError {
  const [first] = missing;
  const what = first === undefined ? 'any table' : missing.join(', ');
  const known = sources.flatMap(({ resources }) => resources.flatMap(({ tables }) => tables));
  const meant =
    first === undefined
      ? null
      : suggest(
          first,
          known.map(({ name }) => name),
        );
  const elsewhere =
    other === undefined
      ? ''
      : `For a table of a different source, include the schema, such as ${other.settings.schema}.NAME. `;
  return new PipelineError(
    `Cannot export ${what}: ${notIn(schema, missing)}${meant === null || meant === first ? '' : `; did you mean ${meant}?`}`,
    { code: 'usage', hint: `${elsewhere}List the tables and views with: spacex-pipeline tables` },
  );
}
