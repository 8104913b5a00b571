import type { JobEvent } from '../src/app/jobs/perform.ts';
import type { RunEvent } from '../src/core/events.ts';

type Event = RunEvent | JobEvent;
type Of<T extends Event['type']> = Extract<Event, { readonly type: T }>;
type Common = 'type' | 'run_id' | 'source' | 'job' | 'resource' | 'message';

/**
 * The values among an event's facts: what a line contains besides its sentence. The compiler checks this against the
 * types.
 */
type Facts<E> = {
  readonly [
    K in keyof E as K extends Common ? never : NonNullable<E[K]> extends string | number | boolean ? K : never
  ]: string;
} & (E extends { readonly error: unknown } ? { readonly code: string } : unknown);

type Entry<F> = { readonly level: string; readonly says: string; readonly fields: F };

/** Events of a run or a job. */
export const EVENTS: { readonly [T in Event['type']]: Entry<Facts<Of<T>>> } = {
  'run.started': {
    level: 'info',
    says: 'a run has its id and folder; nothing has been requested yet',
    fields: {
      address: 'where its records come from',
      run_dir: 'its folder',
      lock_wait_seconds: 'how long it waited for another run to release its schema',
    },
  },
  'request.retried': {
    level: 'warn; info if another copy is tried',
    says: 'an attempt at a request failed, and was not the last one',
    fields: {
      attempt: 'from 1',
      status: 'of the response',
      wait_seconds: 'until the next attempt',
      elsewhere: 'whether the next attempt requests another copy',
    },
  },
  'request.started': {
    level: 'never logged',
    says: 'an attempt at a request waits for its turn and is then sent; only for the progress display on a terminal',
    fields: {},
  },
  'body.received': {
    level: 'never logged',
    says: 'more of a body has arrived; only for the progress display on a terminal',
    fields: { bytes: 'so far' },
  },
  'request.ended': {
    level: 'never logged',
    says: 'an attempt at a request has ended; only for the metrics',
    fields: {
      status: 'of the response',
      seconds: 'until its head, or the failure',
      quota_left: 'requests that the source still allows, if it says so',
    },
  },
  'pull.started': {
    level: 'info',
    says: 'an incremental pull begins or continues; so far, only the quota has been requested',
    fields: {
      pass: '`full` or `changes`',
      reason: 'why it is a full pass',
      since: 'for a pull of changes: the time since which changes are requested',
      pages: 'those that an earlier attempt at the run received',
      requests: 'about how many it takes, if that is known',
      quota_left: 'requests that the source allows now',
      quota_limit: 'requests that it allows in a window of time',
      quota_seconds: 'the length of that window',
    },
  },
  'pull.sized': {
    level: 'info',
    says: 'the first page of a full pass said how many records there are, which was unknown before',
    fields: {
      requests: 'about how many more it takes',
      quota_left: 'requests that the source allows now',
      quota_limit: 'requests that it allows in a window of time',
      quota_seconds: 'the length of that window',
    },
  },
  'quota.read': {
    level: 'never logged',
    says: 'the source said how many requests it still allows; only for the metrics',
    fields: {
      left: 'requests that it allows now',
      limit: 'requests that it allows in a window of time',
      window_seconds: 'the length of that window',
    },
  },
  'page.stored': {
    level: 'info',
    says: 'a page of a resource has been stored in `raw/`',
    fields: {
      page: 'from 1',
      how: '`received`, `not modified` or `reused`',
      bytes: 'its size',
      received_by: 'the run that received it',
    },
  },
  records: {
    level: 'never logged',
    says: 'a step began, or has seen more records; only for the progress display on a terminal',
    fields: {
      step: 'the step',
      received: 'so far',
      validated: 'so far',
      errored: 'so far',
      repeated: 'so far: valid records that a newer one in the same run supersedes',
      seconds: 'since the resource began',
    },
  },
  'resource.ended': {
    level: 'info; error if it failed',
    says: 'the outcome of a resource; no line if it was skipped or interrupted',
    fields: {
      status: '`succeeded`, `failed`, `absent` or `kept`',
      received: 'records',
      validated: 'records',
      errored: 'records that were set aside',
      repeated: 'valid records that a newer one in the same run supersedes',
      seconds: 'since it began',
      retry_at: 'when the source allows it to continue, if that is why it failed',
      code: 'why it failed, as `error.code` of machine output',
    },
  },
  'publish.started': {
    level: 'debug',
    says: 'the transaction that publishes begins',
    fields: { resources: 'how many' },
  },
  'publish.merging': {
    level: 'never logged',
    says: 'the tables of a resource are merged next; only for the progress display on a terminal',
    fields: { number: 'from 1', resources: 'how many' },
  },
  'publish.ended': {
    level: 'debug',
    says: 'the transaction that publishes has ended',
    fields: { status: 'of the run', seconds: 'how long it took' },
  },
  'checks.started': {
    level: 'never logged',
    says: 'the data checks begin; only for the progress display on a terminal',
    fields: {},
  },
  'checks.ended': {
    level: 'info; warn for a check that could not be performed',
    says: 'the data checks have been performed',
    fields: { checks: 'how many', found: 'how many of them found something' },
  },
  'run.ended': {
    level: 'info; debug as text',
    says: 'a run has ended, however it ended',
    fields: { status: '`succeeded`, `partial`, `failed` or `interrupted`', seconds: 'how long it took' },
  },
  'job.started': {
    level: 'info',
    says: 'a job was taken from the queue',
    fields: {
      job_id: 'of this execution, the same for each attempt',
      try: 'from 1',
      trigger: '`schedule`, `command` or `first`',
    },
  },
  'job.waiting': {
    level: 'info',
    says: 'a job waits for another run to end',
    fields: { job_id: 'of this execution', reason: 'what is using the schema' },
  },
  'job.ended': {
    level: 'info; warn if it is partial, interrupted or postponed; error if it failed',
    says: 'a job has ended, or will be tried again',
    fields: {
      job_id: 'of this execution',
      status: '`succeeded`, `partial`, `failed`, `interrupted` or `postponed`',
      seconds: 'how long it took',
      again_at: 'when it will be tried again',
      code: 'why it failed',
    },
  },
};

/** Events of a command itself. */
export const COMMAND_EVENTS: Readonly<Record<string, Entry<Readonly<Record<string, string>>>>> = {
  'folder.made': {
    level: 'info',
    says: 'a data folder was missing, and was created; printed with `--quiet` and at every log level',
    fields: { path: 'of the folder' },
  },
  'run.waiting': {
    level: 'info',
    says: '`run --if-busy wait` waits for another run or process',
    fields: { reason: 'what is using the database' },
  },
  'run.skipped': {
    level: 'info',
    says: '`run --if-busy skip` did not begin a run',
    fields: { reason: 'what is using the database' },
  },
  'on_failure.output': {
    level: 'info',
    says: 'a line that the command of `run --on-failure` printed; as text, the line itself',
    fields: {},
  },
  'on_failure.failed': {
    level: 'warn',
    says: 'the command of `run --on-failure` failed, or took longer than 60 s',
    fields: {},
  },
  'command.failed': {
    level: 'error',
    says: 'the last line of a command that failed; as text, the lines `error:` and `hint:`',
    fields: {
      code: 'decides the exit code',
      hint: 'what to do next',
      retry_at: 'when the server said to retry',
      stack: 'with `--log-level debug`',
    },
  },
  'node.warning': {
    level: 'warn',
    says: 'a warning from Node itself; as text, in the form that Node gives it',
    fields: { name: 'of the kind of warning' },
  },
};
