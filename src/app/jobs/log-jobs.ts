import type { Log } from '../../core/ports.ts';
import type { JobEvent } from './perform.ts';

/** Writes job events to the log: a sentence for people, plus the event's name and facts. */
export function logJobs(log: Log): (event: JobEvent) => void {
  return (event) => {
    const { level, message } = lineOf(event);
    const { type, ...facts } = event;
    const values = Object.entries(facts).filter(([, value]) => value !== null && Object(value) !== value);
    const code = 'error' in event && event.error !== null ? { code: event.error.code } : {};
    log[level](message, { event: type, ...Object.fromEntries(values), ...code });
  };
}

function lineOf(event: JobEvent): { readonly level: keyof Log; readonly message: string } {
  const { job } = event;
  if (event.type === 'job.started') {
    const again = event.try === 1 ? '' : `, try ${event.try}`;
    return { level: 'info', message: `job ${job} started (${event.trigger}${again})` };
  }
  if (event.type === 'job.waiting')
    return { level: 'info', message: `job ${job} is waiting: ${event.reason}` };
  const { again_at, error, seconds, status } = event;
  const why = error === null ? '' : `: ${error.message}`;
  const then = again_at === null ? '' : `; next try at ${again_at}`;
  const message = `job ${job} ${status} after ${seconds.toFixed(1)} s${why}${then}`;
  return { level: LEVELS[status], message };
}

const LEVELS: { readonly [S in Extract<JobEvent, { type: 'job.ended' }>['status']]: keyof Log } = {
  running: 'info',
  succeeded: 'info',
  partial: 'warn',
  failed: 'error',
  interrupted: 'warn',
  postponed: 'warn',
};
