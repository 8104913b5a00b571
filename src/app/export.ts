import { join } from 'node:path';

import { writing as writingFile } from '../adapters/files/writing.ts';
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
import type { HistoryDeps } from './history.ts';
import { emptyHint, readAsItStands } from './read-target.ts';

export const EXPORT_FORMATS = ['csv', 'ndjson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export type ExportedTable = { readonly table: string; readonly file: string; readonly rows: number };

/**
 * Writes tables and views to files, each whole or not at all, all from one state of the database. The order of the rows
 * depends on nothing but the rows, so that the same rows give the same bytes. Without names it is every table of the
 * resources. Throws `usage` for a name that is not there.
 */
export async function exportTables(
  config: SourceConfig,
  request: { readonly tables: readonly string[] | null; readonly format: ExportFormat; readonly out: string },
  deps: HistoryDeps,
): Promise<readonly ExportedTable[]> {
  return readAsItStands(config, 'export', deps, async (opened) => {
    const { database, session } = opened;
    const hint = await emptyHint(opened);
    if (hint !== null) {
      const message = `Cannot export schema ${database.schema}: nothing was ever published`;
      throw new PipelineError(message, { code: 'usage', hint });
    }
    return inSnapshot(session, async () => {
      const { schema } = database;
      const { found, missing } = await readableTables(session, schema, request.tables ?? ownTables(config));
      if (found.length === 0 || (missing.length > 0 && request.tables !== null))
        throw notThere(schema, request.tables === null ? [] : missing);
      if (missing.length > 0) deps.log.warn(`Cannot export ${missing.join(', ')}: not in schema ${schema}`);
      await writing(request.out, () => makeFolder(request.out));
      const written: ExportedTable[] = [];
      for (const table of found) {
        deps.signal.throwIfAborted();
        written.push(await exportTable(session, schema, table, request, deps.signal));
      }
      return written;
    });
  });
}

/** What somebody else keeps in the schema is exported by name alone. */
function ownTables({ source }: SourceConfig): readonly string[] {
  return source.resources.flatMap(({ tables }) => tables.map(({ name }) => name));
}

async function exportTable(
  session: Session,
  schema: string,
  table: ReadableTable,
  { format, out }: { readonly format: ExportFormat; readonly out: string },
  signal: AbortSignal,
): Promise<ExportedTable> {
  const path = join(out, `${safeFileName(table.name)}.${format}`);
  const file = await writing(path, () => createAtomicFile(path));
  const linesOf = (rows: RowSet['rows']): readonly string[] =>
    format === 'csv' ? rows.map((row) => csvLine(row.map(plainCell))) : jsonLines(table.columns, rows);
  let count = 0;
  try {
    if (format === 'csv') await writing(path, () => file.write(Buffer.from(csvLine(table.columns))));
    for await (const rows of readTable(session, schema, table)) {
      signal.throwIfAborted();
      count += rows.length;
      await writing(path, () => file.write(Buffer.from(linesOf(rows).join(''))));
    }
    await writing(path, () => file.commit());
  } finally {
    await file.discard();
  }
  return { table: table.name, file: path, rows: count };
}

function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  return writingFile(path, work, { flag: '--out' });
}

function notThere(schema: string, missing: readonly string[]): PipelineError {
  const what = missing.length === 0 ? 'any table' : missing.join(', ');
  return new PipelineError(`Cannot export ${what}: not in schema ${schema}`, {
    code: 'usage',
    hint: 'A run or migrate up makes the tables that are told by: spacex-pipeline resources',
  });
}
