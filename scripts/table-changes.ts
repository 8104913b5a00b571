import { literal } from '../src/adapters/postgres/sql.ts';
import type { ColumnState, Reading, TableState } from './table-state.ts';

/**
 * SQL that changes tables from one state to another, formatted as a person would write it; empty if the states are the
 * same. Does not change views: a comment names the views that prevent a change.
 */
export function changeSql(
  from: readonly TableState[],
  to: readonly TableState[],
  views: readonly Reading[],
): string {
  const dropped = from.filter(({ name }) => named(to, name) === undefined);
  const parts = [
    dropTables(dropped, views),
    ...to.map((table) => {
      const before = named(from, table.name);
      return before === undefined ? createTable(table) : alterTable(before, table, views);
    }),
  ];
  return parts
    .filter((statements) => statements.length > 0)
    .map((statements) => statements.join('\n'))
    .join('\n\n');
}

function dropTables(tables: readonly TableState[], views: readonly Reading[]): string[] {
  if (tables.length === 0) return [];
  // In reverse order of creation, so that a table is dropped before the tables that it references.
  const names = tables.map(({ name }) => name).toReversed();
  const readers = views.filter(({ table }) => names.includes(table));
  return [...viewNote(readers), `${wrapped('DROP TABLE', names)};`];
}

function createTable(table: TableState): string[] {
  const only = table.key.length === 1 ? table.key[0] : undefined;
  const lines = table.columns.map((column) =>
    column.name === only ? `${typed(column)} PRIMARY KEY` : defined(column),
  );
  if (table.key.length > 1) lines.push(`PRIMARY KEY (${table.key.join(', ')})`);
  return [
    `CREATE TABLE ${table.name} (\n  ${lines.join(',\n  ')}\n);`,
    ...createIndexes([], table),
    ...changeComments(null, table),
  ];
}

function alterTable(before: TableState, table: TableState, views: readonly Reading[]): string[] {
  const gone = before.columns.filter(({ name }) => named(table.columns, name) === undefined);
  const added = table.columns.filter(({ name }) => named(before.columns, name) === undefined);
  const kept = table.columns.flatMap((column) => {
    const old = named(before.columns, column.name);
    return old === undefined ? [] : [{ old, column }];
  });
  const retyped = kept.filter(({ old, column }) => typeOf(old) !== typeOf(column));
  const loosened = kept.filter(({ old, column }) => old.nullable !== column.nullable);
  const isRekeyed = before.key.join() !== table.key.join();
  const actions = [
    ...(isRekeyed && before.key.length > 0 ? [`DROP CONSTRAINT ${table.name}_pkey`] : []),
    ...gone.map(({ name }) => `DROP COLUMN ${name}`),
    ...retyped.map(({ old, column }) => {
      const using = old.type === column.type ? '' : ` USING ${column.name}::${column.type}`;
      return `ALTER COLUMN ${column.name} TYPE ${typeOf(column)}${using}`;
    }),
    ...loosened.map(
      ({ column: { name, nullable } }) => `ALTER COLUMN ${name} ${nullable ? 'DROP' : 'SET'} NOT NULL`,
    ),
    ...added.map((column) => `ADD COLUMN ${defined(column)}`),
    ...(isRekeyed && table.key.length > 0 ? [`ADD PRIMARY KEY (${table.key.join(', ')})`] : []),
  ];
  const changed = [...gone, ...retyped.map(({ column }) => column)].map(({ name }) => name);
  const touched = new Set([...changed, ...(isRekeyed ? before.key : [])]);
  const readers = views.filter((one) => one.table === table.name && touched.has(one.column));
  return [
    ...viewNote(readers),
    ...rowsNote(table, added),
    ...dropIndexes(before, table),
    ...(actions.length === 0 ? [] : [`ALTER TABLE ${table.name}\n  ${actions.join(',\n  ')};`]),
    ...createIndexes(before.indexes, table),
    ...changeComments(before, table),
  ];
}

/** PostgreSQL drops the indexes of a dropped column. */
function dropIndexes(before: TableState, { columns, indexes }: TableState): string[] {
  return before.indexes
    .filter(({ name, column }) => named(indexes, name) === undefined && named(columns, column) !== undefined)
    .map(({ name }) => `DROP INDEX ${name};`);
}

function createIndexes(before: TableState['indexes'], { name: table, indexes }: TableState): string[] {
  return indexes
    .filter(({ name }) => named(before, name) === undefined)
    .map(({ name, column }) => `CREATE INDEX ${name} ON ${table} (${column});`);
}

function changeComments(before: TableState | null, { name: table, comment, columns }: TableState): string[] {
  const changed = columns.filter(
    ({ name, comment: own }) => (named(before?.columns ?? [], name)?.comment ?? null) !== own,
  );
  return [
    ...((before?.comment ?? null) === comment ? [] : [`COMMENT ON TABLE ${table} IS ${text(comment)};`]),
    ...changed.map(({ name, comment: own }) => `COMMENT ON COLUMN ${table}.${name} IS ${text(own)};`),
  ];
}

function named<T extends { readonly name: string }>(some: readonly T[], name: string): T | undefined {
  return some.find((one) => one.name === name);
}

function defined(column: ColumnState): string {
  return column.nullable ? typed(column) : `${typed(column)} NOT NULL`;
}

function typed(column: ColumnState): string {
  return `${column.name} ${typeOf(column)}`;
}

function typeOf({ type, collation }: ColumnState): string {
  return collation === null ? type : `${type} COLLATE "${collation}"`;
}

function text(comment: string | null): string {
  return comment === null ? 'NULL' : literal(comment);
}

function viewNote(readers: readonly Reading[]): string[] {
  const names = [...new Set(readers.map(({ view }) => view))];
  if (names.length === 0) return [];
  return [
    `-- Views read what changes here: drop them first and create them again below. ${names.join(', ')}`,
  ];
}

function rowsNote({ name }: TableState, added: readonly ColumnState[]): string[] {
  const filled = added.filter(({ nullable }) => !nullable).map((column) => column.name);
  if (filled.length === 0) return [];
  return [`-- Fails if ${name} has rows: they have no ${filled.join(', ')}.`];
}

const WIDTH = 110;

/** `start a, b, c`, wrapped to lines of this width. */
function wrapped(start: string, names: readonly string[]): string {
  const lines: string[] = [];
  let line = start;
  names.forEach((name, at) => {
    const word = at === names.length - 1 ? name : `${name},`;
    if (line.length + word.length < WIDTH) {
      line += ` ${word}`;
    } else {
      lines.push(line);
      line = `  ${word}`;
    }
  });
  return [...lines, line].join('\n');
}
