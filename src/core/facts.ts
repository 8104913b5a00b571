import type { JobStatus } from './job.ts';
import type { CheckResult } from './run.ts';

/** The current state of the database, for monitoring. Times are seconds since 1970. */
export type LedgerFacts = {
  readonly sources: readonly SourceFacts[];
  readonly jobs: readonly JobFacts[];
  readonly queue: Readonly<Record<'waiting' | 'running', QueueFacts>>;
};

export type SourceFacts = {
  readonly source: string;
  readonly resources: readonly ResourceFacts[];
  /** How many data checks found rows the last time a run executed them. */
  readonly checks: Readonly<Record<CheckResult['severity'], number>>;
};

export type ResourceFacts = {
  readonly resource: string;
  /** Rejects that have not been waived. */
  readonly open: number;
  /** Rows that the last publish kept because their records broke the contract. */
  readonly held: number;
  /** When the last run that published the resource ended; null if there is none. */
  readonly published: number | null;
  /** The time of the most recent past event that its records report; null if they report none. */
  readonly event: number | null;
};

export type JobFacts = {
  readonly job: string;
  /** When the job last succeeded; null if it never has. */
  readonly succeeded: number | null;
  /** The status of the last attempt that ended and was not postponed; null if there is none. */
  readonly status: EndStatus | null;
  /**
   * The longer of the two intervals before and after the current time in the job's schedule, in seconds; null if the
   * job does not run automatically.
   */
  readonly interval: number | null;
};

export type EndStatus = Exclude<JobStatus, 'running' | 'postponed'>;

/** `age`: how long the oldest entry has been waiting or running, in seconds; 0 if there is none. */
export type QueueFacts = { readonly count: number; readonly age: number };

/** The current state of the data folder. */
export type FolderFacts = {
  readonly freeBytes: number;
  readonly sizeBytes: number;
  /** The drift found in the newest run with a profile. */
  readonly drift: readonly {
    readonly source: string;
    readonly resource: string;
    readonly findings: number;
  }[];
};
