import type { JobReport, JobStatus, JobTry } from '../core/job.ts';
import type { Trigger } from '../core/queue.ts';
import { integer, nullable, object, type Schema, type Static } from '../core/schema.ts';
import { choice, error, flag, list, text, time } from './parts.ts';

const trigger: Schema<Trigger> = choice(
  ['schedule', 'command', 'first'],
  'why the job was queued; first: it had never run',
);

const status: Schema<JobStatus> = choice(
  ['running', 'succeeded', 'partial', 'failed', 'interrupted', 'postponed'],
  'postponed: its source had no quota left, or `serve` was stopped; the job resumes automatically',
);

export const jobTry: Schema<JobTry> = object({
  job: text('its name'),
  job_id: text('the id of the execution, the same for every attempt'),
  try: integer({ minimum: 1 }),
  trigger,
  status,
  run_id: nullable(text('null if no run began')),
  started_at: time(),
  finished_at: nullable(time('null while the job is running, or if its process died')),
  again_at: nullable(time('when the job will be retried; null if it will not be')),
  host: text(),
  pid: integer({ minimum: 0 }),
  error: error('why it failed'),
});

const state = choice(['idle', 'waiting', 'running']);

export const jobReport: Schema<JobReport> = object({
  name: text(),
  source: text('its name'),
  from: nullable(text("where the records come from; null: the source's configured address")),
  resources: nullable(list(text(), "null: the source's configured resources")),
  schedule: nullable(text('a cron expression; null: manual only')),
  schedule_words: text('the schedule in words'),
  timezone: text(),
  enabled: flag('whether the job runs on its schedule'),
  next_run: nullable(time('the next tick; null if there is none')),
  state: { ...state, description: 'waiting: in the queue, including a job whose process died' },
  since: nullable(time('when the job began to run, or when it can begin')),
  last: nullable(jobTry),
});

export const jobRunDocument = object({
  job: text('its name'),
  job_id: nullable(text('null: nothing was queued (see `state`), and the exit code is 0')),
  queued: flag('whether this command queued the job for a running `serve`'),
  state: nullable({
    ...state,
    description: 'the state of the job in the queue afterwards; null: this process ran the job',
  }),
  enabled: flag('false: the job runs only when a command starts it'),
  end: nullable({
    ...jobTry,
    description: 'how the job ended, if this process ran it because no `serve` was running',
  }),
});
export type JobRunDocument = Static<typeof jobRunDocument>;
