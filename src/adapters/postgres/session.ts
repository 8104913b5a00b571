import type { ClientBase, QueryResultRow } from 'pg';

import { columnList, ledgerSchema, ident } from './sql.ts';

/** One connection to the target, set up for this program. On the embedded database all sessions share one. */
export type Session = {
  readonly client: ClientBase;
  /** Rows of CSV bytes without a header into a table: COPY. Gives the number of rows. */
  readonly copyCsv: (
    table: readonly string[],
    columns: readonly string[],
    csv: Uint8Array<ArrayBuffer>,
  ) => Promise<number>;
  readonly close: () => Promise<void>;
};

/** The database that holds target, staging and ledger. */
export type Database = {
  /** For people: `host/database` or the folder; no secrets. */
  readonly name: string;
  readonly schema: string;
  /** Opens a further session; on the embedded database hands out the one there is. */
  readonly connect: () => Promise<Session>;
  readonly close: () => Promise<void>;
};

export async function rows<R extends QueryResultRow>(
  client: ClientBase,
  sql: string,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const result = await client.query<R>(sql, [...values]);
  return result.rows;
}

/** Of a query that always gives one row. */
export async function one<R extends QueryResultRow>(client: ClientBase, sql: string): Promise<R> {
  const [row] = await rows<R>(client, sql);
  if (row === undefined) throw new Error('the database gave no row where one is due');
  return row;
}

/** Runs a statement and gives the number of rows that it touched. */
export async function execute(
  client: ClientBase,
  sql: string,
  values: readonly unknown[] = [],
): Promise<number> {
  const result = await client.query(sql, [...values]);
  return result.rowCount ?? 0;
}

/**
 * Text forms must not depend on the server's settings: CSV and JSON are made from them. Compiling a merge of some
 * forty columns (jit) takes longer than it saves. Rows that a policy would hide would be missing from every count:
 * with row_security off the server refuses instead.
 */
export async function configureSession(client: ClientBase, schema: string): Promise<void> {
  const searchPath = columnList([schema, ledgerSchema(schema)]);
  await client.query(
    `SELECT set_config('search_path', $1, false), set_config('TimeZone', 'UTC', false),
            set_config('DateStyle', 'ISO, YMD', false), set_config('IntervalStyle', 'iso_8601', false),
            set_config('extra_float_digits', '1', false), set_config('bytea_output', 'hex', false),
            set_config('standard_conforming_strings', 'on', false), set_config('jit', 'off', false),
            set_config('row_security', 'off', false)`,
    [searchPath],
  );
}

export function copyStatement(table: readonly string[], columns: readonly string[], from: string): string {
  return `COPY ${ident(...table)} (${columnList(columns)}) FROM ${from} WITH (FORMAT csv)`;
}
