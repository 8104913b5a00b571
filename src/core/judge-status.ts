import { formatDuration } from './duration.ts';
import type { JobReport } from './job.ts';
import type { LedgerStatus, Reason, SourceStatus } from './status.ts';

type Circumstances = {
  readonly jobs: readonly JobReport[];
  /** Seconds; null for any age. */
  readonly max: number | null;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether rows are expected. If not, a source that was never loaded needs no attention. */
  readonly expected: boolean;
};

/** Whether the source was ever loaded or tried, or a scheduled job is configured for it. */
export function isExpected(
  { last_run, running }: LedgerStatus,
  jobs: readonly JobReport[],
  configured: boolean,
) {
  if (last_run !== null || running !== null) return true;
  return jobs.some(
    ({ enabled, last, schedule }) => last !== null || (configured && enabled && schedule !== null),
  );
}

/** The status of a source, and whether it needs attention. */
export function judgeStatus(
  source: string,
  ledger: LedgerStatus,
  { expected, jobs, max, now }: Circumstances,
): SourceStatus {
  const { last_success } = ledger;
  const age = last_success === null ? null : Math.max(0, (now - Date.parse(last_success.finished_at)) / 1000);
  const reasons = [
    ...(age === null && !expected ? [] : ageReasons(age, max)),
    ...runReasons(ledger),
    ...jobs.flatMap((job) => jobReasons(job, ledger)),
    ...checkReasons(ledger),
  ];
  const ticks = jobs.flatMap(({ next_run }) => next_run ?? []).toSorted();
  return {
    source,
    needs_attention: reasons.length > 0,
    reasons,
    ...ledger,
    age_seconds: age === null ? null : Math.round(age),
    max_age_seconds: max,
    next_run: ticks[0] ?? null,
    jobs,
    quota: null,
  };
}

function ageReasons(age: number | null, max: number | null): readonly Reason[] {
  if (age === null) return [{ code: 'never_succeeded', message: 'No run has succeeded yet' }];
  if (max === null || age <= max) return [];
  const [is, may] = [formatDuration(age), formatDuration(max)];
  return [{ code: 'too_old', message: `The last success was ${is} ago; the maximum age is ${may}` }];
}

function runReasons({ last_run: run }: LedgerStatus): readonly Reason[] {
  if (run === null || run.status === 'succeeded' || run.status === 'interrupted') return [];
  const why = run.error === null ? '' : `: ${run.error.message}`;
  if (run.error?.code === 'books')
    return [{ code: 'books', message: `The books of run ${run.run_id} do not balance${why}` }];
  return run.status === 'partial'
    ? [{ code: 'run_partial', message: `Run ${run.run_id} published only some resources${why}` }]
    : [{ code: 'run_failed', message: `Run ${run.run_id} failed${why}` }];
}

/** Reports a job that failed before a run began, because such a failure is not in the ledger of runs. */
function jobReasons({ enabled, last, name }: JobReport, { last_success }: LedgerStatus): readonly Reason[] {
  const isSettled =
    last !== null &&
    last_success !== null &&
    Date.parse(last.started_at) <= Date.parse(last_success.finished_at);
  if (!enabled || last === null || last.status !== 'failed' || last.run_id !== null || isSettled) return [];
  const why = last.error === null ? '' : `: ${last.error.message}`;
  return [{ code: 'job_failed', message: `Job ${name} failed before a run began${why}` }];
}

function checkReasons({ checks }: LedgerStatus): readonly Reason[] {
  const { error: count } = checks;
  if (count === 0) return [];
  const what = count === 1 ? 'data check of severity error' : 'data checks of severity error';
  return [{ code: 'check_error', message: `${count} ${what} found something` }];
}
