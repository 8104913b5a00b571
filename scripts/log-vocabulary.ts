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
    says: 'a run has its id and folder; nothing was requested yet',
    fields: {
      address: 'where its records come from',
      run_dir: 'its folder',
      lock_wait_seconds: 'until no other run had its schema',
    },
  },
  'request.retried': {
    level: 'warn; info where another copy is tried',
    says: 'a try of a request failed, and is not the last one',
    fields: {
      attempt: 'from 1',
      status: 'of the response',
      wait_seconds: 'until the next try',
      elsewhere: 'does the next try ask for another copy?',
    },
  },
  'request.started': {
    level: 'never logged',
    says: 'a try of a request takes its turn, then is sent; for the progress on a terminal alone',
    fields: {},
  },
  'body.received': {
    level: 'never logged',
    says: 'more of a body has arrived; for the progress on a terminal alone',
    fields: { bytes: 'so far' },
  },
  'request.ended': {
    level: 'never logged',
    says: 'a try of a request has ended; for the metrics alone',
    fields: {
      status: 'of the response',
      seconds: 'until its head, or the failure',
      quota_left: 'requests that the source has left, where it says so',
    },
  },
  'pull.started': {
    level: 'info',
    says: 'a pull by changes begins or goes on; nothing was requested for it yet but the quota',
    fields: {
      pass: '`full` or `changes`',
      reason: 'why it is a full pass',
      since: 'of changes: since when they are asked for',
      pages: 'those that an earlier try of the run received',
      requests: 'about how many it takes, where that is known',
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
    says: 'the source said how many requests it still allows; for the metrics alone',
    fields: {
      left: 'requests that it allows now',
      limit: 'requests that it allows in a window of time',
      window_seconds: 'the length of that window',
    },
  },
  'page.stored': {
    level: 'info',
    says: 'a page of a resource is in raw',
    fields: {
      page: 'from 1',
      how: '`received`, `not modified` or `reused`',
      bytes: 'its size',
      received_by: 'the run that received it',
    },
  },
  records: {
    level: 'never logged',
    says: 'a step began, or has seen more records; for the progress on a terminal alone',
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
    level: 'info; error where it failed',
    says: 'what became of a resource; no line where it was skipped or interrupted',
    fields: {
      status: '`succeeded`, `failed`, `absent` or `kept`',
      received: 'records',
      validated: 'records',
      errored: 'records that were set aside',
      repeated: 'valid records that a newer one in the same run supersedes',
      seconds: 'since it began',
      retry_at: 'when the source allows it to continue, if it failed for that',
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
    says: 'the tables of a resource are merged next; for the progress on a terminal alone',
    fields: { number: 'from 1', resources: 'how many' },
  },
  'publish.ended': {
    level: 'debug',
    says: 'the transaction that publishes has ended',
    fields: { status: 'of the run', seconds: 'that it took' },
  },
  'checks.started': {
    level: 'never logged',
    says: 'the data checks begin; for the progress on a terminal alone',
    fields: {},
  },
  'checks.ended': {
    level: 'info; warn for a check that could not be made',
    says: 'the data checks were made',
    fields: { checks: 'how many', found: 'how many of them found something' },
  },
  'run.ended': {
    level: 'info; debug as text',
    says: 'a run has ended, however it ended',
    fields: { status: '`succeeded`, `partial`, `failed` or `interrupted`', seconds: 'that it took' },
  },
  'job.started': {
    level: 'info',
    says: 'a job was taken from the queue',
    fields: {
      job_id: 'of this execution, the same for each try',
      try: 'from 1',
      trigger: '`schedule`, `command` or `first`',
    },
  },
  'job.waiting': {
    level: 'info',
    says: 'a job waits for another run to end',
    fields: { job_id: 'of this execution', reason: 'who has the schema' },
  },
  'job.ended': {
    level: 'info; warn where it is partial, interrupted or postponed; error where it failed',
    says: 'a job has ended, or is tried again',
    fields: {
      job_id: 'of this execution',
      status: '`succeeded`, `partial`, `failed`, `interrupted` or `postponed`',
      seconds: 'that it took',
      again_at: 'when it is tried again',
      code: 'why it failed',
    },
  },
};

/** Events of a command itself. */
export const COMMAND_EVENTS: Readonly<Record<string, Entry<Readonly<Record<string, string>>>>> = {
  'folder.made': {
    level: 'info',
    says: 'a data folder was missing, and was made; printed with `--quiet` and at every log level',
    fields: { path: 'of the folder' },
  },
  'run.waiting': {
    level: 'info',
    says: '`run --if-busy wait` waits for another run or process',
    fields: { reason: 'who has the database' },
  },
  'run.skipped': {
    level: 'info',
    says: '`run --if-busy skip` did not begin a run',
    fields: { reason: 'who has the database' },
  },
  'on_failure.output': {
    level: 'info',
    says: 'a line that the command of `run --on-failure` printed; as text the line itself',
    fields: {},
  },
  'on_failure.failed': {
    level: 'warn',
    says: 'the command of `run --on-failure` failed, or took longer than 60 s',
    fields: {},
  },
  'command.failed': {
    level: 'error',
    says: 'the last line of a command that failed; as text the lines `error:` and `hint:`',
    fields: {
      code: 'decides the exit code',
      hint: 'what to do next',
      retry_at: 'when the other side said to come again',
      stack: 'with `--log-level debug`',
    },
  },
  'node.warning': {
    level: 'warn',
    says: 'a warning of Node itself; as text Node writes it',
    fields: { name: 'of its kind' },
  },
};
