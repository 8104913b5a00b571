import { lstat, mkdtemp, readlink, realpath, rm, rmdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** As clients of PostgreSQL look for one in a folder, on its usual port. */
const NAME = '.s.PGSQL.5432';
/** What a path of a socket may have on every system; Linux would take four more. */
const MOST_BYTES = 103;
const PREFIX = 'spacex-pipeline-';
/** Beside a socket elsewhere: whose it is. */
const LINK = 'data';

/** The path of a socket that a holder of the folder may listen on, and what removes it. */
export type SocketPlace = { readonly path: string; readonly remove: () => Promise<void> };

/**
 * In the data folder, where no other socket of a live process can be: the caller holds its lock. Null where the path
 * would be too long.
 */
export async function socketInFolder(dataDir: string): Promise<SocketPlace | null> {
  const path = join(await realpath(dataDir), NAME);
  if (Buffer.byteLength(path) > MOST_BYTES) return null;
  await removeSocket(path);
  return { path, remove: () => removeSocket(path) };
}

/** In a fresh folder that is closed to other users. */
export async function socketElsewhere(dataDir: string): Promise<SocketPlace> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await symlink(await realpath(dataDir), join(folder, LINK));
  const path = join(folder, NAME);
  return { path, remove: () => removeSocket(path) };
}

/** Whether the socket that a holder of the folder has named belongs to this folder, and to that user. */
export async function isSocketOf(dataDir: string, path: string, uid: number): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSocket() !== true || found.uid !== uid) return false;
  const folder = await realpath(dataDir);
  if (dirname(path) === folder) return true;
  return (await readlink(join(dirname(path), LINK)).catch(() => null)) === folder;
}

/** With the folder that was made for it. */
export async function removeSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSocket() === true) await rm(path, { force: true });
  const folder = dirname(path);
  if (basename(path) !== NAME || !basename(folder).startsWith(PREFIX)) return;
  await rm(join(folder, LINK), { force: true });
  await rmdir(folder).catch(() => undefined);
}
