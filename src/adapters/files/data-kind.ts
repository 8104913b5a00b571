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
/** An older version stored a single kind, which applies to every source. */
type Contents = Kind & { readonly sources?: Readonly<Record<string, Kind | undefined>> | null };

/** Stores in `contents.json` whether a source's records in a data folder are real or simulated. */
export function openDataKind(dataDir: string, source: string): KindStore {
  const path = join(dataDir, 'contents.json');
  const hint = `If the run.json files of this source's runs contain "simulated": true, write {"sources":{"${source}":{"simulated":true}}} to that file; otherwise, write {"sources":{"${source}":{"simulated":false}}}.`;

  async function read(): Promise<boolean | null> {
    const contents = await readOwnJson<Contents>(path, { code: 'kind', hint });
    if (contents === null) return null;
    const { sources = { [source]: contents } } = contents;
    const kind = Object(sources)[source] as Kind | undefined; // undefined if `sources` is null or a string
    if (kind === undefined && sources !== null && typeof sources === 'object') return null;
    if (typeof kind?.simulated === 'boolean') return kind.simulated;
    throw new PipelineError(
      `Cannot read ${path}: it does not indicate whether the records are real or simulated`,
      {
        code: 'kind',
        hint,
      },
    );
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
        `Cannot store ${kindOf(simulated)} records in data folder ${dataDir}: it contains ${kindOf(!simulated)} records`,
        { code: 'kind', hint: 'Choose a different --data-dir.' },
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

/** True if, according to `contents.json`, the folder contains real records from any source. */
export function holdsReal(dataDir: string): boolean {
  try {
    const text = readFileSync(join(dataDir, 'contents.json'), 'utf8');
    const { simulated, sources } = JSON.parse(text) as Contents;
    return [{ simulated }, ...Object.values(sources ?? {})].some((kind) => kind?.simulated === false);
  } catch {
    return false;
  }
}

/** A lock older than this was left behind by a killed process, because the work that it guards takes milliseconds. */
const STALE_MS = 10_000;
const RETRY_MS = 20;

/**
 * Runs one `work` at a time, because runs of two sources can start at the same time and must not overwrite each other's
 * entries.
 */
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
