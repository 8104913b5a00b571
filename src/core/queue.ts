/** Why a job was queued: by its schedule, by a command, or as it had never run. */
export type Trigger = 'schedule' | 'command' | 'first';

/** What the queue has to know of a job. */
export type QueuedJob = {
  readonly name: string;
  /** A cron expression of five fields; null where only commands queue it. */
  readonly schedule: string | null;
  readonly timezone: string;
  readonly overlap: 'skip' | 'queue';
  readonly missed: 'once' | 'none';
};

/** A job that this process has taken from the queue. */
export type Ticket = {
  /** Stays the same when it is tried again. */
  readonly id: string;
  readonly trigger: Trigger;
  /** Aborts when the queue has given the job to somebody else, as this process gave no sign for too long. */
  readonly signal: AbortSignal;
};

/** What becomes of a job that was worked on: it is over, however it ended, or is tried again. */
export type Settlement = { readonly againAt: Date | null };

/** What waits in the queue, or is worked on. */
export type QueueEntry = {
  readonly job: string;
  readonly id: string;
  readonly state: 'waiting' | 'running';
  readonly trigger: Trigger;
  /** ISO 8601 UTC: when it may begin, or when it began. */
  readonly since: string;
  /** It is worked on, and whoever does gave no sign for too long. */
  readonly abandoned: boolean;
};

/** What the queue needs of a database. */
export type QueueDatabase = {
  readonly executeSql: (
    sql: string,
    values?: readonly unknown[],
  ) => Promise<{ rows: Record<string, unknown>[] }>;
};

/** Jobs that wait in the database for somebody to work on them. */
export type JobQueue = {
  /** Makes the queues of these jobs and schedules those that are enabled; nothing else is scheduled then. */
  readonly reconcile: (jobs: readonly (QueuedJob & { readonly enabled: boolean })[]) => Promise<void>;
  /** Takes the job whenever it is queued, one at a time. What `handle` throws is tried again soon. */
  readonly work: (job: QueuedJob, handle: (ticket: Ticket) => Promise<Settlement>) => Promise<void>;
  /** Takes the job no more, and goes on with what it has taken. */
  readonly leave: (job: QueuedJob) => Promise<void>;
  /** Was a process with that data folder alive within the last so many seconds? */
  readonly wasServed: (folder: string, seconds: number) => Promise<boolean>;
  /** Its id; null where it is in the queue already, and may not be twice. */
  readonly send: (job: QueuedJob, trigger: Trigger, id?: string) => Promise<string | null>;
  readonly entries: () => Promise<readonly QueueEntry[]>;
  /** Takes no more jobs; resolves when those that are worked on have ended. */
  readonly pause: () => Promise<void>;
  readonly close: () => Promise<void>;
};
