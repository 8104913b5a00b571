import type { ClientBase, QueryResultRow } from 'pg';

import { CANCELLED, sqlState } from './errors.ts';
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

export type ConnectOptions = {
  /** Also once the signal has aborted: to clean up, or to find out what became of a commit. */
  readonly evenAborted?: boolean;
};

/** The database that holds target, staging and ledger. */
export type Database = {
  /** For people: `host/database` or the folder; no secrets. */
  readonly name: string;
  readonly schema: string;
  /** Opens a further session; on the embedded database hands out the one there is. */
  readonly connect: (options?: ConnectOptions) => Promise<Session>;
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

type Settings = Readonly<Record<string, string>>;

/**
 * What every session has, whatever the role, the database or the server has set. What is not here is for the
 * administrator to say: where tables are stored, what memory a statement takes, how durable a commit is, whether the
 * role may write.
 */
const SETTINGS: Settings = {
  // CSV, JSON and digests are made from the text forms of values.
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'iso_8601',
  extra_float_digits: '1',
  bytea_output: 'hex',
  // How our SQL is read: constants with a backslash, NULL in an array, = NULL, and names that format() quotes.
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  // Rows that a policy hides would be missing from every count: the server refuses instead.
  row_security: 'off',
  // Publish takes its locks first and reads then: in a stricter level it would read what was there before.
  default_transaction_isolation: 'read committed',
  // An error that is expected, as of a table that is not there yet, must not end the session.
  exit_on_error: 'off',
  // A run waits for the API and for locks as long as the configuration says.
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_session_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  // Compiling a merge of some forty columns takes longer than it saves.
  jit: 'off',
};

/** What a server has besides: it must soon notice that this program is out of reach, and release its locks. */
export const SERVER_SETTINGS: Settings = {
  tcp_keepalives_idle: '30s',
  tcp_keepalives_interval: '10s',
  tcp_keepalives_count: '3',
  tcp_user_timeout: '60s',
};

const TRIES = 5;

/** Tries again where a limit of the role ended a statement that takes next to no time, as one of a millisecond may. */
export async function despiteLimits<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || sqlState(error) !== CANCELLED) throw error;
    }
  }
}

/** Gives the process id of the backend. */
export async function configureSession(
  client: ClientBase,
  schema: string,
  more: Settings = {},
): Promise<number> {
  const search_path = columnList([schema, ledgerSchema(schema)]);
  const settings = Object.entries({ search_path, ...SETTINGS, ...more });
  return despiteLimits(() => applySettings(client, settings));
}

async function applySettings(
  client: ClientBase,
  settings: readonly (readonly [name: string, value: string])[],
): Promise<number> {
  // On its own: what follows takes longer.
  await client.query('SET statement_timeout = 0');
  // A server that is older does not know all of them.
  const [backend] = await rows<{ pid: number }>(
    client,
    `SELECT pg_backend_pid() AS pid, set_config(name, value, false)
     FROM unnest($1::text[], $2::text[]) AS wanted (name, value) WHERE current_setting(name, true) IS NOT NULL`,
    [settings.map(([name]) => name), settings.map(([, value]) => value)],
  );
  return backend?.pid ?? 0;
}

const EVEN_ABORTED = Symbol('statements that are sent even once the signal has aborted');

/** A client that sends no more statements once the signal has aborted. */
type Interruptible = ClientBase & { readonly [EVEN_ABORTED]: ClientBase };

/** Gives a client the other that `evenAborted` finds. */
export function makeInterruptible(client: ClientBase, uninterrupted: ClientBase): void {
  Object.assign(client, { [EVEN_ABORTED]: uninterrupted });
}

/** The same connection, for what cleans up: its statements are sent even once the signal has aborted. */
export function evenAborted(client: ClientBase): ClientBase {
  return isInterruptible(client) ? client[EVEN_ABORTED] : client;
}

function isInterruptible(client: ClientBase): client is Interruptible {
  return EVEN_ABORTED in client;
}

export function copyStatement(table: readonly string[], columns: readonly string[], from: string): string {
  return `COPY ${ident(...table)} (${columnList(columns)}) FROM ${from} WITH (FORMAT csv)`;
}
