/** Target tables as plain data: the source from which `npm run migration` writes SQL. */

export type ColumnType =
  | 'text'
  /**
   * Text that is compared byte by byte, whatever the locale: ids, and words that are part of a key. It sorts faster,
   * and its indexes need no rebuild when the system's collations change.
   */
  | 'id'
  | 'integer'
  | 'bigint'
  | 'double precision'
  | 'boolean'
  | 'timestamptz'
  | 'date';

export type Column = {
  readonly type: ColumnType;
  /** A description for people: the comment in the database. */
  readonly doc: string;
  /** False: NOT NULL. Default true. */
  readonly nullable?: false;
  /**
   * The table whose `id` this column references. The reference is indexed, and dangling rows are counted, but it is
   * never enforced.
   */
  readonly references?: string;
  /**
   * The column records when a row was made, not its content: it never causes a row to be treated as changed, and
   * digests omit it.
   */
  readonly stamp?: true;
};

export type Table = {
  readonly name: string;
  /** A description of a row, for people: the comment in the database. */
  readonly doc: string;
  readonly key: readonly string[];
  /** The column with the id of the record that the row was made from. */
  readonly owner: string;
  /**
   * True: a row is inserted once and then stays, whatever later runs stage. Older valid records with the same id also
   * produce rows.
   */
  readonly keep?: true;
  readonly columns: Columns;
};

type Columns = Readonly<Record<string, Column>>;

export type Value = string | number | boolean | null;
export type Row = Readonly<Record<string, Value>>;

type ValueOf<T extends ColumnType> = T extends 'boolean'
  ? boolean
  : T extends 'integer' | 'bigint' | 'double precision'
    ? number
    : string;

/** A row for a table literal: every column, with the type of its values. */
export type RowOf<T extends Table> = {
  readonly [C in keyof T['columns']]:
    | ValueOf<T['columns'][C]['type']>
    | (T['columns'][C] extends { readonly nullable: false } ? never : null);
};

/** Columns that are never null, as in `notNull.text('Name.')`. The text describes the column for people. */
export const notNull = columnBuilders({ nullable: false });

/** Columns that may be null. */
export const orNull = columnBuilders({});

function columnBuilders<const N extends Pick<Column, 'nullable'>>(nullability: N) {
  const of =
    <T extends ColumnType>(type: T) =>
    (doc: string, options: Pick<Column, 'references' | 'stamp'> = {}) => ({
      type,
      ...nullability,
      ...options,
      doc,
    });
  return {
    text: of('text'),
    id: of('id'),
    integer: of('integer'),
    bigint: of('bigint'),
    double: of('double precision'),
    boolean: of('boolean'),
    timestamptz: of('timestamptz'),
    date: of('date'),
  };
}

/** The main table of a resource: a row for each record. `doc` describes a row for people. */
export function mainTable<const N extends string, const C extends Columns & { readonly id: Column }>(
  name: N,
  doc: string,
  columns: C,
) {
  return { name, doc, key: ['id'], owner: 'id', columns } as const;
}

/**
 * Returns a function that defines tables for the lists in a record, with a row for each item. The key consists of the
 * columns `owner`, which contains the id of the record, and `position`; both precede the other columns. `record` is
 * what people call a record, such as "landing pad".
 */
export function listTableOf<const O extends string>(owner: O, record: string, ownerDoc = sentence(record)) {
  const ofOwner = { [owner]: notNull.id(ownerDoc) } as Record<O, ReturnType<typeof notNull.id>>;
  const position = notNull.integer(`Position in the ${record}'s list, starting at 0.`);
  return function listTable<const N extends string, const C extends Columns & ColumnsWithout<O | 'position'>>(
    name: N,
    doc: string,
    columns: C,
  ) {
    const key = [owner, 'position'] as const;
    return { name, doc, key, owner, columns: { ...ofOwner, position, ...columns } };
  };
}

type ColumnsWithout<K extends string> = { readonly [C in K]?: never };

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

/** Columns that the pipeline maintains in every target table. */
export const PIPELINE_COLUMNS = {
  _run_id: notNull.id('Run that last changed the row.'),
  _first_run_id: notNull.id('Run that first loaded the row.'),
  _loaded_at: notNull.timestamptz('When the row was last changed in this database.'),
} as const satisfies Columns;

/** The type in SQL, with its collation if it differs from the database's. */
export function sqlType(column: Pick<Column, 'type'>): string {
  const collation = collationOf(column);
  return collation === null ? baseType(column) : `${baseType(column)} COLLATE "${collation}"`;
}

/** The PostgreSQL type of the column's values. */
export function baseType({ type }: Pick<Column, 'type'>): string {
  return type === 'id' ? 'text' : type;
}

/** Null for the database's collation. */
export function collationOf({ type }: Pick<Column, 'type'>): string | null {
  return type === 'id' ? 'C' : null;
}
