import type { ErrorReport } from '../core/errors.ts';
import { leavesRows, type RunStatus } from '../core/run.ts';
import type { LedgerEntry, RunEnd } from '../core/target.ts';

type Outcome = Pick<LedgerEntry, 'report' | 'resource'>;

/**
 * How a run ends, given the results of its resources. `chosen` lists the resources that the user named; null for all.
 */
export function closeRun(entries: readonly LedgerEntry[], chosen: readonly string[] | null): RunEnd {
  const error = runError(entries, chosen);
  return { status: runStatus(entries, error), error, entries };
}

/** Absent and kept resources affect the status only through the error. */
function runStatus(entries: readonly Outcome[], error: ErrorReport | null): RunStatus {
  const counted = entries.filter(({ report }) => !leavesRows(report.status));
  const succeeded = counted.filter(({ report }) => report.status === 'succeeded').length;
  if (succeeded === counted.length && error === null) return 'succeeded';
  return succeeded > 0 ? 'partial' : 'failed';
}

/**
 * The failure that determines the exit code: the first failure that a resource caused itself. An absent resource counts
 * as a failure if the user named it, if all resources are absent, or if another resource could not be loaded without
 * it.
 */
export function runError(entries: readonly Outcome[], chosen: readonly string[] | null): ErrorReport | null {
  const absent = entries.filter(({ report }) => report.status === 'absent');
  const deciding =
    entries.find(({ report }) => report.status === 'failed') ??
    entries.find(({ report }) => report.status === 'skipped' && report.error?.code !== 'need') ??
    absent.find(({ resource }) => chosen?.includes(resource.name)) ??
    (absent.length === entries.length ? absent[0] : undefined);
  return deciding?.report.error ?? null;
}
