import { isLenient, replaceUnexpected } from './lenient.ts';
import type { PageQuery } from './paging.ts';
import type { Pull } from './pull.ts';
import type { Schema, Static } from './schema.ts';
import type { Row, RowOf, Table } from './table.ts';

/** What a transform may use besides its record. */
export type TransformContext = {
  /** When the run began, ISO 8601 UTC: the value of every `stamp` column. */
  readonly transformedAt: string;
  /** The looked-up column of a needed resource's row; null if there is no such row. */
  readonly lookup: (resource: string, id: string) => string | null;
};

/** For each needed resource, by name: id → the value of its looked-up column. */
export type Lookups = ReadonlyMap<string, ReadonlyMap<string, string | null>>;

/** Rows by table name. */
export type Rows = Readonly<Record<string, readonly Row[]>>;

/** A rule across records that no contract can check. */
export type DataCheck = {
  /** Unique across all resources. */
  readonly name: string;
  /** `error`: the data contradicts itself. `warning`: the data looks wrong. `info`: worth knowing. */
  readonly severity: 'error' | 'warning' | 'info';
  readonly description: string;
  /** Other resources whose rows it reads. The check is skipped until all of them have been published. */
  readonly reads?: readonly string[];
  /** Selects the violating rows from the target, as `id` and `detail`, both text. */
  readonly sql: string;
};

/** How to request the changes in a collection, page by page. */
export type ResourceChanges = {
  /** The member of a page that contains its records. */
  readonly member: string;
  /** The record field that contains the time of the record's last change. */
  readonly changedAt: string;
  /** The query string of the request, without its question mark. */
  readonly query: (ask: PageQuery, settings: { readonly pageSize: number; readonly scope: string }) => string;
};

/** One collection of the API: its path, the contract for a record, and the rows that a record becomes. */
export type Resource = {
  readonly name: string;
  readonly description: string;
  /** The path of the collection, relative to the base URL. */
  readonly path: string;
  /** Whether the response is an array of records or a single record. */
  readonly shape: 'array' | 'object';
  readonly pull: Pull;
  /** Present if the changes in the collection can be requested. */
  readonly changes?: ResourceChanges;
  /** Resources that must be loaded first, each with the text column of its main table that `lookup` returns. */
  readonly needs: Readonly<Record<string, string>>;
  /** JSON Schema of one record. The records of an array have an `id`. */
  readonly contract: Schema;
  /** The first table is the main one: one row per record, keyed by `id`. */
  readonly tables: readonly [Table, ...Table[]];
  /** A pure function: the same record and context always produce the same rows. */
  // oxlint-disable-next-line typescript/no-explicit-any -- a list mixes resources of different types; only records that passed `contract` get here
  readonly transform: (record: any, context: TransformContext) => Rows;
  /**
   * Contract fields that no table stores, as JSON Pointers with `*` for each array index, and the reason for each.
   */
  readonly omitted: Readonly<Record<string, string>>;
  readonly checks: readonly DataCheck[];
  /** The column with the time of the event that a record reports; omitted if records report no events. */
  readonly eventTime?: { readonly table: string; readonly column: string };
  /** An interesting question about the loaded tables, as SQL. */
  readonly exampleQuery: string;
};

/** The path of the resource's code, relative to the project root. */
export function fileOf(source: string, resource: string): string {
  return `src/sources/${source}/${resource.replaceAll('_', '-')}.ts`;
}

type RowsOf<T extends readonly Table[]> = {
  readonly [K in T[number] as K['name']]: readonly RowOf<K>[];
};

type TimeColumn<T extends Table> = {
  [C in keyof T['columns'] & string]: T['columns'][C]['type'] extends 'timestamptz' | 'date' ? C : never;
}[keyof T['columns'] & string];

/** Any table, with one of its time columns. */
type EventTimeOf<T extends Table> = T extends Table
  ? { readonly table: T['name']; readonly column: TimeColumn<T> }
  : never;

/** Fields that are empty by default. */
type Defaulted = 'needs' | 'omitted' | 'checks';

/**
 * Checks at compile time that a transform accepts what its contract allows and fills every column of its tables. For
 * a lenient part of the contract, the transform receives the expected value or null.
 */
export function defineResource<const C extends Schema, const T extends readonly [Table, ...Table[]]>(
  resource: Omit<Resource, Defaulted | 'contract' | 'tables' | 'transform' | 'eventTime'> &
    Partial<Pick<Resource, Defaulted>> & {
      readonly contract: C;
      readonly tables: T;
      readonly transform: (record: Static<C>, context: TransformContext) => RowsOf<T>;
      readonly eventTime?: EventTimeOf<T[number]>;
    },
): Resource {
  const { contract, transform } = resource;
  const complete = { needs: {}, omitted: {}, checks: [], ...resource };
  if (!isLenient(contract)) return complete;
  return {
    ...complete,
    transform: (record, context) => transform(replaceUnexpected(contract, record), context),
  };
}
