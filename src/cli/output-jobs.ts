import type { JobReport, JobStatus, JobTry } from '../core/job.ts';
import type { Trigger } from '../core/queue.ts';
import { array, boolean, integer, nullable, object, oneOf, string, type Schema } from '../core/schema.ts';
import { error, text, time } from './output-parts.ts';

/** `end` describes a job that this process ran itself because no `serve` was running. */
export type JobRunDocument = {
  readonly job: string;
  readonly job_id: string | null;
  readonly queued: boolean;
  readonly state: JobReport['state'] | null;
  readonly enabled: boolean;
  readonly end: JobTry | null;
};

/** The output about jobs, as JSON Schema. The compiler checks it against the printed types. */

const trigger: Schema<Trigger> = oneOf(['schedule', 'command', 'first'], {
  description: 'why it was queued; first: it had never run',
});

const status: Schema<JobStatus> = oneOf(
  ['running', 'succeeded', 'partial', 'failed', 'interrupted', 'postponed'],
  { description: 'postponed: its source had no quota left, or serve was stopped; it begins again by itself' },
);

export const jobTry: Schema<JobTry> = object({
  job: text('its name'),
  job_id: text('the same for each try'),
  try: integer({ minimum: 1 }),
  trigger,
  status,
  run_id: nullable(text('null where no run began')),
  started_at: time(),
  finished_at: nullable(time('null while it runs, and where its process died')),
  again_at: nullable(time('when it is tried again; null: it is not')),
  host: text(),
  pid: integer({ minimum: 0 }),
  error: error('why it failed'),
});

export const jobReport: Schema<JobReport> = object({
  name: text(),
  source: text('its name'),
  from: nullable(text('where its records come from; null: what is configured for the source')),
  resources: nullable(array(string(), { description: 'null: those of the source' })),
  schedule: nullable(text('a cron expression; null: only by hand')),
  schedule_words: text('the same in words'),
  timezone: text(),
  enabled: boolean({ description: 'does it run by itself?' }),
  next_run: nullable(time('the next tick; null where there is none')),
  state: oneOf(['idle', 'waiting', 'running'], {
    description: 'waiting: in the queue, also where its process died',
  }),
  since: nullable(time('when it may begin, or began')),
  last: nullable(jobTry),
});

export const jobRunDocument: Schema<JobRunDocument> = object({
  job: text('its name'),
  job_id: nullable(text('null: nothing was queued, as `state` says; the exit code is 0')),
  queued: boolean({ description: 'now, for a serve that is running' }),
  state: nullable(
    oneOf(['idle', 'waiting', 'running'], {
      description: 'how the job stands in the queue afterwards; null: this process did it',
    }),
  ),
  enabled: boolean({ description: 'false: it runs by command alone' }),
  end: nullable(jobTry),
});
