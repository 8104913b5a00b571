import type { JobReport, JobStatus, JobTry } from '../core/job.ts';
import type { Trigger } from '../core/queue.ts';
import { integer, nullable, object, type Schema, type Static } from '../core/schema.ts';
import { choice, error, flag, list, text, time } from './parts.ts';

const trigger: Schema<Trigger> = choice(
  ['schedule', 'command', 'first'],
  'why it was queued; first: it had never run',
);

const status: Schema<JobStatus> = choice(
  ['running', 'succeeded', 'partial', 'failed', 'interrupted', 'postponed'],
  'postponed: its source had no quota left, or serve was stopped; it resumes automatically',
);

export const jobTry: Schema<JobTry> = object({
  job: text('its name'),
  job_id: text('the same for each attempt'),
  try: integer({ minimum: 1 }),
  trigger,
  status,
  run_id: nullable(text('null if no run began')),
  started_at: time(),
  finished_at: nullable(time('null while it runs, and if its process died')),
  again_at: nullable(time('when it is retried; null if it is not')),
  host: text(),
  pid: integer({ minimum: 0 }),
  error: error('why it failed'),
});

const state = choice(['idle', 'waiting', 'running']);

export const jobReport: Schema<JobReport> = object({
  name: text(),
  source: text('its name'),
  from: nullable(text('where its records come from; null: the address configured for the source')),
  resources: nullable(list(text(), 'null: those of the source')),
  schedule: nullable(text('a cron expression; null: manual only')),
  schedule_words: text('the same in words'),
  timezone: text(),
  enabled: flag('whether it runs on its schedule'),
  next_run: nullable(time('the next tick; null if there is none')),
  state: { ...state, description: 'waiting: in the queue, even if its process died' },
  since: nullable(time('when it began to run, or when it may begin')),
  last: nullable(jobTry),
});

export const jobRunDocument = object({
  job: text('its name'),
  job_id: nullable(text('null: nothing was queued, see `state`; the exit code is 0')),
  queued: flag('whether this command queued it for a running serve'),
  state: nullable({
    ...state,
    description: 'its state in the queue afterwards; null: this process ran the job',
  }),
  enabled: flag('false: it runs only when a command starts it'),
  end: nullable({
    ...jobTry,
    description: 'how the job ended that this process ran, because no serve was running',
  }),
});
export type JobRunDocument = Static<typeof jobRunDocument>;
