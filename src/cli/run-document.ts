import type { ErrorReport } from '../core/errors.ts';
import type { RunReport } from '../core/run.ts';
import type { RunDocument } from '../output/runs.ts';

const UNBEGUN = {
  run_id: null,
  source: null,
  address: null,
  simulated: null,
  run_dir: null,
  job: null,
  started_at: null,
  finished_at: null,
  resources: {},
} as const;

/** The document of a run that never began. */
export function failedRun(error: ErrorReport): RunReport {
  const status = error.code === 'interrupted' ? 'interrupted' : 'failed';
  return { ...UNBEGUN, status, error };
}

/** The document of a run that was skipped because another run was using the database. */
export function skippedRun(source: string): RunDocument {
  return { ...UNBEGUN, status: 'skipped', source, error: null };
}
