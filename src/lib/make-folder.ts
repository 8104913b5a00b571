import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { errorCode } from './error-code.ts';

/**
 * Creates a folder and any missing parents. Returns the topmost folder that it created. Does not use Node's own
 * recursive mode, which loops forever and ignores signals if creating a folder in an existing folder fails with ENOENT,
 * as it does in /proc.
 */
export async function makeFolder(path: string, again = true): Promise<string | undefined> {
  try {
    await mkdir(path);
    return path;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST' && (await isFolder(path))) return undefined;
    const above = dirname(path);
    if (code !== 'ENOENT' || above === path) throw error;
    if (await isFolder(above)) {
      // Another process has just created `above`, or no folder can be created in it.
      if (!again) throw error;
      return makeFolder(path, false);
    }
    const first = await makeFolder(above);
    const own = await makeFolder(path);
    return first ?? own;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}
