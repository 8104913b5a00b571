import { databaseError } from './errors.ts';
import type { RowSet, Session } from './session.ts';
import { columnList, ident } from './sql.ts';

/** The number of rows to fetch at a time. */
const FETCHED_ROWS = 5000;

export type ReadableTable = {
  readonly name: string;
  readonly columns: readonly string[];
  /** The type of each column as PostgreSQL writes it, such as `numeric(10,2)`. For a domain, its base type. */
  readonly types: readonly string[];
  /** Sort expressions over the table as `t`. Rows that compare equal on all of them are identical byte for byte. */
  readonly order: readonly string[];
};

type Found = { readonly name: string; readonly has_key: boolean; readonly columns: readonly Column[] };

type Column = {
  readonly name: string;
  readonly is: string;
  readonly type: 'text' | 'sorted' | 'other';
  /** Its position in the primary key, starting at 0; null if it is not part of the key. */
  readonly key: number | null;
};

/** Finds tables and views by name. `missing` lists the names that match none. */
export async function readableTables(
  session: Session,
  schema: string,
  names: readonly string[],
): Promise<{ readonly found: readonly ReadableTable[]; readonly missing: readonly string[] }> {
  const tables = await session.rows<Found>(TABLES, [ident(schema), names]);
  const found = tables.map(({ name, has_key, columns }) => ({
    name,
    columns: columns.map((column) => column.name),
    types: columns.map((column) => column.is),
    order: has_key ? keyOrder(columns) : wholeOrder(columns),
  }));
  const missing = names.filter((name) => found.every((table) => table.name !== name));
  return { found, missing };
}

/**
 * A primary key does not cover the rows of tables that inherit from this one. Text inside a value, as in jsonb or a
 * range, is sorted by the database's collation, so these types count as unsorted.
 */
const TABLES = `SELECT c.relname::text AS name, bool_or(i.indrelid IS NOT NULL) AS has_key,
    coalesce(json_agg(json_build_object(
      'name', a.attname,
      'is', format_type(coalesce(nullif(y.typbasetype, 0), a.atttypid), a.atttypmod),
      'type', CASE WHEN y.typcategory = 'S' THEN 'text'
                   WHEN y.typtype = 'e' OR o.opcintype IS NOT NULL THEN 'sorted' ELSE 'other' END,
      'key', CASE WHEN array_position(i.indkey::int2[], a.attnum) < i.indnkeyatts
                  THEN array_position(i.indkey::int2[], a.attnum) END
    ) ORDER BY a.attnum) FILTER (WHERE a.attnum IS NOT NULL), '[]') AS columns
  FROM pg_class c
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_type y ON y.oid = a.atttypid
  LEFT JOIN (SELECT DISTINCT opcintype FROM pg_opclass JOIN pg_am m ON m.oid = opcmethod
             WHERE amname = 'btree' AND opcdefault AND opcintype <> 'jsonb'::regtype) o ON o.opcintype = y.oid
  LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND (c.relkind = 'p' OR NOT c.relhassubclass)
  WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relname = ANY ($2)
  GROUP BY c.relname ORDER BY c.relname`;

function keyOrder(columns: readonly Column[]): readonly string[] {
  return columns
    .filter(({ key }) => key !== null)
    .sort((a, b) => (a.key ?? 0) - (b.key ?? 0))
    .map(sortExpression);
}

/**
 * Not every type can be sorted, and values that sort as equal can differ, such as 1.0 and 1.00. The text is therefore
 * the last criterion.
 */
function wholeOrder(columns: readonly Column[]): readonly string[] {
  const names = columns.map(({ name }) => name);
  return [
    ...columns.filter(({ type }) => type !== 'other').map(sortExpression),
    `ROW(${columnList(names, 't')})::text COLLATE "C"`,
  ];
}

/** A language's sort order differs between machines; byte order does not. */
function sortExpression({ name, type }: Column): string {
  return type === 'text' ? `t.${ident(name)}::text COLLATE "C"` : `t.${ident(name)}`;
}

/** Runs `work` on a single snapshot of the database, so that it does not see what other runs publish while it runs. */
export async function inSnapshot<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await work();
  } finally {
    await session.query('ROLLBACK').catch(() => undefined);
  }
}

/**
 * All rows of a table in its order, a few thousand at a time: its columns, or the values of the given expressions over
 * the table as `t`. Must be called in a snapshot.
 */
export async function* readTable(
  session: Session,
  schema: string,
  { name, columns, order }: ReadableTable,
  values: readonly string[] = [columnList(columns, 't')],
): AsyncGenerator<RowSet['rows']> {
  try {
    await session.query(
      `DECLARE table_rows NO SCROLL CURSOR FOR
       SELECT ${values.join(', ')} FROM ${ident(schema, name)} AS t ORDER BY ${order.join(', ')}`,
    );
    for (;;) {
      const fetched = await session.printed(`FETCH ${FETCHED_ROWS} FROM table_rows`);
      if (fetched.rows.length === 0) break;
      yield fetched.rows;
    }
    await session.query('CLOSE table_rows');
  } catch (error) {
    throw databaseError(`read ${name}`, error);
  }
}
