import type { ClientBase } from 'pg';

import { databaseError } from './errors.ts';
import { readRows, type RowSet } from './read-rows.ts';
import { rows } from './session.ts';
import { columnList, ident } from './sql.ts';

/** Rows that are in memory at a time. */
const FETCHED_ROWS = 5000;

export type ReadableTable = { readonly name: string; readonly columns: readonly string[] };

/** The target's tables, or the tables and views that are named; `missing` are names of none. */
export async function readableTables(
  client: ClientBase,
  schema: string,
  names: readonly string[] | null,
): Promise<{ readonly found: readonly ReadableTable[]; readonly missing: readonly string[] }> {
  const found = await rows<ReadableTable>(
    client,
    `SELECT relname::text AS name, array_agg(attname::text ORDER BY attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
     WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'v', 'm') AND (relname = ANY ($2) OR ($2 IS NULL AND relkind = 'r'))
     GROUP BY relname ORDER BY relname`,
    [ident(schema), names],
  );
  const missing = (names ?? []).filter((name) => found.every((table) => table.name !== name));
  return { found, missing };
}

/** Runs `work` on one state of the database: what others publish meanwhile is not seen. */
export async function inSnapshot<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await work();
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

/** All rows of a table in the order of its first columns, some thousands at a time. Inside of a snapshot only. */
export async function* readTable(
  client: ClientBase,
  { name, columns }: ReadableTable,
): AsyncGenerator<RowSet['rows']> {
  try {
    const order = columns.map((_, index) => index + 1).join(', ');
    await client.query(
      `DECLARE table_rows NO SCROLL CURSOR FOR SELECT ${columnList(columns)} FROM ${ident(name)} ORDER BY ${order}`,
    );
    for (;;) {
      const fetched = await readRows(client, `FETCH ${FETCHED_ROWS} FROM table_rows`);
      if (fetched.rows.length === 0) break;
      yield fetched.rows;
    }
    await client.query('CLOSE table_rows');
  } catch (error) {
    throw databaseError(`read ${name}`, error);
  }
}
