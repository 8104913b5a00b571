import type { ErrorReport } from './errors.ts';
import type { Pass } from './pull.ts';

export type RunStatus = 'running' | 'succeeded' | 'partial' | 'failed' | 'interrupted';
/** `absent`: no copy of it exists where it was asked for. `kept`: another address published it, and a default run lets it be. */
export type ResourceStatus = 'succeeded' | 'failed' | 'skipped' | 'absent' | 'kept';
export const STEPS = ['extract', 'validate', 'transform', 'load'] as const;
export type Step = (typeof STEPS)[number];

/** One record that was set aside, and why. */
export type Fault = {
  /** JSON Pointer into the record; '' is the record itself. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly value: unknown;
};

/** What one publish did to one table. Rows, counted by SQL in its transaction. */
export type TableCounts = {
  /**
   * Rows that the run brought: inserted + updated + unchanged. Of a resource that was not derived again nothing was
   * copied: it brought what is live.
   */
  readonly staged: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly held: number;
  readonly live_before: number;
  readonly live_after: number;
  /** Of the live rows' contents, whatever their order: `<rows>:<sum of hashes>`. */
  readonly digest: string;
  /** Rows whose reference names no row, by referencing column. */
  readonly dangling: Readonly<Record<string, number>>;
  /** Live rows and digest were not counted, but carried on from the run before: minus what a row was, plus what it is. */
  readonly carried: boolean;
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

/** How a preserved copy was proven to be complete: by its original ETag, by a hash that is pinned, or not at all. */
export type Proof = 'etag' | 'sha256' | 'none';

/** A page of raw that a resource's records were read from. Pages count from 1, in the order of their list. */
export type RawFile = {
  /** Below the run folder: `raw/launches/0001.json`. */
  readonly path: string;
  readonly url: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly etag: string | null;
  /** The run that received these bytes: an earlier one where the API said 304. */
  readonly received_by: string;
  /** Of a preserved copy: ISO 8601, null where nobody knows. */
  readonly captured_at: string | null;
  /** Of a preserved copy; null for a response of the API itself. */
  readonly proof: Proof | null;
};

/** Does it leave the rows of its resource as they are, without being a failure? */
export function leavesRows(status: ResourceStatus): boolean {
  return status === 'absent' || status === 'kept';
}

export type StepReport = {
  readonly status: 'succeeded' | 'failed';
  readonly seconds: number;
  readonly count: number;
};

/** What one data check found after a run. */
export type CheckResult = {
  readonly name: string;
  readonly resource: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** Rows that broke it; null where it was not made. */
  readonly count: number | null;
  /** Why it could not be made; null too where a resource that it reads was never published. */
  readonly error: string | null;
};

/** Is what the run loaded what readers see? */
export function isPublished<R extends { readonly status: RunStatus }>(
  run: R,
): run is R & { readonly status: 'succeeded' | 'partial' } {
  return run.status === 'succeeded' || run.status === 'partial';
}

/** Did it find something, or could it not be made? */
export function isFinding({ count, error }: Pick<CheckResult, 'count' | 'error'>): boolean {
  return error !== null || (count ?? 0) > 0;
}

/** Every reference is a check of its own: its rows were counted when its table was published. */
export function danglingChecks(
  resource: string,
  tables: ResourceReport['tables'],
): (CheckResult & { readonly description: string })[] {
  return Object.entries(tables).flatMap(([table, { dangling }]) =>
    Object.entries(dangling).map(([column, count]) => {
      const name = `dangling_${table}_${column}`;
      const description = `${table}.${column} names a row that is not there`;
      return { name, resource, severity: 'warning', count, error: null, description };
    }),
  );
}

/** One resource in one run: what `run --json`, the manifest and the ledger tell. */
export type ResourceReport = {
  readonly status: ResourceStatus;
  readonly received: number;
  readonly validated: number;
  readonly errored: number;
  /** Valid records of which a newer one came, too. */
  readonly repeated: number;
  /** Did the pull bring the complete collection, or what had changed? */
  readonly pass: Pass;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deleted: number;
  readonly held: number;
  readonly not_modified: boolean;
  /** The raw files that its records were read from. Of preserved copies each may be of another day. */
  readonly pages: readonly RawFile[];
  readonly seconds: number;
  readonly tables: Readonly<Record<string, TableCounts>>;
  readonly error: ErrorReport | null;
};

/** The document that `run --json` prints. Times are ISO 8601 UTC. */
export type RunReport = {
  readonly run_id: string | null;
  readonly status: RunStatus;
  readonly source: string | null;
  /** `archive`, `live`, `sandbox` or the base URL. */
  readonly address: string | null;
  /** Null: no response of it ever said. */
  readonly simulated: boolean | null;
  readonly run_dir: string | null;
  /** The job that it is a run of; null for one that somebody started by hand. */
  readonly job: string | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly resources: Readonly<Record<string, ResourceReport>>;
  readonly error: ErrorReport | null;
};

/** What a resource reports of its main table. */
export function rowCounts(
  counts: TableCounts,
): Pick<ResourceReport, 'inserted' | 'updated' | 'unchanged' | 'deleted' | 'held'> {
  const { inserted, updated, unchanged, deleted, held } = counts;
  return { inserted, updated, unchanged, deleted, held };
}
