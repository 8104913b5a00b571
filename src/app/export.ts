import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { writing as writingFile } from '../adapters/files/writing.ts';
import {
  inSnapshot,
  readableTables,
  readTable,
  type ReadableTable,
} from '../adapters/postgres/read-table.ts';
import type { Session } from '../adapters/postgres/session.ts';
import type { Config } from '../config/load.ts';
import { PipelineError } from '../core/errors.ts';
import { createAtomicFile } from '../lib/atomic-file.ts';
import { createCsvEncoder, type CsvValue } from '../lib/csv.ts';
import type { HistoryDeps } from './history.ts';
import { emptyHint, readAsItStands } from './read-target.ts';

export const EXPORT_FORMATS = ['csv', 'ndjson'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export type ExportedTable = { readonly table: string; readonly file: string; readonly rows: number };

/**
 * Writes tables to files, each whole or not at all, all from one state of the database. Rows are in the order of
 * their columns, so that the same rows give the same bytes. Throws `usage` for a table that is not there.
 */
export async function exportTables(
  config: Config,
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
    return inSnapshot(session.client, async () => {
      const { found, missing } = await readableTables(session.client, database.schema, request.tables);
      if (missing.length > 0 || found.length === 0) throw notThere(database.schema, missing);
      await writing(request.out, () => mkdir(request.out, { recursive: true }));
      const written: ExportedTable[] = [];
      for (const table of found) {
        deps.signal.throwIfAborted();
        written.push(await exportTable(session, table, request, deps.signal));
      }
      return written;
    });
  });
}

async function exportTable(
  { client }: Session,
  table: ReadableTable,
  { format, out }: { readonly format: ExportFormat; readonly out: string },
  signal: AbortSignal,
): Promise<ExportedTable> {
  const path = join(out, `${table.name}.${format}`);
  const file = await writing(path, () => createAtomicFile(path));
  const encoder = createCsvEncoder(table.columns);
  let count = 0;
  try {
    if (format === 'csv') await writing(path, () => file.write(encoder.header()));
    for await (const rows of readTable(client, table)) {
      signal.throwIfAborted();
      count += rows.length;
      await writing(path, () => file.write(format === 'csv' ? csvLines(encoder, rows) : jsonLines(rows)));
    }
    await writing(path, () => file.commit());
  } finally {
    await file.discard();
  }
  return { table: table.name, file: path, rows: count };
}

type Rows = readonly Readonly<Record<string, unknown>>[];

function csvLines(encoder: ReturnType<typeof createCsvEncoder>, rows: Rows): Uint8Array {
  for (const row of rows) {
    encoder.encode(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, csvValue(value)])));
  }
  return encoder.take();
}

function jsonLines(rows: Rows): Uint8Array {
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

function csvValue(value: unknown): CsvValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
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
