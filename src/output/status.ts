import { nullable, number, object, type Schema } from '../core/schema.ts';
import type { Reason, SourceStatus, StatusReport } from '../core/status.ts';
import { jobReport } from './jobs.ts';
import { choice, count, described, error, flag, list, runStatus, text, time } from './parts.ts';

const reason: Schema<Reason> = object({
  code: choice([
    'never_succeeded',
    'too_old',
    'run_failed',
    'run_partial',
    'books',
    'job_failed',
    'check_error',
  ]),
  message: text('for people'),
});

const seconds = number({ minimum: 0 });

const sourceStatus: Schema<SourceStatus> = object({
  source: text('its name'),
  needs_attention: flag(),
  reasons: list(reason, 'why it needs attention'),
  last_success: nullable(
    object({
      run_id: text(),
      finished_at: time(),
      address: text('where the records came from'),
      simulated: nullable(flag('the records are simulated')),
    }),
  ),
  last_run: nullable(
    object({
      run_id: text(),
      status: runStatus,
      started_at: time(),
      finished_at: nullable(time()),
      error: error('why it failed'),
    }),
  ),
  running: nullable(object({ run_id: text(), started_at: time() })),
  rejects_open: count('records that broke their contract and that nobody has waived'),
  held: count('rows that stay as they were, because their record broke its contract'),
  checks: object({ error: count(), warning: count(), info: count() }),
  age_seconds: nullable(described(seconds, 'since the end of the last success')),
  max_age_seconds: nullable(
    described(seconds, 'from --max-age, or twice the interval of the jobs; null: no limit'),
  ),
  next_run: nullable(time('the next tick of its jobs')),
  jobs: list(jobReport),
  quota: described(
    nullable(object({ left: count('requests'), resets_at: nullable(time()) })),
    'null if the source has none, or it is unknown',
  ),
});

export const statusDocument: Schema<StatusReport> = object({
  checked_at: time(),
  database: text('the server, or the folder of the embedded database'),
  needs_attention: flag('true if any source does; the exit code is then 10'),
  sources: list(sourceStatus),
});
