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
  /** The table whose `id` this column names. Indexed, and dangling rows are counted, but never enforced. */
  readonly references?: string;
  /** Records when a row was made, not its content: it never makes a row count as changed, and digests leave it out. */
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
   * True: a row is inserted once and then stays, whatever later runs stage. Older valid records of an id produce rows
   * too.
   */
  readonly keep?: true;
  readonly columns: Readonly<Record<string, Column>>;
};

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

/** Columns that the pipeline maintains in every target table. */
export const PIPELINE_COLUMNS = {
  _run_id: { type: 'id', nullable: false, doc: 'Run that last changed the row.' },
  _first_run_id: { type: 'id', nullable: false, doc: 'Run that first loaded the row.' },
  _loaded_at: {
    type: 'timestamptz',
    nullable: false,
    doc: 'Time of the last change of the row in this database.',
  },
} as const satisfies Record<string, Column>;

/** The type as SQL, with its collation if that is not the database's. */
export function sqlType(column: Pick<Column, 'type'>): string {
  const collation = collationOf(column);
  return collation === null ? baseType(column) : `${baseType(column)} COLLATE "${collation}"`;
}

/** The PostgreSQL type of its values. */
export function baseType({ type }: Pick<Column, 'type'>): string {
  return type === 'id' ? 'text' : type;
}

/** Null for the collation of the database. */
export function collationOf({ type }: Pick<Column, 'type'>): string | null {
  return type === 'id' ? 'C' : null;
}
