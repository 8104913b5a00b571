import type { Ids } from './ids.ts';

/** A collection that generates its records on demand. */
export type Collection = {
  readonly name: string;
  readonly count: number;
  /** Whether it is a single object instead of an array. */
  readonly isSingle?: true;
  readonly id: (index: number) => string;
  readonly indexOf: (id: string) => number | null;
  /** The record as compact JSON text. */
  readonly json: (index: number) => string;
  /** A number that determines whether a fault affects the record; default: the index. */
  readonly lot?: (index: number) => number;
};

/** A collection that generates its records as objects, in the order of their ids. */
export function collectionOf(
  name: string,
  ids: Ids,
  count: number,
  record: (index: number, id: string) => object,
): Collection {
  return {
    name,
    count,
    id: ids.at,
    indexOf: ids.indexOf,
    json: (index) => JSON.stringify(record(index, ids.at(index))),
  };
}
