import type { Reason, SourceStatus, StatusReport } from '../core/status.ts';
import { array, boolean, nullable, number, object, oneOf, type Schema } from '../core/schema.ts';
import { jobReport } from './output-jobs.ts';
import { count, described, error, runStatus, text, time } from './output-parts.ts';

/** The output of `status`, as JSON Schema. The compiler checks it against the printed types. */

const reason: Schema<Reason> = object({
  code: oneOf([
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

const sourceStatus: Schema<SourceStatus> = object({
  source: text('its name'),
  needs_attention: boolean(),
  reasons: array(reason, { description: 'why somebody should look; empty where nobody need' }),
  last_success: nullable(
    object({
      run_id: text(),
      finished_at: time(),
      address: text('where the records came from'),
      simulated: nullable(boolean({ description: 'the records are made up' })),
    }),
  ),
  last_run: nullable(
    object({
      run_id: text(),
      status: runStatus(),
      started_at: time(),
      finished_at: nullable(time()),
      error: error('why it failed'),
    }),
  ),
  running: nullable(object({ run_id: text(), started_at: time() })),
  rejects_open: count('records that broke their contract, and nobody has waived'),
  held: count('rows that stay as they were, as their record broke its contract'),
  checks: object({ error: count(), warning: count(), info: count() }),
  age_seconds: nullable(number({ minimum: 0, description: 'since the end of the last success' })),
  max_age_seconds: nullable(
    number({ minimum: 0, description: 'of --max-age, or twice the pace of the jobs; null for any age' }),
  ),
  next_run: nullable(time('the next tick of its jobs')),
  jobs: array(jobReport),
  quota: described(
    nullable(object({ left: count('requests'), resets_at: nullable(time()) })),
    'null where the source has none, or it is unknown',
  ),
});

export const statusDocument: Schema<StatusReport> = object({
  checked_at: time(),
  database: text('the server, or the folder of the embedded database'),
  needs_attention: boolean({ description: 'of any source; the exit code is then 10' }),
  sources: array(sourceStatus),
});
