import { readManifest, type Manifest } from '../adapters/files/read-runs.ts';
import { checkResumable } from '../adapters/postgres/ledger.ts';
import type { LoadedSource } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import type { RunReport } from '../core/run.ts';
import { buildDag } from '../engine/dag.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { findManifest } from './history.ts';
import { linkedRaw } from './kept-raw.ts';
import { runOnce, type RunDeps } from './run.ts';
import { resumeHint, isLoginLost, openSource, type OpenSource } from './source.ts';

type ResumeOptions = { readonly from: string | null; readonly migrate: boolean };

/**
 * Continues a run that ended before it published, under the same id. Reuses complete raw files, requests the rest, and
 * derives everything after raw again. `id` null means the newest run. Throws `usage` if the run, or a later run, has
 * already published.
 */
export async function resumeRun(
  loaded: LoadedSource,
  id: string | null,
  options: ResumeOptions,
  deps: RunDeps,
): Promise<RunReport> {
  const { config } = loaded;
  const manifest = await findManifest(config, id, deps, {
    what: 'resume',
    hint: 'Pull again with: spacex-pipeline run',
  });
  const dag = buildDag(config.source.resources, manifest.plan);
  // An incremental pull continues after its own pages, unless its pages come from an earlier run.
  const origin =
    typeof manifest.origin_run_id === 'string'
      ? await readManifest(config.dataDir, manifest.origin_run_id)
      : null;
  const from = options.from ?? addressOf(loaded, manifest);
  return runOnce(
    loaded,
    {
      dag,
      chosen: manifest.chosen ?? null,
      full: true,
      migrate: options.migrate,
      resumed: { runId: manifest.run_id, startedAt: manifest.started_at ?? '' },
      chainOf: async (resource) => origin?.chains?.[resource] ?? null,
      readyRaw: async (folder, resource) => {
        if (resource.changes === undefined) return folder.rawInPlace(resource.name);
        return origin === null ? null : linkedRaw('replay', origin, folder, resource);
      },
      check: ({ session }) => checkResumable(session, manifest.run_id),
    },
    // The run stays in its own data folder.
    async (): Promise<OpenSource> => ({
      ...(await openSource(loaded, { from, asOf: null, orSandbox: false }, deps)),
      dataDir: config.dataDir,
      keepsOthers: options.from === null && manifest.keeps_others === true,
    }),
    deps,
  );
}

/** Resumes a run in that data folder; returns null if another run has published since then. */
export async function resumeUnlessOvertaken(
  { config, ...loaded }: LoadedSource,
  dataDir: string,
  id: string,
  options: ResumeOptions,
  deps: RunDeps,
): Promise<RunReport | null> {
  const there = { ...loaded, config: { ...config, dataDir } };
  return resumeRun(there, id, options, deps).catch((error: unknown) => {
    if (error instanceof PipelineError && error.code === 'usage') return null;
    throw error;
  });
}

/**
 * The address to resume from. The manifest stores addresses without secrets, so a configured address must be taken from
 * the configuration.
 */
function addressOf({ config }: LoadedSource, { address, run_id }: Manifest): string | null {
  if (address === null) return null;
  if (address === maskUrl(config.settings.baseUrl)) return 'live';
  if (!isLoginLost(config, address)) return address;
  throw new PipelineError(
    `Cannot resume run ${run_id}: its source ${address} had a login, and logins are never stored`,
    { code: 'usage', hint: resumeHint(config, address, run_id) },
  );
}
