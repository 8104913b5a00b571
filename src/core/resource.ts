import { isLenient, settle } from './lenient.ts';
import type { Ask } from './paging.ts';
import type { Pull } from './pull.ts';
import type { Schema, Static } from './schema.ts';
import type { Row, RowOf, Table } from './table.ts';

/** What a transform may look at beside its record. */
export type TransformContext = {
  /** When the run began, ISO 8601 UTC: the value of every `stamp` column. */
  readonly transformedAt: string;
  /** The looked-up column of a needed resource's row, or null where that row is not there. */
  readonly lookup: (resource: string, id: string) => string | null;
};

/** Of each needed resource, by name: id → what its looked-up column says. */
export type Lookups = ReadonlyMap<string, ReadonlyMap<string, string | null>>;

/** Rows by table name. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

/** A fact across records that no contract can see. */
export type DataCheck = {
  /** Unique among all resources. */
  readonly name: string;
  /** `error`: the data contradict themselves. `warning`: they look wrong. `info`: worth knowing. */
  readonly severity: 'error' | 'warning' | 'info';
  readonly description: string;
  /** Other resources whose rows it reads: it is left out while one of them was never published. */
  readonly reads?: readonly string[];
  /** SELECT on the target of the rows that break it, as `id` and `detail`, both text. */
  readonly sql: string;
};

/** How a collection is asked for what has changed, page by page. */
export type ResourceChanges = {
  /** The member of a page that holds its records. */
  readonly member: string;
  /** The field of a record that says when it changed. */
  readonly changedAt: string;
  /** Of the request, without its question mark. */
  readonly query: (ask: Ask, settings: { readonly pageSize: number; readonly scope: string }) => string;
};

/** One collection of the API: where it is, what a record must be, what rows it becomes. */
export type Resource = {
  readonly name: string;
  readonly description: string;
  /** Path of the collection below the base URL. */
  readonly path: string;
  /** Is the response an array of records, or one record? */
  readonly shape: 'array' | 'object';
  readonly pull: Pull;
  /** Where it can be asked for what has changed. */
  readonly changes?: ResourceChanges;
  /** Resources that must be loaded before, each with the text column of its main table that `lookup` gives. */
  readonly needs: Readonly<Record<string, string>>;
  /** JSON Schema of one record. Records of an array have an `id`. */
  readonly contract: Schema;
  /** The first is the main one: a row a record, keyed by `id`. */
  readonly tables: readonly [Table, ...Table[]];
  /** Pure: the same record and context give the same rows. */
  // oxlint-disable-next-line typescript/no-explicit-any -- the list of unlike resources; only records that passed `contract` get here
  readonly transform: (record: any, context: TransformContext) => Rows;
  /** Fields of the contract that reach no table, as JSON pointers with `*` for each index, and why. */
  readonly omitted: Readonly<Record<string, string>>;
  readonly checks: readonly DataCheck[];
  /** The column with the time of the event that a record reports; left out where records report none. */
  readonly eventTime?: { readonly table: string; readonly column: string };
  /** A question worth asking of the loaded tables, as SQL. */
  readonly exampleQuery: string;
};

/** Where its code is, from the root of the project. */
export function fileOf(source: string, resource: string): string {
  return `src/sources/${source}/${resource.replaceAll('_', '-')}.ts`;
}

type RowsOf<T extends readonly Table[]> = {
  readonly [K in T[number] as K['name']]: readonly RowOf<K>[];
};

type TimeColumn<T extends Table> = {
  [C in keyof T['columns'] & string]: T['columns'][C]['type'] extends 'timestamptz' | 'date' ? C : never;
}[keyof T['columns'] & string];

/** Any table, with a column of it that holds a time. */
type EventTimeOf<T extends Table> = T extends Table
  ? { readonly table: T['name']; readonly column: TimeColumn<T> }
  : never;

/**
 * Checks at compile time that a transform takes what its contract admits and fills every column of its tables. It gets
 * what a lenient part of the contract expects, or null.
 */
export function defineResource<const C extends Schema, const T extends readonly [Table, ...Table[]]>(
  resource: Omit<Resource, 'contract' | 'tables' | 'transform' | 'eventTime'> & {
    readonly contract: C;
    readonly tables: T;
    readonly transform: (record: Static<C>, context: TransformContext) => RowsOf<T>;
    readonly eventTime?: EventTimeOf<T[number]>;
  },
): Resource {
  const { contract, transform } = resource;
  if (!isLenient(contract)) return resource;
  return { ...resource, transform: (record, context) => transform(settle(contract, record), context) };
}
