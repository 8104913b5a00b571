import type { ErrorReport } from './errors.ts';
import type { Trigger } from './queue.ts';

/** `postponed`: its source had no quota left, or the process was asked to stop; the job resumes automatically. */
export type JobStatus = 'running' | 'succeeded' | 'partial' | 'failed' | 'interrupted' | 'postponed';

/** One attempt at a job, even if it started no run. Times are ISO 8601 UTC. */
export type JobTry = EndOfJob & {
  readonly job: string;
  /** The id of the execution, which all attempts share. */
  readonly job_id: string;
  /** From 1. */
  readonly try: number;
  readonly trigger: Trigger;
  readonly started_at: string;
  readonly finished_at: string | null;
  /** When the job will be tried again; null if it will not be. */
  readonly again_at: string | null;
  readonly host: string;
  readonly pid: number;
};

/** The state of a job. Times are ISO 8601 UTC. */
export type JobReport = {
  readonly name: string;
  readonly source: string;
  /** Null for the source's configured address. */
  readonly from: string | null;
  readonly resources: readonly string[] | null;
  /** A cron expression; null if only commands start the job. */
  readonly schedule: string | null;
  /** The schedule in words. */
  readonly schedule_words: string;
  readonly timezone: string;
  readonly enabled: boolean;
  /** The next tick of the schedule; null if there is none, or the job is disabled. */
  readonly next_run: string | null;
  /** `waiting`: in the queue, and can begin at `since`. `running`: since `since`. */
  readonly state: 'idle' | 'waiting' | 'running';
  readonly since: string | null;
  /** The newest attempt; null if the job never ran. */
  readonly last: JobTry | null;
};

/** Something that happens to a job outside its run. */
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
