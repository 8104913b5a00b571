import type { Manifest } from '../adapters/files/read-runs.ts';
import { AbsentError, PipelineError, reasonOf } from '../core/errors.ts';
import type { RawPage, ReadyRaw, RunFolder } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { leavesRows, type RawFile } from '../core/run.ts';
import { errorCode } from '../lib/error-code.ts';
import type { OpenSource } from './source.ts';

/** The part of a run that describes its pages. */
export type Origin = Pick<Manifest, 'run_id' | 'raw' | 'resources' | 'simulated'> & {
  /** The chains by resource. The pages of a chain are in the folders of the runs that received them. */
  readonly chains?: Readonly<Record<string, unknown>>;
};

/** Links the pages of an earlier run into the folder of the new one and verifies their bytes. */
export async function linkedRaw(
  what: 'replay' | 'plan' | 'verify',
  origin: Origin,
  folder: RunFolder,
  { name }: Resource,
): Promise<ReadyRaw> {
  const files = origin.raw[name] ?? [];
  if (leftRowsUnchanged(origin, name)) {
    const { status } = origin.resources[name] ?? {};
    throw new AbsentError(`Cannot ${what} ${name} of run ${origin.run_id}: it was ${status} in that run`);
  }
  const unusable = (code: 'internal' | 'usage', reason: string): PipelineError =>
    new PipelineError(`Cannot ${what} ${name} of run ${origin.run_id}: ${reason}`, {
      code,
      hint: 'Pull again with: spacex-pipeline run',
    });
  if (files.length === 0) throw unusable('usage', 'the run has no raw file for it');
  const pages: RawPage[] = [];
  for (const [index, file] of files.entries()) {
    const body = await folder
      .linkRaw(name, index + 1, { run_id: runOf(origin, file), file })
      .catch((error: unknown) => {
        throw unusable('internal', `${nameOf(origin, file)} cannot be read (${whyNot(error)})`);
      });
    if (body.sha256 !== file.sha256)
      throw unusable('internal', `${nameOf(origin, file)} has changed since it was received`);
    const linked = { ...file, path: body.path };
    await folder.writeRawMeta(name, index + 1, {
      ...linked,
      simulated: origin.simulated,
      origin_run_id: origin.run_id,
    });
    pages.push({ file: linked, head: body.head });
  }
  return { pages, simulated: origin.simulated, refetch: false };
}

/** The run whose folder contains the page. In a chain, each run has the pages that it added. */
function runOf({ chains = {}, run_id }: Origin, { path, received_by }: RawFile): string {
  const [, resource = ''] = path.split('/');
  return chains[resource] === undefined ? run_id : received_by;
}

function whyNot(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null;
  return errorCode(cause) === 'ENOENT' ? 'it is missing' : reasonOf(error);
}

function nameOf(origin: Origin, file: RawFile): string {
  const run = runOf(origin, file);
  return `its raw file ${file.path}${run === origin.run_id ? '' : `, received by run ${run},`}`;
}

/** Whether a run left a resource's rows unchanged because the resource was absent or kept. */
export function leftRowsUnchanged(
  { raw, resources }: Pick<Origin, 'raw' | 'resources'>,
  name: string,
): boolean {
  const status = resources[name]?.status;
  return raw[name] === undefined && status !== undefined && leavesRows(status);
}

/** A source whose pages an earlier run received. Every raw file is present, so a request would be a bug. */
export function archivedSource({ address }: Pick<Manifest, 'address'>, dataDir: string): OpenSource {
  const refuse = (): never => {
    throw new PipelineError('Cannot send a request: all data comes from raw files', { code: 'internal' });
  };
  return {
    upstream: {
      address: address ?? '',
      open: refuse,
      quota: async () => refuse(),
      forMore: null,
      reach: async () => refuse(),
      hide: (text) => text,
    },
    dataDir,
    keepsOthers: false,
    close: async () => undefined,
  };
}
