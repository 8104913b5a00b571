/** What can be counted from the start, before anything happens: a series that begins at 0 shows its first increase. */
export type Known = {
  readonly sources: readonly {
    readonly name: string;
    readonly resources: readonly { readonly name: string }[];
  }[];
  /** Runs by hand have the empty name. */
  readonly jobs: readonly { readonly name: string; readonly source: string }[];
};
