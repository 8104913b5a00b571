import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type SmallDisk = {
  readonly folder: string;
  readonly resize: (size: string) => void;
  readonly remove: () => void;
};

/** A file system in memory of that size, such as `2m`; null where none can be mounted. */
export function mountSmallDisk(size: string): SmallDisk | null {
  const folder = mkdtempSync(path.join(tmpdir(), 'test-full-'));
  const mount = (options: string): boolean =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
  if (!mount(`size=${size}`)) {
    rmSync(folder, { recursive: true });
    return null;
  }
  return {
    folder,
    resize: (next) => void mount(`remount,size=${next}`),
    remove() {
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

export const NO_SMALL_DISK = 'no small file system can be mounted here';
