import type { Ids } from './ids.ts';

/** A collection whose records are made on demand. */
export type Collection = {
  readonly name: string;
  readonly count: number;
  /** It is one object, not an array of them. */
  readonly isSingle?: true;
  readonly id: (index: number) => string;
  readonly indexOf: (id: string) => number | null;
  /** The record as compact JSON text. */
  readonly json: (index: number) => string;
  /** Decides whether a fault hits the record, in place of the index. */
  readonly lot?: (index: number) => number;
};

/** A collection whose records are made as objects, in the order of their ids. */
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
