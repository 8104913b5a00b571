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
  message: text('for people to read'),
});

const seconds = number({ minimum: 0 });

const sourceStatus: Schema<SourceStatus> = object({
  source: text('its name'),
  needs_attention: flag(),
  reasons: list(reason, 'why the source needs attention'),
  last_success: nullable(
    object({
      run_id: text(),
      finished_at: time(),
      address: text('where the records came from'),
      simulated: nullable(flag('whether the records are simulated')),
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
  rejects_open: count('records that broke their contract and have not been waived'),
  held: count('rows left unchanged because their record broke its contract'),
  checks: object({ error: count(), warning: count(), info: count() }),
  age_seconds: nullable(described(seconds, 'since the last successful run ended')),
  max_age_seconds: nullable(
    described(seconds, "from --max-age, or twice the jobs' interval; null: no limit"),
  ),
  next_run: nullable(time("the next tick of the source's jobs")),
  jobs: list(jobReport),
  quota: described(
    nullable(object({ left: count('requests that are still allowed'), resets_at: nullable(time()) })),
    'null if the source has no quota, or if the quota is unknown',
  ),
});

export const statusDocument: Schema<StatusReport> = object({
  checked_at: time(),
  database: text('the server, or the folder of the embedded database'),
  needs_attention: flag('true if any source needs attention; the exit code is then 10'),
  sources: list(sourceStatus),
});
