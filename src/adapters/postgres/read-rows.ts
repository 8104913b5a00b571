import type { ClientBase, QueryArrayConfig } from 'pg';

import { printedParsers } from './value-parsers.ts';

/** What a statement gives, by position: two columns may have one name, and a name may be `__proto__`. */
export type RowSet = {
  readonly columns: readonly string[];
  /** Each with a value for each column. */
  readonly rows: readonly (readonly unknown[])[];
  /** Rows that it returned, or touched where it returns none; null where it does neither. */
  readonly count: number | null;
};

/** One statement: the extended protocol takes no second. */
export async function readRows(
  client: ClientBase,
  text: string,
  values: readonly unknown[] = [],
): Promise<RowSet> {
  const query: QueryArrayConfig & { queryMode: 'extended' } = {
    text,
    values: [...values],
    rowMode: 'array',
    types: printedParsers,
    queryMode: 'extended',
  };
  const { fields, rows, rowCount } = await client.query<unknown[]>(query);
  return {
    columns: fields.map(({ name }) => name),
    rows,
    // Neither SHOW nor EXPLAIN says how many it returned.
    count: fields.length > 0 ? rows.length : rowCount,
  };
}
