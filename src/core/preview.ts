import type { ContractFault, ResourceReport, RowCounts } from './run.ts';

/** A row that a publish would change, with the cells that would change. */
export type RowChange = {
  readonly kind: 'inserted' | 'updated' | 'deleted';
  readonly key: Readonly<Record<string, unknown>>;
  /** Only for an update; otherwise empty. */
  readonly cells: readonly { readonly column: string; readonly before: unknown; readonly after: unknown }[];
};

/** What a publish would do to one table: row counts, and the first rows of each kind. */
export type TableChanges = RowCounts & {
  /**
   * Rows that stay although no record produces them, because their table keeps all rows; null if only changes were
   * pulled.
   */
  readonly kept: number | null;
  readonly changes: readonly RowChange[];
};

/** What to compare, and how many changed rows of each kind to show. */
export type PreviewScope = {
  /** Whether rows are deleted if no record arrived for them. */
  readonly deletes: boolean;
  /** Whether to compare only the rows of records that arrived. */
  readonly touched: boolean;
  readonly sample: number;
};

/** Records that would now be judged differently. */
export type RejectChanges = {
  readonly newly_accepted: readonly string[];
  readonly newly_rejected: readonly { readonly id: string; readonly errors: readonly ContractFault[] }[];
};

export type ResourcePreview = RejectChanges &
  Pick<ResourceReport, 'status' | 'pass' | 'received' | 'validated' | 'errored' | 'error'> & {
    readonly tables: Readonly<Record<string, TableChanges>>;
  };
