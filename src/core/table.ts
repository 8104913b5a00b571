/** Target tables as plain data: the truth that `npm run migration` writes SQL from. */

export type ColumnType =
  | 'text'
  /**
   * Text that is compared byte by byte, whatever the locale: ids, and words that are part of a key. It sorts faster, and
   * no index of it has to be built again when the system's collations change.
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
  /** What it means, for people: the comment in the database. */
  readonly doc: string;
  /** False: NOT NULL. Default true. */
  readonly nullable?: false;
  /** The table whose `id` this column names. Indexed and counted when it dangles, never enforced. */
  readonly references?: string;
  /** Says when a row was made, not what it says: alone it never makes a row changed, and digests leave it out. */
  readonly stamp?: true;
};

export type Table = {
  readonly name: string;
  /** What a row is, for people: the comment in the database. */
  readonly doc: string;
  readonly key: readonly string[];
  /** The column that holds the id of the record which the row was made from. */
  readonly owner: string;
  /**
   * True: a row is inserted once and then stays, whatever later runs stage; older valid records of an id make rows here,
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

/** A row of a table literal: every column, with the type that its values have. */
export type RowOf<T extends Table> = {
  readonly [C in keyof T['columns']]:
    | ValueOf<T['columns'][C]['type']>
    | (T['columns'][C] extends { readonly nullable: false } ? never : null);
};

/** Columns that the pipeline itself keeps in every target table. */
export const PIPELINE_COLUMNS = {
  _run_id: { type: 'id', nullable: false, doc: 'Run that last changed the row.' },
  _first_run_id: { type: 'id', nullable: false, doc: 'Run that first loaded the row.' },
  _loaded_at: {
    type: 'timestamptz',
    nullable: false,
    doc: 'Time of the last change of the row in this database.',
  },
} as const satisfies Record<string, Column>;

/** The type as SQL, with the collation where it is not the database's. */
export function sqlType(column: Pick<Column, 'type'>): string {
  const collation = collationOf(column);
  return collation === null ? baseType(column) : `${baseType(column)} COLLATE "${collation}"`;
}

/** The type of its values in PostgreSQL. */
export function baseType({ type }: Pick<Column, 'type'>): string {
  return type === 'id' ? 'text' : type;
}

/** Null: that of the database. */
export function collationOf({ type }: Pick<Column, 'type'>): string | null {
  return type === 'id' ? 'C' : null;
}
