import type { ErrorReport } from './errors.ts';
import type { Pass } from './pull.ts';
import type { Fault, ResourceStatus } from './run.ts';

/** A row that a publish would change, with the cells that would change. */
export type RowChange = {
  readonly kind: 'inserted' | 'updated' | 'deleted';
  readonly key: Readonly<Record<string, unknown>>;
  /** Only for an update. */
  readonly cells: readonly { readonly column: string; readonly before: unknown; readonly after: unknown }[];
};

/** What a publish would do to one table: row counts, and the first rows of each kind. */
export type TableChanges = {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly held: number;
  /**
   * Rows that stay although no record produces them, because their table keeps all rows; null if only changes were
   * pulled.
   */
  readonly kept: number | null;
  readonly changes: readonly RowChange[];
};

/** What to compare, and how many changed rows of each kind to show. */
export type PreviewScope = {
  /** Are rows deleted if no record arrived for them? */
  readonly deletes: boolean;
  /** Compare only the rows of records that arrived? */
  readonly touched: boolean;
  readonly sample: number;
};

/** Records that would now be judged differently. */
export type RejectChanges = {
  readonly newly_accepted: readonly string[];
  readonly newly_rejected: readonly { readonly id: string; readonly errors: readonly Fault[] }[];
};

export type ResourcePreview = RejectChanges & {
  readonly status: ResourceStatus;
  /** Did the pull return the complete collection or only changes? */
  readonly pass: Pass;
  readonly received: number;
  readonly validated: number;
  readonly errored: number;
  readonly tables: Readonly<Record<string, TableChanges>>;
  readonly error: ErrorReport | null;
};
