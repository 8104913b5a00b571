import {
  profiledResources,
  readManifest,
  readProfile,
  runNames,
  type Manifest,
} from '../adapters/files/read-runs.ts';
import { compareProfiles, noveltiesInPart } from '../core/drift.ts';
import { PipelineError } from '../core/errors.ts';
import { isPosition, pickIds, suggestId } from '../lib/pick-id.ts';
import type { DriftReport } from '../output/records.ts';

/**
 * The drift in a run. `id` is the run's id, a unique prefix or suffix of it, or the run's position among the runs with
 * a profile; null means the newest of those runs. Reads only the data folder.
 */
export async function driftOf(
  dataDir: string,
  sources: readonly string[],
  id: string | null,
  alone: boolean,
): Promise<DriftReport> {
  const runId =
    id === null || isPosition(id)
      ? await profiledAt(dataDir, sources, id ?? 'latest')
      : await findFolder(dataDir, id);
  const report = await driftOfRun(dataDir, runId, alone);
  if (Object.keys(report.resources).length > 0) return report;
  throw new PipelineError(`Cannot show the drift of run ${runId}: there is no profile in its folder`, {
    code: 'usage',
    hint: 'Only a run that reads a complete resource leaves a profile. Show the drift in the newest such run with: spacex-pipeline drift',
  });
}

/** The drift in a run; has no resources if the run left no profile. */
export async function driftOfRun(dataDir: string, runId: string, alone = false): Promise<DriftReport> {
  const earlier = alone ? [] : (await runNames(dataDir)).filter((name) => name < runId);
  const manifest = await readableManifest(dataDir, runId);
  const source = manifest?.source ?? null;
  const resources: Record<string, DriftReport['resources'][string]> = {};
  for (const resource of await profiledResources(dataDir, runId)) {
    const now = await readProfile(dataDir, runId, resource);
    if (now === null) continue;
    const before = await newestProfile(dataDir, earlier, { resource, source });
    const { records, untold } = now;
    const compared = compareProfiles(now, before?.profile ?? null);
    const moved = before !== null && isPart(manifest, resource) ? noveltiesInPart(compared) : compared;
    resources[resource] = { against: before?.runId ?? null, records, untold, moved };
  }
  return { run_id: runId, resources };
}

/**
 * The newest profile of a full pull. Incremental pulls are skipped, because their shares of values are meaningless. The
 * source must match, because two sources can have resources with the same name.
 */
async function newestProfile(
  dataDir: string,
  runIds: readonly string[],
  { resource, source }: { readonly resource: string; readonly source: string | null },
) {
  for (const runId of runIds) {
    const profile = await readProfile(dataDir, runId, resource).catch(() => null);
    const manifest = profile === null ? null : await readableManifest(dataDir, runId);
    if (profile === null || (manifest?.source ?? null) !== source || isPart(manifest, resource)) continue;
    return { runId, profile };
  }
  return null;
}

/** Whether the run pulled only a resource's changes. */
function isPart(manifest: Manifest | null, resource: string): boolean {
  return manifest?.resources[resource]?.pass === 'changes';
}

function readableManifest(dataDir: string, runId: string): Promise<Manifest | null> {
  return readManifest(dataDir, runId).catch(() => null);
}

async function profiledAt(dataDir: string, sources: readonly string[], place: string): Promise<string> {
  const profiled: string[] = [];
  for (const name of await runNames(dataDir)) {
    if ((await profiledResources(dataDir, name)).length === 0) continue;
    const { source = null } = (await readableManifest(dataDir, name)) ?? {};
    if (!sources.includes(source ?? '')) continue;
    profiled.push(name);
    const [found] = pickIds(place, profiled);
    if (found !== undefined) return found;
  }
  if (profiled.length > 0) {
    throw new PipelineError(
      `Cannot find run ${place}: ${profiled.length === 1 ? 'only one run has' : `only ${profiled.length} runs have`} a profile`,
      {
        code: 'usage',
        hint: 'spacex-pipeline runs',
      },
    );
  }
  throw new PipelineError(`Cannot show any drift: no run in ${dataDir} has a profile`, {
    code: 'usage',
    hint: 'spacex-pipeline run',
  });
}

async function findFolder(dataDir: string, id: string): Promise<string> {
  const names = await runNames(dataDir);
  const found = pickIds(id, names);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const many =
    found.length === 0
      ? `no folder name in ${dataDir} starts or ends with it${mistyped(id, names)}`
      : `${found.length} folder names in ${dataDir} start or end with it`;
  throw new PipelineError(`Cannot find run ${id}: ${many}`, {
    code: 'usage',
    hint: 'Use the same --data-dir as the run. List the runs in it with: spacex-pipeline runs',
  });
}

function mistyped(id: string, names: readonly string[]): string {
  const meant = suggestId(id, names);
  return meant === null ? '' : `; did you mean ${meant}?`;
}
