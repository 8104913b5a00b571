/** Why something failed. Only `main.ts` maps codes to exit codes. */
export type ErrorCode =
  | 'usage' // a flag, argument or configuration value is wrong
  | 'kind' // simulated records into a real target or folder, or the other way round
  | 'source' // the API was unavailable, or its answer was not valid
  | 'rejects' // too many records broke their contract
  | 'vanished' // too many rows would be deleted, or the collection is empty
  | 'database' // the target failed, an SQL error included
  | 'migration' // the target's schema is behind, or ahead of this program
  | 'busy' // another run or process holds the target
  | 'books' // the counts of a run do not balance
  | 'changes' // a plan found that a run would change something
  | 'attention' // it worked, and the findings need attention
  | 'need' // a resource that this one needs was incomplete
  | 'interrupted' // a signal, or a parent that died
  | 'internal';

export type ErrorOptions = {
  readonly code: ErrorCode;
  /** What to do next: a command, if there is one. */
  readonly hint?: string | undefined;
  readonly retryable?: boolean | undefined;
  /** The time before which the server wants no further try. */
  readonly retryAt?: Date | undefined;
  readonly cause?: unknown;
  /** Facts for the log: url, status, resource, table … never secrets. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
};

/** The one error that we throw on purpose. `message` reads "Cannot <verb> <what>: <reason>". */
export class PipelineError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly retryAt: Date | undefined;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(message: string, options: ErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PipelineError';
    this.code = options.code;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.retryAt = options.retryAt;
    this.context = options.context ?? {};
  }

  /** The same error with another hint. Keeps its type and stack. */
  withHint(hint: string): PipelineError {
    const own = Object.getOwnPropertyDescriptors(this);
    // V8 computes no stack for an object that is not an error, so it is copied.
    const changed = { hint: { ...own.hint, value: hint }, stack: { value: this.stack } };
    return Object.create(Object.getPrototypeOf(this), { ...own, ...changed });
  }
}

/** No copy of a resource exists at the requested address. Nothing has to be repaired. */
export class AbsentError extends PipelineError {
  constructor(message: string, options: Omit<ErrorOptions, 'code'> = {}) {
    super(message, { ...options, code: 'source' });
    this.name = 'AbsentError';
  }
}

/** Nothing has the given name or id. */
export class NotFoundError extends PipelineError {
  constructor(message: string, hint: string) {
    super(message, { code: 'usage', hint });
    this.name = 'NotFoundError';
  }
}

/** It is unknown whether the changes were made, so no message may claim that they were not. */
export class UnknownOutcome extends PipelineError {}

/** The form in which an error is kept in the ledger, the manifest and `--json`. */
export type ErrorReport = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  /** ISO 8601 UTC, if the server said when to retry. */
  readonly retry_at?: string;
};

/** What to do if the operating system refuses, by Node's error code. */
const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  EACCES: 'Check who owns it, and that this user may use it.',
  EDQUOT: 'Make room within the quota of this user.',
  EIO: 'Check the disk.',
  EMFILE: 'Allow more open files: ulimit -n.',
  ENFILE: 'Close other programs: the system has too many files open.',
  ENOSPC: 'Make room on the disk.',
  EPERM: 'Check who owns it, and that this user may use it.',
  EROFS: 'Its file system is read-only: choose another place.',
};

/** The reason, in the form that follows `Cannot …: `. */
export function reasonOf(error: unknown): string {
  if (error instanceof PipelineError) return error.message.replace(/^Cannot /, 'cannot ');
  return error instanceof Error ? error.message : String(error);
}

export function reportError(error: unknown): ErrorReport {
  if (error instanceof PipelineError) {
    const { code, hint = null, message, retryAt } = error;
    return { code, message, hint, ...(retryAt === undefined ? {} : { retry_at: retryAt.toISOString() }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return { code: 'internal', message: `Cannot continue: ${message}`, hint: SYSTEM_HINTS[code] ?? null };
}
