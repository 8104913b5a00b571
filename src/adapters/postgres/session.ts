import pg, { type QueryArrayConfig, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';

import type { SessionLocks } from './process-locks.ts';
import { columnList, ident } from './sql.ts';
import { printedParsers } from './value-parsers.ts';

export type Query = (QueryConfig | QueryArrayConfig) & {
  readonly queryMode?: 'extended';
  /** If it fails, its transaction is rolled back before the next statement. */
  readonly isTransaction?: boolean;
};

/** Sends the statements of a session, one at a time; those with `evenAborted` even after the signal has aborted. */
export type Line = {
  readonly send: (query: Query, evenAborted: boolean) => Promise<QueryResult>;
  /** Returns the number of rows. */
  readonly copy: (copy: Copy, evenAborted: boolean) => Promise<number>;
  /** The server's id of the connection; 0 if there is no server. */
  readonly processId: () => number;
  /** Locks among the sessions of this process; null if the server's advisory locks are used. */
  readonly locks: SessionLocks | null;
  readonly close: () => Promise<void>;
};

/** Rows as CSV without a header, copied into a table. */
export type Copy = {
  readonly table: readonly string[];
  readonly columns: readonly string[];
  readonly csv: Uint8Array<ArrayBuffer>;
};

/** The result of a statement, by position: two columns may have the same name, and a name may be `__proto__`. */
export type RowSet = {
  readonly columns: readonly string[];
  /** Each with a value for each column. */
  readonly rows: readonly (readonly unknown[])[];
  /** The number of rows that it returned, or else affected; null if it does neither. */
  readonly count: number | null;
};

/**
 * One connection to the target, configured for this program, and the only way to send statements over it. On the
 * embedded database, all sessions share one connection.
 */
export class Session {
  readonly #line: Line;
  readonly #evenAborted: boolean;

  constructor(line: Line, evenAborted = false) {
    this.#line = line;
    this.#evenAborted = evenAborted;
  }

  /** The same session for cleaning up: its statements are sent even after the signal has aborted. */
  get evenAborted(): Session {
    return new Session(this.#line, true);
  }

  get processId(): number {
    return this.#line.processId();
  }

  get locks(): SessionLocks | null {
    return this.#line.locks;
  }

  async rows<R extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    const result: QueryResult<R> = await this.#send({ text: sql, values: [...values] });
    return result.rows;
  }

  /** For a query that returns one column of texts. */
  async texts(sql: string, values: readonly unknown[] = []): Promise<string[]> {
    const rows = await this.rows<Record<string, string>>(sql, values);
    return rows.flatMap((row) => Object.values(row));
  }

  /** For a query that always returns one row. */
  async one<R extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<R> {
    const [row] = await this.rows<R>(sql, values);
    if (row === undefined) throw new Error('the database returned no row where one was expected');
    return row;
  }

  /** Runs a statement and returns the number of affected rows. */
  async execute(sql: string, values: readonly unknown[] = []): Promise<number> {
    const { rowCount } = await this.#send({ text: sql, values: [...values] });
    return rowCount ?? 0;
  }

  /** Several statements in one message, which is one transaction. Returns the result of the last one. */
  async query<R extends QueryResultRow>(sql: string): Promise<QueryResult<R>> {
    const result: QueryResult<R> = await this.#send({ text: sql });
    // For several statements, pg returns a list.
    return [result].flat().at(-1) ?? result;
  }

  /** One statement, with its values as they are printed: the extended protocol accepts no second statement. */
  async printed(sql: string, values: readonly unknown[] = []): Promise<RowSet> {
    const query = { text: sql, values: [...values], rowMode: 'array' as const, types: printedParsers };
    const { fields, rows, rowCount } = await this.#send({ ...query, queryMode: 'extended' });
    return {
      columns: fields.map(({ name }) => name),
      rows,
      // Neither SHOW nor EXPLAIN reports how many rows it returned.
      count: fields.length > 0 ? rows.length : rowCount,
    };
  }

  /**
   * For another library: one statement or several, which may be a transaction of their own, with values as pg itself
   * parses them. Returns pg's result.
   */
  async foreign(sql: string, values?: readonly unknown[]): Promise<QueryResult | QueryResult[]> {
    const query = { text: sql, types: pg.types, isTransaction: true };
    return this.#send(values === undefined ? query : { ...query, values: [...values] });
  }

  /** COPY. Returns the number of rows. */
  async copyCsv(table: Copy['table'], columns: Copy['columns'], csv: Copy['csv']): Promise<number> {
    return this.#line.copy({ table, columns, csv }, this.#evenAborted);
  }

  async close(): Promise<void> {
    await this.#line.close();
  }

  async #send(query: Query): Promise<QueryResult> {
    // Everything that was interrupted ends with a ROLLBACK.
    return this.#line.send(query, this.#evenAborted || query.text === 'ROLLBACK');
  }
}

export type ConnectOptions = {
  /** Also after the signal has aborted: to clean up, or to find out whether a commit arrived. */
  readonly evenAborted?: boolean;
};

/** The database that holds target, staging and ledger. */
export type Database = {
  /** For people: `host/database` or the folder; no secrets. */
  readonly name: string;
  readonly schema: string;
  /** Opens another session; on the embedded database, sessions share its connection. */
  readonly connect: (options?: ConnectOptions) => Promise<Session>;
  /**
   * The same database for another schema. It ends with this one; closing it closes nothing else. On the embedded
   * database, a transaction in one schema keeps the statements of all others waiting.
   */
  readonly inSchema: (schema: string) => Database;
  readonly close: () => Promise<void>;
};

/**
 * A database whose sessions have connections of their own. Closing it closes all of them; closing it for another schema
 * closes those of that schema. `open` must call `onClose` when its session is closed.
 */
export function openDatabase(
  name: string,
  firstSchema: string,
  open: (schema: string, options: ConnectOptions, onClose: () => void) => Promise<Session>,
): Database {
  const all = new Set<Session>();

  function inSchema(schema: string): Database {
    const own = new Set<Session>();
    return {
      name,
      schema,
      async connect(options = {}) {
        const session = await open(schema, options, () => {
          all.delete(session);
          own.delete(session);
        });
        all.add(session);
        own.add(session);
        return session;
      },
      inSchema,
      close: () => closeAll(own),
    };
  }

  return { ...inSchema(firstSchema), close: () => closeAll(all) };
}

async function closeAll(sessions: Iterable<Session>): Promise<void> {
  await Promise.all([...sessions].map((session) => session.close()));
}

export function copyStatement({ table, columns }: Copy, from: string): string {
  return `COPY ${ident(...table)} (${columnList(columns)}) FROM ${from} WITH (FORMAT csv)`;
}
