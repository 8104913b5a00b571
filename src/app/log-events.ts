import type { RunEvent, Subscriber } from '../core/events.ts';
import { describePull, describeRequests } from '../core/describe-pull.ts';
import type { JobEvent } from '../core/job.ts';
import type { Log, LogFields } from '../core/ports.ts';

/** Writes the events of a run to the log, as a sentence for people plus the event's name and facts. */
export function logEvents(log: Log): Subscriber {
  return (event) => {
    for (const [level, message] of linesOf(event)) log[level](message, fieldsOf(event));
  };
}

type Line = readonly [level: keyof Log, message: string];
type Of<T extends RunEvent['type']> = Extract<RunEvent, { readonly type: T }>;

const LINES: { readonly [T in RunEvent['type']]: (event: Of<T>) => readonly Line[] } = {
  'run.started': ({ address, run_id }) => [['info', `run ${run_id} from ${address}`]],
  'request.retried': ({ elsewhere, message, wait_seconds }) =>
    elsewhere
      ? [['info', `${message}; trying another copy`]]
      : [['warn', `${message}; next attempt in ${wait_seconds.toFixed(1)} s`]],
  'request.started': () => [],
  'body.received': () => [],
  'request.ended': () => [],
  'pull.started': (event) => [['info', `${event.resource}: ${describePull(event)}`]],
  'pull.sized': (event) => [['info', `${event.resource}: ${describeRequests(event, 'more ')}`]],
  'quota.read': () => [],
  'page.stored': ({ bytes, how, page, received_by, resource }) => {
    const words = {
      received: `received ${bytes} bytes`,
      reused: `reused ${bytes} bytes that run ${received_by} received`,
      'not modified': `not modified since run ${received_by}`,
    };
    return [['info', `${resource}${page === 1 ? '' : `, page ${page}`}: ${words[how]}`]];
  },
  records: () => [],
  'resource.ended': (event) => ENDS[event.status](event),
  'publish.started': ({ resources }) => [['debug', `publishing ${resources} resources`]],
  'publish.merging': () => [],
  'publish.ended': ({ seconds }) => [['debug', `published in ${seconds.toFixed(1)} s`]],
  'checks.started': () => [],
  'checks.ended': ({ checks, found, results }) => [
    ...results.flatMap(({ error }): Line[] => (error === null ? [] : [['warn', error]])),
    ['info', `${checks} data checks, ${found} found something`],
  ],
  'run.ended': ({ run_id, seconds, status }) => [
    ['note', `run ${run_id} ${status} after ${seconds.toFixed(1)} s`],
  ],
};

type Ended = Of<'resource.ended'>;

const ENDS: { readonly [status in Ended['status']]: (event: Ended) => readonly Line[] } = {
  succeeded: ({ errored, left_by, received, repeated, resource, validated }) => [
    left_by === null
      ? [
          'info',
          `${resource}: ${validated} of ${received} records validated, ${errored} errored${repeated === 0 ? '' : `, ${repeated} repeated`}`,
        ]
      : ['info', `${resource}: tables unchanged since run ${left_by.run_id}`],
  ],
  kept: ({ left_by, resource }) => [
    ['info', `${resource}: kept the rows that run ${left_by?.run_id} published from ${left_by?.address}`],
  ],
  absent: ({ error }) => (error === null ? [] : [['info', error.message]]),
  // An interruption is logged once, at the end of the run.
  failed: ({ error }) => (error === null || error.code === 'interrupted' ? [] : [['error', error.message]]),
  skipped: () => [],
};

function linesOf(event: RunEvent): readonly Line[] {
  return (LINES[event.type] as (event: RunEvent) => readonly Line[])(event);
}

/** The facts that are plain values, and the error code, if any. */
function fieldsOf(event: RunEvent | JobEvent): LogFields {
  const code = 'error' in event && event.error !== null ? { code: event.error.code } : {};
  const { type, ...facts } = event;
  const values = Object.entries(facts).filter(
    ([name, value]) => name !== 'message' && Object(value) !== value,
  );
  // Omits null fields, such as the job of a run that no job started.
  return { event: type, ...Object.fromEntries(values.filter(([, value]) => value !== null)), ...code };
}

/** Writes job events to the log in the same way. */
export function logJobs(log: Log): (event: JobEvent) => void {
  return (event) => {
    const [level, message] = lineOfJob(event);
    log[level](message, fieldsOf(event));
  };
}

function lineOfJob(event: JobEvent): Line {
  const { job } = event;
  if (event.type === 'job.started') {
    const again = event.try === 1 ? '' : `, attempt ${event.try}`;
    return ['info', `job ${job} started (${event.trigger}${again})`];
  }
  if (event.type === 'job.waiting') return ['info', `job ${job} is waiting: ${event.reason}`];
  const { again_at, error, seconds, status } = event;
  const why = error === null ? '' : `: ${error.message}`;
  const then = again_at === null ? '' : `; next attempt at ${again_at}`;
  return [LEVELS[status], `job ${job} ${status} after ${seconds.toFixed(1)} s${why}${then}`];
}

const LEVELS: { readonly [S in Extract<JobEvent, { type: 'job.ended' }>['status']]: keyof Log } = {
  running: 'info',
  succeeded: 'info',
  partial: 'warn',
  failed: 'error',
  interrupted: 'warn',
  postponed: 'warn',
};
