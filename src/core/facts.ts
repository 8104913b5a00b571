import type { JobStatus } from './job.ts';
import type { CheckResult } from './run.ts';

/** What the database says at present, for those who watch. Times are seconds since 1970. */
export type LedgerFacts = {
  readonly sources: readonly SourceFacts[];
  readonly jobs: readonly JobFacts[];
  readonly queue: Readonly<Record<'waiting' | 'running', QueueFacts>>;
};

export type SourceFacts = {
  readonly source: string;
  readonly resources: readonly ResourceFacts[];
  /** How many data checks found rows after the newest run that made any. */
  readonly checks: Readonly<Record<CheckResult['severity'], number>>;
};

export type ResourceFacts = {
  readonly resource: string;
  /** Rejects that nobody has waived. */
  readonly open: number;
  /** Rows that the last publish kept, as their records broke the contract. */
  readonly held: number;
  /** The end of the last run that published it; null: none did. */
  readonly published: number | null;
  /** The newest event that its records report, of those in the past; null where they report none. */
  readonly event: number | null;
};

export type JobFacts = {
  readonly job: string;
  /** The end of its last success; null: it never had one. */
  readonly succeeded: number | null;
  /** How its last try ended, other than one that was postponed; null: none ever ended. */
  readonly status: EndStatus | null;
  /** The longer of the waits between ticks of its schedule around now, in seconds; null where it does not run by itself. */
  readonly interval: number | null;
};

export type EndStatus = Exclude<JobStatus, 'running' | 'postponed'>;

/** `age`: seconds that the oldest one has waited or run; 0 where there is none. */
export type QueueFacts = { readonly count: number; readonly age: number };

/** What the data folder says. */
export type FolderFacts = {
  readonly freeBytes: number;
  readonly sizeBytes: number;
  /** What moved in the newest run with a profile. */
  readonly drift: readonly {
    readonly source: string;
    readonly resource: string;
    readonly findings: number;
  }[];
};
