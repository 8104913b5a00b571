import type { ErrorReport } from './errors.ts';
import type { Trigger } from './queue.ts';

/** `postponed`: its source had no quota left, or the process was asked to stop; it begins again by itself. */
export type JobStatus = 'running' | 'succeeded' | 'partial' | 'failed' | 'interrupted' | 'postponed';

/** One time that a job was worked on, also where no run came of it. Times are ISO 8601 UTC. */
export type JobTry = {
  readonly job: string;
  /** Of its execution: the same for each further try. */
  readonly job_id: string;
  /** From 1. */
  readonly try: number;
  readonly trigger: Trigger;
  readonly status: JobStatus;
  readonly run_id: string | null;
  readonly started_at: string;
  readonly finished_at: string | null;
  /** When it is tried again; null where it is not. */
  readonly again_at: string | null;
  readonly host: string;
  readonly pid: number;
  readonly error: ErrorReport | null;
};

/** A job, and how it stands. Times are ISO 8601 UTC. */
export type JobReport = {
  readonly name: string;
  readonly source: string;
  /** Null: what is configured for the source. */
  readonly from: string | null;
  readonly resources: readonly string[] | null;
  /** A cron expression; null: only by hand. */
  readonly schedule: string | null;
  /** The same in words. */
  readonly schedule_words: string;
  readonly timezone: string;
  readonly enabled: boolean;
  /** The next tick of its schedule; null where there is none, or it is disabled. */
  readonly next_run: string | null;
  /** `waiting`: in the queue, from `since` on; `running` since then. */
  readonly state: 'idle' | 'waiting' | 'running';
  readonly since: string | null;
  /** The newest one; null where it never ran. */
  readonly last: JobTry | null;
};

/** What happens with a job, outside of its run. */
export type JobEvent = { readonly job: string; readonly source: string; readonly job_id: string } & (
  | { readonly type: 'job.started'; readonly try: number; readonly trigger: Trigger }
  | { readonly type: 'job.waiting'; readonly reason: string }
  | (EndOfJob & { readonly type: 'job.ended'; readonly seconds: number; readonly again_at: string | null })
);

export type EndOfJob = {
  readonly status: JobStatus;
  readonly run_id: string | null;
  readonly error: ErrorReport | null;
};
