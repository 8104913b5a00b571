import type { RunEvent, Subscriber } from '../core/events.ts';
import type { Clock } from '../core/ports.ts';
import { STEPS, type ResourceReport, type RunReport, type RunStatus } from '../core/run.ts';
import type { Meters } from './meters.ts';

/**
 * The sources and jobs that are known at startup. Their series begin at 0, because the first increase would otherwise
 * be invisible.
 */
export type Known = {
  readonly sources: readonly {
    readonly name: string;
    readonly resources: readonly { readonly name: string }[];
  }[];
  /** Manual runs have an empty name. */
  readonly jobs: readonly { readonly name: string; readonly source: string }[];
};

export type RunMetrics = {
  readonly subscriber: Subscriber;
  /** Counts a run that could not begin and therefore had no events. */
  readonly couldNotBegin: (source: string, job: string) => void;
};

const OUTCOMES = [
  'received',
  'validated',
  'errored',
  'inserted',
  'updated',
  'unchanged',
  'deleted',
  'held',
] as const satisfies readonly (keyof ResourceReport)[];

const ENDS = ['succeeded', 'partial', 'failed', 'interrupted'] as const satisfies readonly RunStatus[];
/** The status label if there was no response. */
const CONNECTION = 'connection';
const REASONS = [CONNECTION, '2xx', '3xx', '4xx', '5xx'];
const EPOCH = new Date(0).toISOString();
const REQUEST_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const RUN_BUCKETS = [1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** Counts run events. The records in a run's report count only after they have been published. */
export function createRunMetrics(meters: Meters, known: Known, clock: Pick<Clock, 'now'>): RunMetrics {
  const made = makeMeters(meters);
  zero(made, known);

  function ended(source: string, job_name: string, status: RunStatus): void {
    made.runs.inc({ source, job_name, status });
    made.lastRun.set({ source, job_name, status }, clock.now() / 1000);
  }

  return {
    subscriber(event) {
      if (event.type === 'run.ended') ended(event.source, event.job ?? '', event.status);
      count(event, made);
    },
    couldNotBegin: (source, job) => ended(source, job, 'failed'),
  };
}

type Made = ReturnType<typeof makeMeters>;

function makeMeters({ counter, gauge, histogram }: Meters) {
  return {
    runs: counter('runs_total', 'Runs by outcome; a run that could not begin counts as failed.', [
      'job_name',
      'source',
      'status',
    ]),
    lastRun: gauge('last_run_timestamp_seconds', 'When the last run with this status ended.', [
      'job_name',
      'source',
      'status',
    ]),
    runSeconds: histogram(
      'run_duration_seconds',
      'Time from the first request of a run to its last ledger row.',
      ['source'],
      RUN_BUCKETS,
    ),
    stepSeconds: counter(
      'step_seconds_total',
      'Time spent in each step. Steps of the same resource can overlap, and so can resources. The publish step has no resource.',
      ['source', 'resource', 'step'],
    ),
    lockWait: counter('lock_wait_seconds_total', "Time that runs spent waiting for their schema's lock.", [
      'source',
    ]),
    records: counter('records_total', 'Records of published resources, by outcome.', [
      'source',
      'resource',
      'outcome',
    ]),
    bytes: counter('received_bytes_total', 'Response bytes after content decoding.', ['source', 'resource']),
    requests: counter(
      'http_requests_total',
      'Request attempts by status; the status is connection if there was no response.',
      ['source', 'status'],
    ),
    requestSeconds: histogram(
      'http_request_duration_seconds',
      'Time from sending a request to the end of its response.',
      ['source'],
      REQUEST_BUCKETS,
    ),
    retries: counter(
      'http_retries_total',
      'Request attempts that failed and were followed by another attempt.',
      ['source', 'reason'],
    ),
    quota: gauge('quota_remaining', 'Requests that the source still allows, if it reports the number.', [
      'source',
    ]),
    pulls: counter(
      'pulls_total',
      'Started and continued pulls of resources that are pulled incrementally. A pull requests everything (full) or only changes.',
      ['source', 'resource', 'pass'],
    ),
    waits: gauge(
      'waits_until_timestamp_seconds',
      'When a paused resource can resume; 0 if it does not have to wait.',
      ['source', 'resource'],
    ),
    books: counter('books_out_of_balance_total', 'Runs that failed because their counts did not balance.', [
      'source',
    ]),
  };
}

function zero(made: Made, { jobs, sources }: Known): void {
  for (const { name: job_name, source } of jobs)
    for (const status of ENDS) made.runs.inc({ source, job_name, status }, 0);
  for (const { name: source, resources } of sources) {
    made.runSeconds.zero({ source });
    made.lockWait.inc({ source }, 0);
    made.books.inc({ source }, 0);
    made.requestSeconds.zero({ source });
    for (const status of ['200', '304', CONNECTION]) made.requests.inc({ source, status }, 0);
    for (const reason of REASONS) made.retries.inc({ source, reason }, 0);
    made.stepSeconds.inc({ source, resource: '', step: 'publish' }, 0);
    for (const { name: resource } of resources) {
      made.bytes.inc({ source, resource }, 0);
      for (const step of STEPS) made.stepSeconds.inc({ source, resource, step }, 0);
      for (const outcome of OUTCOMES) made.records.inc({ source, resource, outcome }, 0);
      made.waits.set({ source, resource }, 0);
    }
  }
}

function count(event: RunEvent, made: Made): void {
  const { source } = event;
  switch (event.type) {
    case 'run.started':
      made.lockWait.inc({ source }, event.lock_wait_seconds);
      break;
    case 'request.retried':
      made.retries.inc({ source, reason: reasonOf(event.status) });
      break;
    case 'request.ended':
      made.requests.inc({ source, status: statusOf(event.status) });
      made.requestSeconds.observe({ source }, event.seconds);
      if (event.quota_left !== undefined) made.quota.set({ source }, event.quota_left);
      break;
    case 'quota.read':
      made.quota.set({ source }, event.left);
      break;
    case 'pull.started':
      made.pulls.inc({ source, resource: event.resource, pass: event.pass });
      break;
    case 'page.stored':
      if (event.how === 'received') made.bytes.inc({ source, resource: event.resource }, event.bytes);
      break;
    case 'resource.ended':
      for (const [step, { seconds }] of Object.entries(event.steps))
        made.stepSeconds.inc({ source, resource: event.resource, step }, seconds);
      made.waits.set({ source, resource: event.resource }, Date.parse(event.retry_at ?? EPOCH) / 1000);
      break;
    case 'publish.ended':
      made.stepSeconds.inc({ source, resource: '', step: 'publish' }, event.seconds);
      break;
    case 'run.ended':
      made.runSeconds.observe({ source }, event.seconds);
      countRecords(source, event.report, made);
      break;
    case 'records':
    case 'pull.sized':
    case 'publish.started':
    case 'publish.merging':
    case 'request.started':
    case 'body.received':
    case 'checks.started':
    case 'checks.ended':
      break;
  }
}

function countRecords(source: string, { error, resources }: RunReport, { books, records }: Made): void {
  const reports = Object.entries(resources);
  if ([error, ...reports.map(([, one]) => one.error)].some((one) => one?.code === 'books'))
    books.inc({ source });
  for (const [resource, report] of reports) {
    if (report.status !== 'succeeded') continue;
    for (const outcome of OUTCOMES) records.inc({ source, resource, outcome }, report[outcome]);
  }
}

/** A server can send any number, and only a few numbers are HTTP status codes. */
function statusOf(status: number | null): string {
  if (status === null) return CONNECTION;
  return status >= 100 && status < 600 ? String(status) : 'other';
}

function reasonOf(status: number | null): string {
  const code = statusOf(status);
  return /^\d/.test(code) ? `${code.slice(0, 1)}xx` : code;
}
