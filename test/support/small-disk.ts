import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export type SmallDisk = {
  readonly folder: string;
  readonly resize: (size: string) => void;
  readonly remove: () => void;
};

/** Mounts an in-memory file system of this size, such as `2m`. Returns null if that is not possible. */
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

export const NO_SMALL_DISK = 'a small file system cannot be mounted here';
