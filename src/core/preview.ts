import type { ErrorReport } from './errors.ts';
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
  readonly changes: readonly RowChange[];
};

/** Records that would be judged otherwise than at present. */
export type RejectChanges = {
  readonly newly_accepted: readonly string[];
  readonly newly_rejected: readonly { readonly id: string; readonly errors: readonly Fault[] }[];
};

export type ResourcePreview = RejectChanges & {
  readonly status: ResourceStatus;
  readonly received: number;
  readonly validated: number;
  readonly errored: number;
  readonly tables: Readonly<Record<string, TableChanges>>;
  readonly error: ErrorReport | null;
};
