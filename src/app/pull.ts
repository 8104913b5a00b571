import type { LoadedSource } from '../config/for-source.ts';
import type { RunReport } from '../core/run.ts';
import type { Dag } from '../engine/dag.ts';
import { runOnce, type RunDeps } from './run.ts';
import { resumeUnlessOvertaken } from './resume.ts';
import { dataDirOf } from './data-folders.ts';
import { openSource, scopeOfChoice } from './source.ts';
import { unfinishedPull } from './unfinished.ts';

export type PullRequest = {
  readonly dag: Dag;
  readonly from: string | null;
  readonly asOf: string | null;
  readonly orSandbox: boolean;
  readonly full: boolean;
  /** Start over, even if a pull that was cut off could continue. */
  readonly restart?: boolean;
  readonly migrate: boolean;
};

/**
 * Pulls from the source, for the `run` command and for jobs. Continues an incremental pull that was cut off, if the
 * scope is the same.
 */
export async function runPull(loaded: LoadedSource, request: PullRequest, deps: RunDeps): Promise<RunReport> {
  const { asOf, from, full, migrate, orSandbox, restart = false } = request;
  const dataDir = dataDirOf(loaded.config, from);
  const choice = { from, asOf, orSandbox };
  const scope = scopeOfChoice(loaded, choice, deps.clock.now());
  const unfinished = await unfinishedPull(loaded.config, dataDir, scope);
  if (unfinished !== null && (restart || full)) {
    deps.log.info(`starting over and abandoning run ${unfinished}, which was interrupted`);
  } else if (unfinished !== null) {
    const resumed = await resumeUnlessOvertaken(loaded, dataDir, unfinished, { from, migrate }, deps);
    if (resumed !== null) return resumed;
  }
  const start = { dag: request.dag, chosen: loaded.config.settings.resources, full, migrate };
  return runOnce(loaded, start, () => openSource(loaded, choice, deps), deps);
}
