import { readdir, rename, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

import { PipelineError } from '../../core/errors.ts';
import { DAY_MS } from '../../core/retention.ts';
import { errorCode } from '../../lib/error-code.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { processExists } from '../../lib/process-exists.ts';
import { isUuidv7, uuidv7Time } from '../../lib/uuidv7.ts';
import { readManifest, type Manifest } from './read-runs.ts';
import { runFolder } from './run-store.ts';
import { wrapWriteErrors } from './write-errors.ts';

/** Prefix of a run's folder while it is removed: whatever is left of it no longer counts as a run. */
const REMOVED = '.removed-';

/** Prefix of the temporary folder that a preview works in. */
const PREVIEW = '.plan-';

export type RunFolderEntry = {
  readonly run_id: string;
  /** Null if there is none: the folder is incomplete. */
  readonly manifest: Manifest | null;
};

/** What is in `<data-dir>/runs`: folders of runs, and what interrupted removals left behind. */
export async function listRunFolders(
  dataDir: string,
  now: number,
): Promise<{ readonly folders: readonly RunFolderEntry[]; readonly leftovers: readonly string[] }> {
  const folders: RunFolderEntry[] = [];
  const leftovers: string[] = [];
  for (const name of await namesIn(join(dataDir, 'runs'))) {
    if (name.startsWith(REMOVED) && isUuidv7(name.slice(REMOVED.length))) {
      leftovers.push(name.slice(REMOVED.length));
    } else if (isDeadPreview(name, now)) {
      leftovers.push(name.slice(PREVIEW.length));
    } else if (isUuidv7(name)) {
      // An unreadable manifest proves nothing, least of all that its folder may be removed.
      const manifest = await readManifest(dataDir, name).catch(() => 'unreadable' as const);
      if (manifest !== 'unreadable') folders.push({ run_id: name, manifest });
    }
  }
  return { folders, leftovers };
}

/** Removes a run's folder, or what is left of it. Renames it first, so that nobody ever reads half a run. */
export async function removeRunFolder(dataDir: string, runId: string): Promise<void> {
  const folder = runFolder(dataDir, runId);
  const aside = join(dataDir, 'runs', `${REMOVED}${runId}`);
  try {
    await rename(folder, aside).catch(ignoreMissing);
    for (const left of [aside, join(dataDir, 'runs', `${PREVIEW}${runId}`)]) {
      await rm(left, { recursive: true, force: true });
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PipelineError(`Cannot remove run folder ${folder}: ${reason}`, {
      code: 'internal',
      cause: error,
      hint: 'Check who owns it and which process has it open, then type: spacex-pipeline runs prune',
    });
  }
}

/**
 * Makes a folder for the duration of some work, hidden in `<data-dir>/runs`: if the process is killed, what is left
 * counts as neither a run nor a database, and is removed with the folders of old runs. `work` gets the folder's name.
 * Parent folders that were made for it are removed, too.
 */
export async function withPreviewFolder<T>(
  dataDir: string,
  id: string,
  work: (name: string) => Promise<T>,
): Promise<T> {
  const name = `${PREVIEW}${id}`;
  const folder = runFolder(dataDir, name);
  const made = await wrapWriteErrors(folder, () => makeFolder(folder));
  try {
    return await work(name);
  } finally {
    await rm(folder, { recursive: true, force: true });
    if (made !== undefined) await removeEmpty(dirname(folder), made);
  }
}

/** Removes the folder and its parents, up to `last`, while they are empty. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  if (folder.length < last.length) return;
  const removed = await rmdir(folder).then(
    () => true,
    () => false,
  );
  if (removed) await removeEmpty(dirname(folder), last);
}

/** No preview takes a day: the process that made this folder was killed. */
function isDeadPreview(name: string, now: number): boolean {
  const id = name.slice(PREVIEW.length);
  return name.startsWith(PREVIEW) && isUuidv7(id) && uuidv7Time(id) < now - DAY_MS;
}

/** Is the process of a run alive, as far as this machine can tell? */
export function isAlive({ host, pid }: Pick<Manifest, 'host' | 'pid'>): boolean {
  return host === hostname() && processExists(pid);
}

/** Everything except plain files, which no run leaves there. */
async function namesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: unknown) => {
    ignoreMissing(error);
    return [];
  });
  return entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}
