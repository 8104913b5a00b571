import type { ErrorReport } from './errors.ts';
import type { JobReport } from './job.ts';
import type { DataCheck } from './resource.ts';
import type { RunStatus } from './run.ts';

/** Why a source needs attention. */
export type Reason = {
  readonly code:
    | 'never_succeeded'
    | 'too_old'
    | 'run_failed'
    | 'run_partial'
    | 'books'
    | 'job_failed'
    | 'check_error';
  /** A sentence for people. */
  readonly message: string;
};

/** The state of a source according to the ledger. Times are ISO 8601 UTC. */
export type LedgerStatus = {
  readonly last_success: {
    readonly run_id: string;
    readonly finished_at: string;
    readonly address: string;
    readonly simulated: boolean | null;
  } | null;
  /** The newest run that has ended. */
  readonly last_run: {
    readonly run_id: string;
    readonly status: RunStatus;
    readonly started_at: string;
    readonly finished_at: string | null;
    readonly error: ErrorReport | null;
  } | null;
  /** The newest run, if it is still running or its process died. */
  readonly running: { readonly run_id: string; readonly started_at: string } | null;
  /** Rejects that have not been waived. */
  readonly rejects_open: number;
  /** Rows that were left unchanged because their records broke the contract. */
  readonly held: number;
  /** Data checks that found something when they last ran. */
  readonly checks: Readonly<Record<DataCheck['severity'], number>>;
};

/** In requests; `resets_at` is ISO 8601 UTC. */
export type Quota = { readonly left: number; readonly resets_at: string | null };

export type SourceStatus = LedgerStatus & {
  readonly source: string;
  readonly needs_attention: boolean;
  readonly reasons: readonly Reason[];
  /** Since the end of the last success. */
  readonly age_seconds: number | null;
  /** The maximum age of the last success; null for any age. */
  readonly max_age_seconds: number | null;
  /** The earliest next run of the source's jobs. */
  readonly next_run: string | null;
  readonly jobs: readonly JobReport[];
  /** The requests that the source still allows; null if it has no quota, or the quota is unknown. */
  readonly quota: Quota | null;
};

/** The document that `status` prints. */
export type StatusReport = {
  readonly checked_at: string;
  /** Without secrets. */
  readonly database: string;
  readonly needs_attention: boolean;
  readonly sources: readonly SourceStatus[];
};

export const NO_RUNS: LedgerStatus = {
  last_success: null,
  last_run: null,
  running: null,
  rejects_open: 0,
  held: 0,
  checks: { error: 0, warning: 0, info: 0 },
};
