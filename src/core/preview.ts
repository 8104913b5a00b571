import type { ErrorReport } from './errors.ts';
import type { Pass } from './pull.ts';
import type { Fault, ResourceStatus } from './run.ts';

/** A row that a publish would change, and the cells that it would change in it. */
export type RowChange = {
  readonly kind: 'inserted' | 'updated' | 'deleted';
  readonly key: Readonly<Record<string, unknown>>;
  /** Of an update. */
  readonly cells: readonly { readonly column: string; readonly before: unknown; readonly after: unknown }[];
};

/** What a publish would do to one table, in rows, with the first of each kind. */
export type TableChanges = {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly held: number;
  /** Rows that stay though no record makes them, as their table keeps all; null where only what changed was pulled. */
  readonly kept: number | null;
  readonly changes: readonly RowChange[];
};

/** What to compare, and how many changed rows of each kind to show. */
export type PreviewScope = {
  /** Are rows of which no record came deleted? */
  readonly deletes: boolean;
  /** Look at no rows but those of records that came? */
  readonly touched: boolean;
  readonly sample: number;
};

/** Records that would be judged otherwise than at present. */
export type RejectChanges = {
  readonly newly_accepted: readonly string[];
  readonly newly_rejected: readonly { readonly id: string; readonly errors: readonly Fault[] }[];
};

export type ResourcePreview = RejectChanges & {
  readonly status: ResourceStatus;
  /** Did the pull bring the complete collection, or what had changed? */
  readonly pass: Pass;
  readonly received: number;
  readonly validated: number;
  readonly errored: number;
  readonly tables: Readonly<Record<string, TableChanges>>;
  readonly error: ErrorReport | null;
};
