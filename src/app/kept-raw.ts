import type { Manifest } from '../adapters/files/history.ts';
import { PipelineError } from '../core/errors.ts';
import type { ReadyRaw, RunFolder, Upstream } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';

/** The origin's raw file in the folder of the new run, its bytes proven. */
export async function linkedRaw(
  what: 'replay' | 'plan' | 'verify',
  origin: Manifest,
  folder: RunFolder,
  resource: Resource,
): Promise<ReadyRaw> {
  const raw = origin.raw[resource.name];
  const damaged = (reason: string): PipelineError =>
    new PipelineError(`Cannot ${what} ${resource.name} of run ${origin.run_id}: ${reason}`, {
      code: 'usage',
      hint: 'Pull again with: spacex-pipeline run',
    });
  if (raw === undefined) throw damaged('it has no raw file of it');
  const body = await folder.linkRaw(resource.name, { run_id: origin.run_id, raw }).catch((error: unknown) => {
    throw damaged(
      `its raw file ${raw.path} cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
  });
  if (body.sha256 !== raw.sha256) throw damaged(`its raw file ${raw.path} has changed since it was received`);
  const kept = { ...raw, path: body.path };
  await folder.writeRawMeta(resource.name, { ...kept, origin_run_id: origin.run_id });
  return { raw: kept, body, refetch: false };
}

/** Every raw file is there: a request would be a mistake of ours. */
export function noUpstream(address: string): Upstream {
  const refuse = (): never => {
    throw new PipelineError('Cannot ask the source: this makes no request', { code: 'internal' });
  };
  return { address, open: refuse, reach: async () => refuse(), hide: (text) => text };
}
