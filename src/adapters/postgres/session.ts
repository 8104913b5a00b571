import pg, { type QueryArrayConfig, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';

import type { SessionLocks } from './process-locks.ts';
import { columnList, ident } from './sql.ts';
import { printedParsers } from './value-parsers.ts';

export type Query = (QueryConfig | QueryArrayConfig) & {
  readonly queryMode?: 'extended';
  /** Where it fails, the transaction that it has begun is rolled back before the next statement. */
  readonly isTransaction?: boolean;
};

/** What the statements of a session are sent over, one at a time. `evenAborted` ones are also once the signal has aborted. */
export type Line = {
  readonly send: (query: Query, evenAborted: boolean) => Promise<QueryResult>;
  /** Gives the number of rows. */
  readonly copy: (copy: Copy, evenAborted: boolean) => Promise<number>;
  /** By which the server knows the connection; 0 where there is no server. */
  readonly processId: () => number;
  /** Among the sessions of this process; null where the server's advisory locks do. */
  readonly locks: SessionLocks | null;
  readonly close: () => Promise<void>;
};

/** Rows of CSV bytes without a header, into a table. */
export type Copy = {
  readonly table: readonly string[];
  readonly columns: readonly string[];
  readonly csv: Uint8Array<ArrayBuffer>;
};

/** What a statement gives, by position: two columns may have one name, and a name may be `__proto__`. */
export type RowSet = {
  readonly columns: readonly string[];
  /** Each with a value for each column. */
  readonly rows: readonly (readonly unknown[])[];
  /** Rows that it returned, or touched where it returns none; null where it does neither. */
  readonly count: number | null;
};

/**
 * One connection to the target, set up for this program, and the only way in which statements are sent over it. On the
 * embedded database all sessions share one.
 */
export class Session {
  readonly #line: Line;
  readonly #evenAborted: boolean;

  constructor(line: Line, evenAborted = false) {
    this.#line = line;
    this.#evenAborted = evenAborted;
  }

  /** The same session for what cleans up: its statements are sent even once the signal has aborted. */
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

  /** Of a query that always gives one row. */
  async one<R extends QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<R> {
    const [row] = await this.rows<R>(sql, values);
    if (row === undefined) throw new Error('the database returned no row where one was expected');
    return row;
  }

  /** Runs a statement and gives the number of rows that it touched. */
  async execute(sql: string, values: readonly unknown[] = []): Promise<number> {
    const { rowCount } = await this.#send({ text: sql, values: [...values] });
    return rowCount ?? 0;
  }

  /** Several statements in one message, which is one transaction. Gives what the last of them returned. */
  async query<R extends QueryResultRow>(sql: string): Promise<QueryResult<R>> {
    const result: QueryResult<R> = await this.#send({ text: sql });
    // For several, pg gives a list.
    return [result].flat().at(-1) ?? result;
  }

  /** One statement, with its values as they are printed: the extended protocol takes no second. */
  async printed(sql: string, values: readonly unknown[] = []): Promise<RowSet> {
    const query = { text: sql, values: [...values], rowMode: 'array' as const, types: printedParsers };
    const { fields, rows, rowCount } = await this.#send({ ...query, queryMode: 'extended' });
    return {
      columns: fields.map(({ name }) => name),
      rows,
      // Neither SHOW nor EXPLAIN says how many it returned.
      count: fields.length > 0 ? rows.length : rowCount,
    };
  }

  /**
   * What another library sends: one statement or several, which may be a transaction of their own, with values as pg
   * itself reads them. Gives what pg gives.
   */
  async foreign(sql: string, values?: readonly unknown[]): Promise<QueryResult | QueryResult[]> {
    const query = { text: sql, types: pg.types, isTransaction: true };
    return this.#send(values === undefined ? query : { ...query, values: [...values] });
  }

  /** COPY. Gives the number of rows. */
  async copyCsv(table: Copy['table'], columns: Copy['columns'], csv: Copy['csv']): Promise<number> {
    return this.#line.copy({ table, columns, csv }, this.#evenAborted);
  }

  async close(): Promise<void> {
    await this.#line.close();
  }

  async #send(query: Query): Promise<QueryResult> {
    // ROLLBACK is how everything is left that was interrupted.
    return this.#line.send(query, this.#evenAborted || query.text === 'ROLLBACK');
  }
}

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
  /**
   * The same database for another schema. It ends with this one; to close it closes nothing else. On the embedded one, a
   * transaction in one schema keeps the statements of all others waiting.
   */
  readonly inSchema: (schema: string) => Database;
  readonly close: () => Promise<void>;
};

export function copyStatement({ table, columns }: Copy, from: string): string {
  return `COPY ${ident(...table)} (${columnList(columns)}) FROM ${from} WITH (FORMAT csv)`;
}
