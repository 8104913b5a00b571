import { lstat, mkdtemp, readlink, realpath, rm, rmdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** The name of the socket that PostgreSQL clients look for in a folder if they use the default port. */
const NAME = '.s.PGSQL.5432';
/** The maximum length of a socket path that every system accepts. Linux allows four more bytes. */
const MOST_BYTES = 103;
const PREFIX = 'spacex-pipeline-';
/** The symlink next to a socket outside the data folder. It points to the data folder that the socket belongs to. */
const LINK = 'data';

/** The path of the socket that the folder's holder listens on, and a function that removes the socket. */
export type SocketPlace = { readonly path: string; readonly remove: () => Promise<void> };

/**
 * Returns a socket path in the data folder, or null if the path would be too long. Removes an existing socket: it
 * cannot belong to a live process, because the caller holds the folder's lock.
 */
export async function socketInFolder(dataDir: string): Promise<SocketPlace | null> {
  const path = join(await realpath(dataDir), NAME);
  if (Buffer.byteLength(path) > MOST_BYTES) return null;
  await removeSocket(path);
  return { path, remove: () => removeSocket(path) };
}

/** Returns a socket path in a new temporary folder that other users cannot access. */
export async function socketElsewhere(dataDir: string): Promise<SocketPlace> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await symlink(await realpath(dataDir), join(folder, LINK));
  const path = join(folder, NAME);
  return { path, remove: () => removeSocket(path) };
}

/** True if the socket that the folder's holder announced belongs to this folder and to the user `uid`. */
export async function isSocketOf(dataDir: string, path: string, uid: number): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSocket() !== true || found.uid !== uid) return false;
  const folder = await realpath(dataDir);
  if (dirname(path) === folder) return true;
  return (await readlink(join(dirname(path), LINK)).catch(() => null)) === folder;
}

/** Removes a socket, and its temporary folder if it has one. */
export async function removeSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSocket() === true) await rm(path, { force: true });
  const folder = dirname(path);
  if (basename(path) !== NAME || !basename(folder).startsWith(PREFIX)) return;
  await rm(join(folder, LINK), { force: true });
  await rmdir(folder).catch(() => undefined);
}
