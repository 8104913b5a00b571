/** Why a job was queued: by its schedule, by a command, or because it had never run. */
export type Trigger = 'schedule' | 'command' | 'first';

/** What the queue needs to know about a job. */
export type QueuedJob = {
  readonly name: string;
  /** A cron expression of five fields; null if only commands queue it. */
  readonly schedule: string | null;
  readonly timezone: string;
  readonly overlap: 'skip' | 'queue';
  readonly missed: 'once' | 'none';
};

/** A job that this process has taken from the queue. */
export type Ticket = {
  /** Stays the same when the job is tried again. */
  readonly id: string;
  readonly trigger: Trigger;
  /** The tick that it was sent for; null for other triggers. */
  readonly tick: Date | null;
  /** Aborts when the queue has given the job to another process, because this one sent no heartbeat for too long. */
  readonly signal: AbortSignal;
};

/** What happens after a job was worked on: it has ended, with any result, or it is tried again. */
export type Settlement = { readonly againAt: Date | null };

/** A job that waits in the queue or is being worked on. */
export type QueueEntry = {
  readonly job: string;
  readonly id: string;
  readonly state: 'waiting' | 'running';
  readonly trigger: Trigger;
  /** ISO 8601 UTC: when it may begin, or when it began. */
  readonly since: string;
  /** It is being worked on, but its process sent no heartbeat for too long. */
  readonly abandoned: boolean;
};

/** What the queue needs from a database. */
export type QueueDatabase = {
  readonly executeSql: (
    sql: string,
    values?: readonly unknown[],
  ) => Promise<{ rows: Record<string, unknown>[] }>;
};

/** Jobs that wait in the database for a process to work on them. */
export type JobQueue = {
  /** Creates the queues of these jobs and schedules the enabled ones; removes every other schedule. */
  readonly reconcile: (jobs: readonly (QueuedJob & { readonly enabled: boolean })[]) => Promise<void>;
  /** Takes the job whenever it is queued, one at a time. If `handle` throws, the job is tried again soon. */
  readonly work: (job: QueuedJob, handle: (ticket: Ticket) => Promise<Settlement>) => Promise<void>;
  /** Stops taking the job; work in progress continues. */
  readonly leave: (job: QueuedJob) => Promise<void>;
  /** Was a process with that data folder alive within the last `seconds`? */
  readonly wasServed: (folder: string, seconds: number) => Promise<boolean>;
  /** Returns the id; null if the job is already in the queue, which must not hold it twice. */
  readonly send: (job: QueuedJob, trigger: Trigger, id?: string) => Promise<string | null>;
  readonly entries: () => Promise<readonly QueueEntry[]>;
  /** Takes no more jobs; resolves when the work in progress has ended. */
  readonly pause: () => Promise<void>;
  readonly close: () => Promise<void>;
};
