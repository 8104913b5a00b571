import type { ErrorReport } from './errors.ts';
import type { JobReport } from './job.ts';
import type { DataCheck } from './resource.ts';
import type { RunStatus } from './run.ts';

/** Why somebody should look at a source. */
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

/** What the ledger of a source says. Times are ISO 8601 UTC. */
export type LedgerStatus = {
  readonly last_success: {
    readonly run_id: string;
    readonly finished_at: string;
    readonly address: string;
    readonly simulated: boolean | null;
  } | null;
  /** The newest that has ended. */
  readonly last_run: {
    readonly run_id: string;
    readonly status: RunStatus;
    readonly started_at: string;
    readonly finished_at: string | null;
    readonly error: ErrorReport | null;
  } | null;
  /** The newest, where it is still running, or its process died. */
  readonly running: { readonly run_id: string; readonly started_at: string } | null;
  /** Records that broke their contract, and nobody has waived. */
  readonly rejects_open: number;
  /** Rows that stay as they were, as their record broke its contract. */
  readonly held: number;
  /** Data checks that found something when they were made last. */
  readonly checks: Readonly<Record<DataCheck['severity'], number>>;
};

/** Of requests; `resets_at` is ISO 8601 UTC. */
export type Quota = { readonly left: number; readonly resets_at: string | null };

export type SourceStatus = LedgerStatus & {
  readonly source: string;
  readonly needs_attention: boolean;
  readonly reasons: readonly Reason[];
  /** Since the end of the last success. */
  readonly age_seconds: number | null;
  /** How old the last success may be; null for any age. */
  readonly max_age_seconds: number | null;
  /** Of all its jobs. */
  readonly next_run: string | null;
  readonly jobs: readonly JobReport[];
  /** What is left to ask of the source; null where it has none, or nobody knows. */
  readonly quota: Quota | null;
};

/** The document of `status`. */
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
