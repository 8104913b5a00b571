import { readFileSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

import type { Clock } from '../../core/ports.ts';
import { processExists } from '../../lib/process-exists.ts';

/** Of a holder on another machine nothing but the heartbeat shows; a long statement or a wrong clock delays that. */
const SILENT_MS = 3_600_000;

/** The lock file of an earlier version: who held the database, and by the file's time of change that it lives. */
export type Heartbeat = {
  readonly file: string;
  readonly host: string;
  readonly pid: number;
  /** When the kernel says that process began, which tells it from a later one of the same id; null without /proc. */
  readonly process_start: string | null;
  readonly since: string;
  readonly what: string;
};

/** The living holder that an earlier version left in the folder, null for none. Removes the file of a dead one. */
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
    return JSON.parse(text) as Omit<Heartbeat, 'file'>; // earlier versions linked it in place whole
  } catch {
    return null;
  }
}

function isAlive({ host, pid, process_start }: Omit<Heartbeat, 'file'>, silentMs: number): boolean {
  if (host !== hostname()) return Math.abs(silentMs) < SILENT_MS;
  const start = processStart(pid);
  return start !== null && process_start !== null ? start === process_start : processExists(pid);
}

/** Field 22 of /proc/<pid>/stat: clock ticks from boot to the process's start. */
function processStart(pid: number): string | null {
  try {
    const stats = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stats.slice(stats.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
