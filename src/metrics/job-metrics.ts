import type { JobEvent, JobStatus } from '../core/job.ts';
import type { Meters } from './meters.ts';
import type { Known, RunMetrics } from './run-metrics.ts';

const ENDS = [
  'succeeded',
  'partial',
  'failed',
  'interrupted',
  'postponed',
] as const satisfies readonly JobStatus[];

/** Counts job events that happen outside runs. */
export function createJobMetrics(
  { counter }: Meters,
  { jobs }: Known,
  { couldNotBegin }: Pick<RunMetrics, 'couldNotBegin'>,
): (event: JobEvent) => void {
  const tries = counter('job_tries_total', 'Attempts to run a job, by outcome.', ['job_name', 'status']);
  for (const { name: job_name } of jobs) for (const status of ENDS) tries.inc({ job_name, status }, 0);
  return (event) => {
    if (event.type !== 'job.ended') return;
    const { job, run_id, source, status } = event;
    tries.inc({ job_name: job, status });
    if (run_id === null && status === 'failed') couldNotBegin(source, job);
  };
}
