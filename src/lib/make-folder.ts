import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { errorCode } from './error-code.ts';

/**
 * Makes a folder and those above it that are missing. Returns the topmost one that it made. Node's own way goes on for
 * ever, deaf to every signal, where a folder is there and yet refuses with ENOENT, as /proc does.
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
      // Somebody else has just made it, or it takes no folder.
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
