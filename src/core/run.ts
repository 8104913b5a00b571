import type { ErrorReport } from './errors.ts';
import type { Pass } from './pull.ts';
import type { DataCheck } from './resource.ts';

export type RunStatus = 'running' | 'succeeded' | 'partial' | 'failed' | 'interrupted';
/**
 * `absent`: no copy of the resource exists at the requested address. `kept`: the resource was published from a
 * different address, and a default run does not replace it.
 */
export type ResourceStatus = 'succeeded' | 'failed' | 'skipped' | 'absent' | 'kept';
export const STEPS = ['extract', 'validate', 'transform', 'load'] as const;
export type Step = (typeof STEPS)[number];

/** One reason why a record was set aside. */
export type ContractFault = {
  /** JSON Pointer into the record; '' is the record itself. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly value: unknown;
};

/** What one publish did to one table, in rows counted by SQL in its transaction. */
export type TableCounts = {
  /**
   * Rows that the run supplied: inserted + updated + unchanged. If the resource was not derived again, nothing was
   * staged, and this is the number of current rows.
   */
  readonly staged: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly held: number;
  readonly live_before: number;
  readonly live_after: number;
  /** A digest of the contents of the current rows, regardless of their order: `<rows>:<sum of hashes>`. */
  readonly digest: string;
  /** Rows that reference a missing row, by referencing column. */
  readonly dangling: Readonly<Record<string, number>>;
  /**
   * True if the current rows and the digest were not counted but updated from the previous run: minus each changed
   * row's old value, plus its new one.
   */
  readonly carried: boolean;
};

/** The counts that a resource reports, taken from its main table. */
export type RowCounts = Pick<TableCounts, 'inserted' | 'updated' | 'unchanged' | 'deleted' | 'held'>;

export function rowCounts({ inserted, updated, unchanged, deleted, held }: TableCounts): RowCounts {
  return { inserted, updated, unchanged, deleted, held };
}

/** What happened to the records of a resource. */
export type RecordCounts = {
  readonly received: number;
  readonly validated: number;
  readonly errored: number;
  /** Valid records that a newer record in the same run supersedes. */
  readonly repeated: number;
};

export const NO_ROWS: TableCounts = {
  staged: 0,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  deleted: 0,
  held: 0,
  live_before: 0,
  live_after: 0,
  digest: '0:0',
  dangling: {},
  carried: false,
};

/** How a preserved copy was proven to be complete: by its original ETag, by a pinned hash, or not at all. */
export type Proof = 'etag' | 'sha256' | 'none';

/** A raw page that a resource's records were read from. Pages count from 1, in list order. */
export type RawFile = {
  /** Relative to the run folder: `raw/launches/0001.json`. */
  readonly path: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly etag: string | null;
  /** The run that received these bytes: an earlier run if the API returned 304. */
  readonly received_by: string;
  /** When a preserved copy was captured: ISO 8601, null if unknown. */
  readonly captured_at: string | null;
  /** Null for a response of the API itself. */
  readonly proof: Proof | null;
};

/** Whether this status leaves the resource's rows unchanged without being a failure. */
export function leavesRows(status: ResourceStatus): boolean {
  return status === 'absent' || status === 'kept';
}

export type StepReport = {
  readonly status: 'succeeded' | 'failed';
  readonly seconds: number;
  readonly count: number;
};

/** What one data check found after a run. */
export type CheckResult = Pick<DataCheck, 'name' | 'severity'> & {
  readonly resource: string;
  /** The number of violating rows; null if the check did not run. */
  readonly count: number | null;
  /**
   * Why the check could not run; also null if it was skipped because a resource that it reads has never been published.
   */
  readonly error: string | null;
};

/** Whether database readers can see what the run loaded. */
export function isPublished<R extends { readonly status: RunStatus }>(
  run: R,
): run is R & { readonly status: 'succeeded' | 'partial' } {
  return run.status === 'succeeded' || run.status === 'partial';
}

/** Whether the check found something or was unable to run. */
export function isFinding({ count, error }: Pick<CheckResult, 'count' | 'error'>): boolean {
  return error !== null || (count ?? 0) > 0;
}

/** Each reference counts as a check. Its dangling rows were counted when the table was published. */
export function danglingChecks(
  resource: string,
  tables: ResourceReport['tables'],
): (CheckResult & { readonly description: string })[] {
  return Object.entries(tables).flatMap(([table, { dangling }]) =>
    Object.entries(dangling).map(([column, count]) => {
      const name = `dangling_${table}_${column}`;
      const description = `${table}.${column} refers to a row that does not exist`;
      return { name, resource, severity: 'warning', count, error: null, description };
    }),
  );
}

/** One resource in one run, as reported by `run --json`, the manifest and the ledger. */
export type ResourceReport = RecordCounts &
  RowCounts & {
    readonly status: ResourceStatus;
    /** Whether the pull returned the complete collection or only changes. */
    readonly pass: Pass;
    readonly not_modified: boolean;
    /** The raw files that its records were read from. Preserved copies may be from different days. */
    readonly pages: readonly RawFile[];
    readonly seconds: number;
    readonly tables: Readonly<Record<string, TableCounts>>;
    readonly error: ErrorReport | null;
  };

/** A run that has begun. */
export type PastRun = RunReport & { readonly run_id: string };

/** The document that `run --json` prints. Times are ISO 8601 UTC. */
export type RunReport = {
  readonly run_id: string | null;
  readonly status: RunStatus;
  readonly source: string | null;
  /** `archive`, `live`, `sandbox` or the base URL. */
  readonly address: string | null;
  /** Null if no response indicated whether its records are simulated. */
  readonly simulated: boolean | null;
  readonly run_dir: string | null;
  /** The job that started the run; null if no job did. */
  readonly job: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly resources: Readonly<Record<string, ResourceReport>>;
  readonly error: ErrorReport | null;
};
