import { lstat, mkdtemp, readlink, realpath, rm, rmdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The name that PostgreSQL clients look for in a folder, with the default port. */
const NAME = '.s.PGSQL.5432';
/** The longest socket path that every system accepts; Linux allows four more bytes. */
const MOST_BYTES = 103;
const PREFIX = 'spacex-pipeline-';
/** A symlink beside a socket outside the data folder. It points to the data folder that the socket belongs to. */
const LINK = 'data';

/** A path for the holder of the folder to listen on, and a function that removes the socket. */
export type SocketPlace = { readonly path: string; readonly remove: () => Promise<void> };

/**
 * In the data folder. No other live process can have a socket there, because the caller holds the folder's lock. Null
 * if the path would be too long.
 */
export async function socketInFolder(dataDir: string): Promise<SocketPlace | null> {
  const path = join(await realpath(dataDir), NAME);
  if (Buffer.byteLength(path) > MOST_BYTES) return null;
  await removeSocket(path);
  return { path, remove: () => removeSocket(path) };
}

/** In a new folder that other users cannot enter. */
export async function socketElsewhere(dataDir: string): Promise<SocketPlace> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await symlink(await realpath(dataDir), join(folder, LINK));
  const path = join(folder, NAME);
  return { path, remove: () => removeSocket(path) };
}

/** Does the socket that the holder of the folder announced belong to this folder and this user? */
export async function isSocketOf(dataDir: string, path: string, uid: number): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSocket() !== true || found.uid !== uid) return false;
  const folder = await realpath(dataDir);
  if (dirname(path) === folder) return true;
  return (await readlink(join(dirname(path), LINK)).catch(() => null)) === folder;
}

/** Also removes the folder that was made for it. */
export async function removeSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSocket() === true) await rm(path, { force: true });
  const folder = dirname(path);
  if (basename(path) !== NAME || !basename(folder).startsWith(PREFIX)) return;
  await rm(join(folder, LINK), { force: true });
  await rmdir(folder).catch(() => undefined);
}
