import { ByteWriter, ParquetWriter } from 'hyparquet-writer';

import { readTable, type ReadableTable } from '../adapters/postgres/read-table.ts';
import type { RowSet, Session } from '../adapters/postgres/session.ts';
import { ident } from '../adapters/postgres/sql.ts';
import { PipelineError } from '../core/errors.ts';

/** Rows per row group. Readers skip or read complete groups, and the writer buffers one group in memory. */
const GROUP_ROWS = 20_000;
/** The maximum number of decimal digits that all Parquet readers support. */
const MOST_DIGITS = 38;

/**
 * Encodes a table as a Parquet file, compressed with Snappy, in chunks of bytes. Integers beyond 2^53 and `numeric`
 * values keep every digit, timestamps are in microseconds in UTC, and lists are JSON. Types that Parquet lacks become
 * text. Throws `usage` for a value that cannot be written: a `numeric` with more than 38 digits, or one that is not
 * finite.
 */
export async function* parquetChunks(
  session: Session,
  schema: string,
  table: ReadableTable,
  counted: (rows: RowSet['rows']) => void,
): AsyncGenerator<Uint8Array> {
  const columns: Column[] = [];
  for (const [index, name] of table.columns.entries())
    columns.push(await columnOf(session, ident(schema, table.name), name, table.types[index] ?? 'text'));
  const bytes = new ByteWriter();
  const file = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: table.name, num_children: columns.length },
      ...columns.map(({ element }) => ({ ...element, repetition_type: 'OPTIONAL' as const })),
    ],
    createdBy: 'spacex-pipeline',
  });
  /** Returns a copy of the bytes written so far, and reuses their buffer. */
  const taken = (): Uint8Array => {
    const chunk = bytes.getBytes().slice();
    bytes.index = 0;
    return chunk;
  };
  let group: RowSet['rows'][number][] = [];
  const writeGroup = (): void => {
    const columnData = columns.map(({ element, parse }, index) => ({
      name: element.name,
      data: group.map((row) => {
        const value = row[index];
        return value === null || value === undefined ? null : parse(value);
      }),
    }));
    void file.write({ columnData, rowGroupSize: GROUP_ROWS }); // a promise only if its writer returns one
    group = [];
  };
  const values = columns.map(({ value }) => value);
  for await (const rows of readTable(session, schema, table, values)) {
    counted(rows);
    group.push(...rows);
    if (group.length < GROUP_ROWS) continue;
    writeGroup();
    yield taken();
  }
  if (group.length > 0) writeGroup();
  void file.finish();
  yield taken();
}

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];

type Column = {
  readonly element: SchemaElement;
  /** The expression to select from the table `t`. */
  readonly value: string;
  readonly parse: (selected: unknown) => unknown;
};

async function columnOf(session: Session, table: string, name: string, is: string): Promise<Column> {
  const column = `t.${ident(name)}`;
  switch (is) {
    case 'boolean':
      return { element: { name, type: 'BOOLEAN' }, value: column, parse: (selected) => selected };
    case 'smallint':
    case 'integer':
      return { element: { name, type: 'INT32' }, value: column, parse: Number };
    case 'bigint':
      return {
        element: { name, type: 'INT64' },
        value: `${column}::text`,
        parse: (selected) => BigInt(String(selected)),
      };
    case 'real':
    case 'double precision':
      return { element: { name, type: 'DOUBLE' }, value: column, parse: Number };
    case 'date':
      return {
        element: { name, type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } },
        value: `${column} - date '1970-01-01'`,
        parse: Number,
      };
    case 'timestamp with time zone':
    case 'timestamp without time zone':
      return {
        element: {
          name,
          type: 'INT64',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: is.includes('with time'), unit: 'MICROS' },
        },
        value: `(extract(epoch FROM ${column}) * 1000000)::bigint::text`,
        parse: (selected) => BigInt(String(selected)),
      };
    case 'bytea':
      return {
        element: { name, type: 'BYTE_ARRAY' },
        value: `encode(${column}, 'hex')`,
        parse: (selected) => Buffer.from(String(selected), 'hex'),
      };
  }
  if (/^numeric\b/.test(is)) return decimal(session, table, name);
  return {
    element: { name, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
    value: is.endsWith('[]') ? `to_json(${column})::text` : `${column}::text`,
    parse: String,
  };
}

/** A decimal column has a single scale: the largest scale of its values. */
async function decimal(session: Session, table: string, name: string): Promise<Column> {
  const column = `t.${ident(name)}`;
  const { digits, finite, scale } = await session.one<{ digits: number; finite: boolean; scale: number }>(
    `SELECT coalesce(max(scale(n)), 0) AS scale, coalesce(max(length(trunc(abs(n))::text)), 0) AS digits,
       count(*) = count(n) AS finite
     FROM (SELECT CASE WHEN ${column} NOT IN ('NaN', 'Infinity', '-Infinity') THEN ${column} END AS n
           FROM ${table} AS t WHERE ${column} IS NOT NULL) finite`,
  );
  if (!finite || digits + scale > MOST_DIGITS) {
    const reason = finite
      ? `it contains numbers with more than ${MOST_DIGITS} digits`
      : 'it contains numbers that are not finite';
    throw new PipelineError(`Cannot export ${name} of ${table} as Parquet: ${reason}`, {
      code: 'usage',
      hint: 'Use --format csv or --format ndjson.',
    });
  }
  return {
    element: {
      name,
      type: 'FIXED_LEN_BYTE_ARRAY',
      type_length: 16,
      converted_type: 'DECIMAL',
      precision: MOST_DIGITS,
      scale,
      logical_type: { type: 'DECIMAL', precision: MOST_DIGITS, scale },
    },
    value: `trunc(${column} * 10::numeric ^ ${scale})::text`,
    parse: (selected) => BigInt(String(selected)),
  };
}
