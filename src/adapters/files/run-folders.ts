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

/** Prefix of a run folder that is being removed and no longer counts as a run. */
const REMOVED = '.removed-';

/** Prefix of a preview's temporary folder. */
const PREVIEW = '.plan-';

export type RunFolderEntry = {
  readonly run_id: string;
  /** Null if the folder is incomplete and has no manifest. */
  readonly manifest: Manifest | null;
};

/** The contents of `<data-dir>/runs`: run folders, and the leftovers of interrupted removals and killed previews. */
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
      // A folder with an unreadable manifest is skipped, because nothing shows that it can be removed.
      const manifest = await readManifest(dataDir, name).catch(() => 'unreadable' as const);
      if (manifest !== 'unreadable') folders.push({ run_id: name, manifest });
    }
  }
  return { folders, leftovers };
}

/**
 * Removes a run folder, or what is left of it. Renames the folder first, so that no one reads a partially removed run.
 */
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
      hint: 'Check who owns it and which process has it open, then run: spacex-pipeline runs prune',
    });
  }
}

/**
 * Creates a hidden folder in `<data-dir>/runs`, calls `work` with its name, and removes the folder and any parent
 * folders that it created. If the process is killed, the folder counts as neither a run nor a database, and is removed
 * later together with old run folders.
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

/** Removes the folder and its parents, up to and including `last`, as long as they are empty. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  if (folder.length < last.length) return;
  const removed = await rmdir(folder).then(
    () => true,
    () => false,
  );
  if (removed) await removeEmpty(dirname(folder), last);
}

/** True if a killed preview left this folder behind. No preview takes longer than a day. */
function isDeadPreview(name: string, now: number): boolean {
  const id = name.slice(PREVIEW.length);
  return name.startsWith(PREVIEW) && isUuidv7(id) && uuidv7Time(id) < now - DAY_MS;
}

/** True if a run's process is alive, as far as this machine can tell. */
export function isAlive({ host, pid }: Pick<Manifest, 'host' | 'pid'>): boolean {
  return host === hostname() && processExists(pid);
}

/** The names of all entries except plain files, because no run creates plain files there. */
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
