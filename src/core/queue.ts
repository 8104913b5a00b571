/** Why a job was queued: by its schedule, by a command, or because it had never run. */
export type Trigger = 'schedule' | 'command' | 'first';

/** What the queue needs to know about a job. */
export type QueuedJob = {
  readonly name: string;
  /** A cron expression with five fields; null if only commands queue the job. */
  readonly schedule: string | null;
  readonly timezone: string;
  readonly overlap: 'skip' | 'queue';
  readonly missed: 'once' | 'none';
};

/** A job that this process has taken from the queue. */
export type Ticket = {
  /** Stays the same when the job is retried. */
  readonly id: string;
  readonly trigger: Trigger;
  /** The tick that queued the job; null for other triggers. */
  readonly tick: Date | null;
  /**
   * Aborts when the queue has given the job to another process because this process sent no heartbeat for too long.
   */
  readonly signal: AbortSignal;
};

/**
 * The result of working on a job: `againAt` is null if the job has ended, successfully or not, otherwise the time of
 * the next attempt.
 */
export type Settlement = { readonly againAt: Date | null };

/** A job that is waiting in the queue or running. */
export type QueueEntry = {
  readonly job: string;
  readonly id: string;
  readonly state: 'waiting' | 'running';
  readonly trigger: Trigger;
  /** ISO 8601 UTC: when the job can begin, or when it began. */
  readonly since: string;
  /** The job is running, but its process has sent no heartbeat for too long. */
  readonly abandoned: boolean;
};

/** What the queue needs from a database. */
export type QueueDatabase = {
  readonly executeSql: (
    sql: string,
    values?: readonly unknown[],
  ) => Promise<{ rows: Record<string, unknown>[] }>;
};

/** The jobs in the database that are waiting for a process. */
export type JobQueue = {
  /** Creates the queues of these jobs and schedules the enabled ones; removes every other schedule. */
  readonly reconcile: (jobs: readonly (QueuedJob & { readonly enabled: boolean })[]) => Promise<void>;
  /**
   * Handles the job whenever it is queued, one execution at a time. If `handle` throws, the job is retried shortly
   * afterward.
   */
  readonly work: (job: QueuedJob, handle: (ticket: Ticket) => Promise<Settlement>) => Promise<void>;
  /** Stops handling the job; work in progress continues. */
  readonly leave: (job: QueuedJob) => Promise<void>;
  /** Whether a process with that data folder has been alive within the last `seconds`. */
  readonly wasServed: (folder: string, seconds: number) => Promise<boolean>;
  /** Queues the job and returns its id; null if it is already in the queue, which never contains a job twice. */
  readonly send: (job: QueuedJob, trigger: Trigger, id?: string) => Promise<string | null>;
  readonly entries: () => Promise<readonly QueueEntry[]>;
  /** Handles no more jobs; resolves when the work in progress has ended. */
  readonly pause: () => Promise<void>;
  readonly close: () => Promise<void>;
};
