import pg, { type QueryArrayConfig, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';

import type { SessionLocks } from './process-locks.ts';
import { columnList, ident } from './sql.ts';
import { printedParsers } from './value-parsers.ts';

export type Query = (QueryConfig | QueryArrayConfig) & {
  readonly queryMode?: 'extended';
  /** If the query fails, its transaction is rolled back before the next statement. */
  readonly isTransaction?: boolean;
};

/**
 * Sends a session's statements, one at a time. Statements with `evenAborted` are sent even after the signal has
 * aborted.
 */
export type Line = {
  readonly send: (query: Query, evenAborted: boolean) => Promise<QueryResult>;
  /** Returns the number of rows. */
  readonly copy: (copy: Copy, evenAborted: boolean) => Promise<number>;
  /** The process id of the server's backend; 0 if there is no server. */
  readonly processId: () => number;
  /** Locks among the sessions of this process; null if the server's advisory locks are used. */
  readonly locks: SessionLocks | null;
  readonly close: () => Promise<void>;
};

/** CSV rows without a header, to be copied into a table. */
export type Copy = {
  readonly table: readonly string[];
  readonly columns: readonly string[];
  readonly csv: Uint8Array<ArrayBuffer>;
};

/**
 * The result of a statement. Values are identified by position, because two columns may have the same name, and a name
 * may be `__proto__`.
 */
export type RowSet = {
  readonly columns: readonly string[];
  /** Each row contains one value per column. */
  readonly rows: readonly (readonly unknown[])[];
  /** The number of returned rows, or of affected rows if the statement returns none; null if neither applies. */
  readonly count: number | null;
};

/**
 * One connection to the target, configured for this program. All statements go through a session. On the embedded
 * database, all sessions share one connection.
 */
export class Session {
  readonly #line: Line;
  readonly #evenAborted: boolean;

  constructor(line: Line, evenAborted = false) {
    this.#line = line;
    this.#evenAborted = evenAborted;
  }

  /** The same session for cleanup. Its statements are sent even after the signal has aborted. */
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

  /** For a query that returns a single text column. */
  async texts(sql: string, values: readonly unknown[] = []): Promise<string[]> {
    const rows = await this.rows<Record<string, string>>(sql, values);
    return rows.flatMap((row) => Object.values(row));
  }

  /** For a query that always returns one row. */
  async one<R extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<R> {
    const [row] = await this.rows<R>(sql, values);
    if (row === undefined) throw new Error('the database returned no row, but one was expected');
    return row;
  }

  /** Runs a statement and returns the number of affected rows. */
  async execute(sql: string, values: readonly unknown[] = []): Promise<number> {
    const { rowCount } = await this.#send({ text: sql, values: [...values] });
    return rowCount ?? 0;
  }

  /** Runs several statements in one message, which is one transaction. Returns the result of the last statement. */
  async query<R extends QueryResultRow>(sql: string): Promise<QueryResult<R>> {
    const result: QueryResult<R> = await this.#send({ text: sql });
    // For several statements, pg returns an array.
    return [result].flat().at(-1) ?? result;
  }

  /**
   * Runs one statement and returns its values as they are printed. The extended protocol accepts no second statement.
   */
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
   * For third-party libraries: runs one or more statements, which may form their own transaction. Returns pg's result,
   * with values as parsed by pg itself.
   */
  async foreign(sql: string, values?: readonly unknown[]): Promise<QueryResult | QueryResult[]> {
    const query = { text: sql, types: pg.types, isTransaction: true };
    return this.#send(values === undefined ? query : { ...query, values: [...values] });
  }

  /** Runs COPY. Returns the number of rows. */
  async copyCsv(table: Copy['table'], columns: Copy['columns'], csv: Copy['csv']): Promise<number> {
    return this.#line.copy({ table, columns, csv }, this.#evenAborted);
  }

  async close(): Promise<void> {
    await this.#line.close();
  }

  async #send(query: Query): Promise<QueryResult> {
    // All interrupted work ends with a ROLLBACK, which is always sent.
    return this.#line.send(query, this.#evenAborted || query.text === 'ROLLBACK');
  }
}

export type ConnectOptions = {
  /** Connects even after the signal has aborted, for cleanup or to find out whether a commit succeeded. */
  readonly evenAborted?: boolean;
};

/** The database that contains the target, staging and ledger. */
export type Database = {
  /** For display: `host/database`, or the folder. Contains no secrets. */
  readonly name: string;
  readonly schema: string;
  /** Opens a new session. On the embedded database, all sessions share a connection. */
  readonly connect: (options?: ConnectOptions) => Promise<Session>;
  /**
   * The same database for a different schema. It closes together with this database, but closing it does not close this
   * database. On the embedded database, a transaction in one schema blocks the statements of all other schemas.
   */
  readonly inSchema: (schema: string) => Database;
  readonly close: () => Promise<void>;
};

/**
 * A database in which each session has its own connection. Closing the database closes all sessions; closing it for a
 * different schema closes only the sessions of that schema. `open` must call `onClose` when its session is closed.
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
