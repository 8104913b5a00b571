/** A collection whose records are made when asked for. */
export type Collection = {
  readonly name: string;
  readonly count: number;
  readonly id: (index: number) => string;
  readonly indexOf: (id: string) => number | null;
  /** The record as compact JSON text. */
  readonly json: (index: number) => string;
};
