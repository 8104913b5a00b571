import { readFileSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { PipelineError } from '../../core/errors.ts';
import { kindOf, type KindStore } from '../../core/simulated.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { errorCode } from '../../lib/error-code.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { readOwnJson } from './own-json.ts';
import { wrapWriteErrors } from './write-errors.ts';

type Kind = { readonly simulated?: unknown };
/** An older version wrote a single kind, which applies to every source. */
type Contents = Kind & { readonly sources?: Readonly<Record<string, Kind | undefined>> | null };

/** Records in `contents.json` whether a data folder holds simulated or real records of a source. */
export function openDataKind(dataDir: string, source: string): KindStore {
  const path = join(dataDir, 'contents.json');
  const hint = `Write {"sources":{"${source}":{"simulated":true}}} into it if run.json of the runs beside it says so, otherwise {"sources":{"${source}":{"simulated":false}}}.`;

  async function read(): Promise<boolean | null> {
    const contents = await readOwnJson<Contents>(path, { code: 'kind', hint });
    if (contents === null) return null;
    const { sources = { [source]: contents } } = contents;
    const kind = Object(sources)[source] as Kind | undefined; // null and strings have no such property
    if (kind === undefined && sources !== null && typeof sources === 'object') return null;
    if (typeof kind?.simulated === 'boolean') return kind.simulated;
    throw new PipelineError(`Cannot read ${path}: it does not say which kind of records is kept here`, {
      code: 'kind',
      hint,
    });
  }

  async function write(simulated: boolean): Promise<void> {
    const contents = await readOwnJson<Contents>(path, { code: 'kind', hint });
    const sources = { ...contents?.sources, [source]: { simulated } };
    await writeFileAtomic(path, `${JSON.stringify({ sources } satisfies Contents)}\n`);
  }

  return {
    known: read,
    refusal: (simulated) =>
      new PipelineError(
        `Cannot keep ${kindOf(simulated)} records in data folder ${dataDir}: it holds ${kindOf(!simulated)} ones`,
        { code: 'kind', hint: 'Give another --data-dir.' },
      ),
    async keep(simulated) {
      if ((await read()) !== null) return;
      await wrapWriteErrors(dataDir, async () => {
        await makeFolder(dataDir);
        await alone(`${path}.lock`, () => write(simulated));
      });
    },
  };
}

/** Does the folder say that it holds real records of any source? */
export function holdsReal(dataDir: string): boolean {
  try {
    const text = readFileSync(join(dataDir, 'contents.json'), 'utf8');
    const { simulated, sources } = JSON.parse(text) as Contents;
    return [{ simulated }, ...Object.values(sources ?? {})].some((kind) => kind?.simulated === false);
  } catch {
    return false;
  }
}

/** An older lock was left behind by a killed process: the work it guards takes milliseconds. */
const STALE_MS = 10_000;
const RETRY_MS = 20;

/** Runs of two sources may begin at the same time, and neither may lose what the other writes. */
async function alone(lock: string, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await (await open(lock, 'wx')).close();
      break;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    const held = await stat(lock).catch(() => null);
    if (held !== null && Date.now() - held.mtimeMs > STALE_MS) await rm(lock, { force: true });
    else await setTimeout(RETRY_MS);
  }
  try {
    await work();
  } finally {
    await rm(lock, { force: true });
  }
}
