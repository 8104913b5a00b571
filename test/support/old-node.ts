import { spawnSync } from 'node:child_process';

/** Finds a Node on this machine that is too old for the program; null if there is none. */
export function findOldNode(): string | null {
  const found = ['/usr/local/bin/node', '/usr/bin/node'].find((file) =>
    /^v(1\d|2[0-3])\./.test(versionOf(file)),
  );
  return found ?? null;
}

export function versionOf(node: string): string {
  return spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? '';
}
