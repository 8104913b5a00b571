/** Why something failed. `main.ts` alone maps each code to an exit code. */
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
  | 'attention' // it worked, and somebody should look at what was found
  | 'need' // a resource that this one needs was not whole
  | 'interrupted' // a signal, or a parent that died
  | 'internal';

export type ErrorOptions = {
  readonly code: ErrorCode;
  /** The next thing to do, a command where there is one. */
  readonly hint?: string | undefined;
  readonly retryable?: boolean | undefined;
  /** The moment before which the other side wants no further try. */
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

  /** The same error with another hint: of its type, with its stack. */
  withHint(hint: string): PipelineError {
    const own = Object.getOwnPropertyDescriptors(this);
    // Of an object that is no error, V8 would give no stack.
    const changed = { hint: { ...own.hint, value: hint }, stack: { value: this.stack } };
    return Object.create(Object.getPrototypeOf(this), { ...own, ...changed });
  }
}

/** There is no copy of a resource where it was asked for: nothing that anybody has to repair. */
export class AbsentError extends PipelineError {
  constructor(message: string, options: Omit<ErrorOptions, 'code'> = {}) {
    super(message, { ...options, code: 'source' });
    this.name = 'AbsentError';
  }
}

/** There is nothing of the name or id that was given. */
export class NotFoundError extends PipelineError {
  constructor(message: string, hint: string) {
    super(message, { code: 'usage', hint });
    this.name = 'NotFoundError';
  }
}

/** Nobody knows whether the changes were made: then it must not be said that they were not. */
export class UnknownOutcome extends PipelineError {}

/** The form in which an error is kept in the ledger, the manifest and `--json`. */
export type ErrorReport = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  /** ISO 8601 UTC, where the other side said when to come again. */
  readonly retry_at?: string;
};

/** What to do where the system refuses, by Node's code. */
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

/** Why something failed, to stand behind `Cannot …: `. */
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
