import { readFileSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import type { Clock } from '../../core/ports.ts';
import { processExists } from '../../lib/process-exists.ts';

/**
 * How long a holder on a different machine can go without a heartbeat before it counts as dead. The limit is generous
 * because a long statement delays the heartbeat, and clocks can be wrong.
 */
const SILENT_MS = 3_600_000;

/**
 * The lock file of an earlier version. It names the database's holder, and its modification time shows whether the
 * holder is alive.
 */
export type Heartbeat = {
  readonly file: string;
  readonly host: string;
  readonly pid: number;
  /**
   * When the process started, according to the kernel. Distinguishes it from a later process with the same id. Null on
   * a system without /proc.
   */
  readonly process_start: string | null;
  readonly since: string;
  readonly what: string;
};

/** The live holder that runs an earlier version, or null if there is none. Removes the lock file of a dead holder. */
export async function findHeartbeat(dataDir: string, clock: Clock): Promise<Heartbeat | null> {
  const file = join(dataDir, 'database.lock');
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  const found = parse(text);
  const changed = (await stat(file).catch(() => null))?.mtimeMs ?? 0;
  if (found !== null && isAlive(found, clock.now() - changed)) return { ...found, file };
  await rm(file, { force: true });
  return null;
}

function parse(text: string): Omit<Heartbeat, 'file'> | null {
  try {
    return JSON.parse(text) as Omit<Heartbeat, 'file'>; // earlier versions created the file atomically
  } catch {
    return null;
  }
}

function isAlive({ host, pid, process_start }: Omit<Heartbeat, 'file'>, silentMs: number): boolean {
  if (host !== hostname()) return Math.abs(silentMs) < SILENT_MS;
  const start = processStart(pid);
  return start !== null && process_start !== null ? start === process_start : processExists(pid);
}

/** Field 22 of /proc/<pid>/stat: the number of clock ticks from boot until the process started. */
function processStart(pid: number): string | null {
  try {
    const stats = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stats.slice(stats.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
