import type { JobEvent } from '../src/app/jobs/perform.ts';
import type { RunEvent } from '../src/core/events.ts';

type Event = RunEvent | JobEvent;
type Of<T extends Event['type']> = Extract<Event, { readonly type: T }>;
type Common = 'type' | 'run_id' | 'source' | 'job' | 'resource' | 'message';

/**
 * The properties of an event that become fields of its log line, in addition to the message. The compiler checks them
 * against the event types.
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
    says: 'a run has been created, with its id and folder; it has not sent any requests yet',
    fields: {
      address: "where the run's records come from",
      run_dir: "the run's folder",
      lock_wait_seconds: 'how long the run waited for another run to release the schema',
    },
  },
  'request.retried': {
    level: 'warn; info if another copy is tried',
    says: 'a request attempt failed and will be retried',
    fields: {
      attempt: 'attempt number, starting at 1',
      status: 'HTTP status of the response',
      wait_seconds: 'time until the next attempt',
      elsewhere: 'whether the next attempt requests a different copy',
    },
  },
  'request.started': {
    level: 'never logged',
    says: 'a request attempt is queued and then sent; only for the progress display on a terminal',
    fields: {},
  },
  'body.received': {
    level: 'never logged',
    says: 'more of a response body has arrived; only for the progress display on a terminal',
    fields: { bytes: 'size received so far' },
  },
  'request.ended': {
    level: 'never logged',
    says: 'a request attempt has ended; only for the metrics',
    fields: {
      status: 'HTTP status of the response',
      seconds: 'time until the response headers arrived or the attempt failed',
      quota_left: 'number of requests that the source still allows, if the response reports it',
    },
  },
  'pull.started': {
    level: 'info',
    says: 'an incremental pull begins or continues; it has requested only the quota so far',
    fields: {
      pass: '`full` or `changes`',
      reason: 'the reason for a full pull',
      since: 'for an incremental pull, the start of the requested period',
      pages: 'number of pages received by an earlier attempt at the run',
      requests: 'estimated number of requests, if known',
      quota_left: 'number of requests that the source allows now',
      quota_limit: 'number of requests that the source allows in a time window',
      quota_seconds: 'length of the time window',
    },
  },
  'pull.sized': {
    level: 'info',
    says: 'the first page of a full pull has revealed the number of records',
    fields: {
      requests: 'estimated number of further requests',
      quota_left: 'number of requests that the source allows now',
      quota_limit: 'number of requests that the source allows in a time window',
      quota_seconds: 'length of the time window',
    },
  },
  'quota.read': {
    level: 'never logged',
    says: 'the source reported its quota; only for the metrics',
    fields: {
      left: 'number of requests that the source allows now',
      limit: 'number of requests that the source allows in a time window',
      window_seconds: 'length of the time window',
    },
  },
  'page.stored': {
    level: 'info',
    says: 'a page of a resource has been stored in `raw/`',
    fields: {
      page: 'page number, starting at 1',
      how: '`received`, `not modified` or `reused`',
      bytes: 'size of the page',
      received_by: 'the run that received the page',
    },
  },
  records: {
    level: 'never logged',
    says: 'a step has begun or has processed more records; only for the progress display on a terminal',
    fields: {
      step: 'the step',
      received: 'records so far',
      validated: 'records so far',
      errored: 'records set aside so far',
      repeated: 'valid records superseded so far by a newer record in the same run',
      seconds: 'time since processing of the resource began',
    },
  },
  'resource.ended': {
    level: 'info; error if the resource failed',
    says: 'processing of a resource has ended; not logged for a skipped or interrupted resource',
    fields: {
      status: '`succeeded`, `failed`, `absent` or `kept`',
      received: 'records',
      validated: 'records',
      errored: 'records that were set aside',
      repeated: 'valid records that a newer record in the same run supersedes',
      seconds: 'time since processing of the resource began',
      retry_at: 'when the pull can continue, if it failed because the quota was used up',
      code: 'the `error.code` of a failure',
    },
  },
  'publish.started': {
    level: 'debug',
    says: 'the publish transaction has begun',
    fields: { resources: 'number of resources' },
  },
  'publish.merging': {
    level: 'never logged',
    says: "the merge of a resource's tables begins; only for the progress display on a terminal",
    fields: { number: 'resource number, starting at 1', resources: 'number of resources' },
  },
  'publish.ended': {
    level: 'debug',
    says: 'the publish transaction has ended',
    fields: { status: 'status of the run', seconds: 'duration of the transaction' },
  },
  'checks.started': {
    level: 'never logged',
    says: 'the data checks have begun; only for the progress display on a terminal',
    fields: {},
  },
  'checks.ended': {
    level: 'info; warn if a check could not run',
    says: 'the data checks have ended',
    fields: { checks: 'number of checks', found: 'number of checks that found something' },
  },
  'run.ended': {
    level: 'info; debug in text format',
    says: 'a run has ended, regardless of its status',
    fields: { status: '`succeeded`, `partial`, `failed` or `interrupted`', seconds: 'duration of the run' },
  },
  'job.started': {
    level: 'info',
    says: 'a job has been taken from the queue',
    fields: {
      job_id: 'id of this execution, the same for every attempt',
      try: 'attempt number, starting at 1',
      trigger: '`schedule`, `command` or `first`',
    },
  },
  'job.waiting': {
    level: 'info',
    says: 'a job is waiting for another run to end',
    fields: { job_id: 'id of this execution', reason: 'the run or process that is using the schema' },
  },
  'job.ended': {
    level: 'info; warn for `partial`, `interrupted` and `postponed`; error for `failed`',
    says: 'a job attempt has ended; the job may be retried',
    fields: {
      job_id: 'id of this execution',
      status: '`succeeded`, `partial`, `failed`, `interrupted` or `postponed`',
      seconds: 'duration of the attempt',
      again_at: 'time of the next attempt',
      code: 'the `error.code` of a failure',
    },
  },
};

/** Events of a command itself. */
export const COMMAND_EVENTS: Readonly<Record<string, Entry<Readonly<Record<string, string>>>>> = {
  'folder.made': {
    level: 'info',
    says: 'the data folder did not exist and has been created; printed even with `--quiet` and at every log level',
    fields: { path: 'path of the folder' },
  },
  'run.waiting': {
    level: 'info',
    says: '`run --if-busy wait` is waiting for another run or process',
    fields: { reason: 'the run or process that is using the database' },
  },
  'run.skipped': {
    level: 'info',
    says: '`run --if-busy skip` has skipped the run',
    fields: { reason: 'the run or process that is using the database' },
  },
  'on_failure.output': {
    level: 'info',
    says: 'the `--on-failure` command has printed a line; in text format, the line is logged unchanged',
    fields: {},
  },
  'on_failure.failed': {
    level: 'warn',
    says: 'the `--on-failure` command failed or took longer than 60 s',
    fields: {},
  },
  'command.failed': {
    level: 'error',
    says: 'a command has failed. This is always its last output; in text format, it takes up two lines, `error:` and `hint:`',
    fields: {
      code: 'the `error.code`, which determines the exit code',
      hint: 'what to do next',
      retry_at: 'when to retry, according to the server',
      stack: 'the stack trace, with `--log-level debug`',
    },
  },
  'node.warning': {
    level: 'warn',
    says: 'a warning from Node itself; in text format, Node prints it',
    fields: { name: 'kind of warning, such as `DeprecationWarning`' },
  },
};
