import type { EndStatus, JobFacts, LedgerFacts, SourceFacts } from '../core/facts.ts';
import type { Meters } from './meters.ts';

const ENDS = ['succeeded', 'partial', 'failed', 'interrupted'] as const satisfies readonly EndStatus[];

/**
 * Sets the gauges for the database. `facts` is null if the database cannot be read; values that may have changed are
 * then omitted.
 */
export function createLedgerMetrics(meters: Meters): (facts: LedgerFacts | null) => void {
  const { up, ...made } = makeMeters(meters);
  return (facts) => {
    for (const gauge of Object.values(made)) gauge.reset();
    up.set(facts === null ? 0 : 1);
    if (facts === null) return;
    for (const one of facts.sources) showSource(one, made);
    for (const one of facts.jobs) showJob(one, made);
    for (const [state, { age, count }] of Object.entries(facts.queue)) {
      made.queue.set({ state }, count);
      made.oldest.set({ state }, age);
    }
  };
}

type Made = Omit<ReturnType<typeof makeMeters>, 'up'>;

function makeMeters({ gauge }: Meters) {
  return {
    up: gauge('ledger_up', 'Whether the database could be read for this scrape.', []),
    open: gauge('rejects_open', 'Records that broke their contract and have not been waived.', [
      'source',
      'resource',
    ]),
    held: gauge('rows_held', 'Rows that the last publish kept because their records broke the contract.', [
      'source',
      'resource',
    ]),
    published: gauge(
      'last_success_timestamp_seconds',
      'When the last run that published the resource ended.',
      ['source', 'resource'],
    ),
    event: gauge(
      'newest_event_timestamp_seconds',
      'When the newest past event in the published rows happened.',
      ['source', 'resource'],
    ),
    checks: gauge('checks_failing', 'Data checks that found rows, as of the newest run with data checks.', [
      'source',
      'severity',
    ]),
    jobSucceeded: gauge(
      'job_last_success_timestamp_seconds',
      'When the last successful attempt of a job ended.',
      ['job_name'],
    ),
    jobStatus: gauge(
      'job_last_status',
      "1 for the status of a job's last attempt, 0 for all other statuses.",
      ['job_name', 'status'],
    ),
    interval: gauge(
      'job_interval_seconds',
      "The longer of the two intervals around the current time in a job's schedule.",
      ['job_name'],
    ),
    queue: gauge('queue_jobs', 'Jobs that are waiting in the queue or running.', ['state']),
    oldest: gauge(
      'queue_oldest_age_seconds',
      'How long the oldest job in each state has been waiting or running.',
      ['state'],
    ),
  };
}

function showSource({ checks, resources, source }: SourceFacts, made: Made): void {
  for (const [severity, count] of Object.entries(checks)) made.checks.set({ source, severity }, count);
  for (const { event, held, open, published, resource } of resources) {
    made.open.set({ source, resource }, open);
    made.held.set({ source, resource }, held);
    if (published !== null) made.published.set({ source, resource }, published);
    if (event !== null) made.event.set({ source, resource }, event);
  }
}

function showJob({ interval, job: job_name, status, succeeded }: JobFacts, made: Made): void {
  for (const end of ENDS) made.jobStatus.set({ job_name, status: end }, end === status ? 1 : 0);
  if (succeeded !== null) made.jobSucceeded.set({ job_name }, succeeded);
  if (interval !== null) made.interval.set({ job_name }, interval);
}
