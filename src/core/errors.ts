/** Why something failed. Only `main.ts` maps codes to exit codes. */
export type ErrorCode =
  | 'usage' // a flag, argument or configuration value is invalid
  | 'kind' // simulated records for a target or folder with real records, or vice versa
  | 'source' // the source was unavailable, or its response was invalid
  | 'rejects' // too many records broke their contract
  | 'vanished' // too many rows would be deleted, or the collection is empty
  | 'database' // the target failed; this includes SQL errors
  | 'migration' // the target's schema is older or newer than this program
  | 'busy' // another run or process is using the target
  | 'books' // the counts of a run do not balance
  | 'changes' // a plan found that a run would change something
  | 'attention' // the command worked, but its findings need attention
  | 'need' // a resource that this one needs was incomplete
  | 'interrupted' // a signal, or the end of the parent process
  | 'internal';

export type ErrorOptions = {
  readonly code: ErrorCode;
  /** What to do next: a command if possible. */
  readonly hint?: string | undefined;
  readonly retryable?: boolean | undefined;
  /** The server asked not to retry before this time. */
  readonly retryAt?: Date | undefined;
  readonly cause?: unknown;
  /** Fields for the log: url, status, resource, table and so on, but never secrets. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
};

/** The only error that we throw on purpose. `message` reads "Cannot <verb> <what>: <reason>". */
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

  /** Returns the same error with a different hint. Keeps its type and stack. */
  withHint(hint: string): PipelineError {
    const own = Object.getOwnPropertyDescriptors(this);
    // V8 computes no stack for an object that is not an error, so the stack is copied.
    const changed = { hint: { ...own.hint, value: hint }, stack: { value: this.stack } };
    return Object.create(Object.getPrototypeOf(this), { ...own, ...changed });
  }
}

/** No copy of a resource exists at the requested address. Nothing needs to be repaired. */
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

/** It is unknown whether the changes were made, so no message may claim that nothing changed. */
export class UnknownOutcome extends PipelineError {}

/** An error as it appears in the ledger, the manifest and `--json`. */
export type ErrorReport = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  /** ISO 8601 UTC, if the server specified when to retry. */
  readonly retry_at?: string;
};

/** Hints for operating system errors, by Node's error code. */
const SYSTEM_HINTS: Readonly<Record<string, string>> = {
  EACCES: 'Check who owns it, and that this user can access it.',
  EDQUOT: "Free up space within this user's quota.",
  EIO: 'Check the disk.',
  EMFILE: 'Allow more open files: ulimit -n.',
  ENFILE: 'Close other programs: the system has too many files open.',
  ENOSPC: 'Free up disk space.',
  EPERM: 'Check who owns it, and that this user can access it.',
  EROFS: 'Its file system is read-only: choose a different place.',
};

/** The reason, in the form that follows `Cannot …: ` in a message. */
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
