/**
 * What can be counted from the start, before anything happens: the first increase of a series shows only if the series
 * begins at 0.
 */
export type Known = {
  readonly sources: readonly {
    readonly name: string;
    readonly resources: readonly { readonly name: string }[];
  }[];
  /** Manual runs have the empty name. */
  readonly jobs: readonly { readonly name: string; readonly source: string }[];
};
