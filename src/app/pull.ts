import type { LoadedConfig } from '../config/load.ts';
import type { RunReport } from '../core/run.ts';
import type { Plan } from '../engine/plan.ts';
import { pull, runOnce, type RunDeps } from './run.ts';
import { openSource } from './source.ts';

export type PullRequest = {
  readonly plan: Plan;
  readonly source: string | null;
  readonly orSandbox: boolean;
  readonly full: boolean;
  readonly migrate: boolean;
};

/** A run that pulls from the source: `run`. */
export async function runPull(loaded: LoadedConfig, request: PullRequest, deps: RunDeps): Promise<RunReport> {
  const { orSandbox, source } = request;
  const start = pull({ ...request, chosen: loaded.config.resources });
  return runOnce(loaded, start, () => openSource(loaded, { name: source, orSandbox }, deps), deps);
}
