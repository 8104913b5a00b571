import { readManifest } from '../../adapters/files/history.ts';
import type { LoadedSource } from '../../config/for-source.ts';
import type { Job } from '../../config/jobs.ts';
import { PipelineError } from '../../core/errors.ts';
import type { RunReport } from '../../core/run.ts';
import { planRun } from '../../engine/plan.ts';
import { runPull } from '../pull.ts';
import { resumeRun } from '../resume.ts';
import type { RunDeps } from '../run.ts';

/** The run of a job: continues an earlier one that published nothing, if its folder is here. */
export async function startRun(
  loaded: LoadedSource,
  { from }: Job,
  earlier: string | null,
  dataDir: string,
  deps: RunDeps,
): Promise<RunReport> {
  if (earlier !== null && (await readManifest(dataDir, earlier)) !== null) {
    const there = { ...loaded, config: { ...loaded.config, dataDir } };
    const resumed = await resumeRun(there, earlier, { from, migrate: false }, deps).catch(
      (error: unknown) => {
        // Another run has published since.
        if (error instanceof PipelineError && error.code === 'usage') return null;
        throw error;
      },
    );
    if (resumed !== null) return resumed;
  }
  const { settings, source } = loaded.config;
  const plan = planRun(source.resources, settings.resources);
  return runPull(loaded, { plan, from, asOf: null, orSandbox: false, full: false, migrate: false }, deps);
}
