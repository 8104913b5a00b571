import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { PipelineError } from '../../core/errors.ts';
import { errorCode } from '../../lib/error-code.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { wrapWriteErrors } from './write-errors.ts';

/** The data folder's UUID, which is generated on first use. A copy of the folder has the same UUID. */
export async function folderId(dataDir: string): Promise<string> {
  const path = join(dataDir, 'folder-id');
  const found = await readId(path);
  if (found !== null) return found;
  await wrapWriteErrors(path, async () => {
    await makeFolder(dataDir);
    const own = `${path}.${randomUUID()}`;
    await writeFile(own, `${randomUUID()}\n`, { flush: true });
    // Two runs can get here at the same time. The one that links its file first determines the UUID.
    await link(own, path).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    await rm(own, { force: true });
  });
  const made = await readId(path);
  if (made !== null) return made;
  throw new PipelineError(`Cannot read ${path}: it is missing`, { code: 'database', hint: 'Try again.' });
}

/** The data folder's UUID; null if it has not been generated yet. */
export function knownFolderId(dataDir: string): Promise<string | null> {
  return readId(join(dataDir, 'folder-id'));
}

async function readId(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  return text === null || text.trim() === '' ? null : text.trim();
}
