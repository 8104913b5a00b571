import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

import { PipelineError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { processExists } from '../../lib/process-exists.ts';
import { writing } from './writing.ts';

const HEARTBEAT_MS = 2000;
/** A holder on another machine, of which nothing but its heartbeat can be seen, is dead after this. */
const SILENT_MS = 30_000;
const POLL_MS = 100;

type Holder = {
  readonly host: string;
  readonly pid: number;
  /** When the kernel says that process began; tells a reused pid. Null where there is no /proc. */
  readonly process_start: string | null;
  /** ISO 8601 UTC. */
  readonly since: string;
  /** What it does, for people: `run`, `query`. */
  readonly what: string;
};

export type FolderLock = { readonly release: () => Promise<void> };

/**
 * Takes a lock file for this process, its heartbeat being the file's time of change. Takes over from a dead holder.
 * Waits up to `waitMs` for a living one, then throws `busy`, naming it.
 */
export async function lockFolder(
  path: string,
  options: {
    readonly what: string;
    readonly waitMs: number;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): Promise<FolderLock> {
  const { clock, signal, waitMs, what } = options;
  await writing(path, () => mkdir(dirname(path), { recursive: true }));
  const me: Holder = {
    host: hostname(),
    pid: process.pid,
    process_start: processStart(process.pid),
    since: new Date(clock.now()).toISOString(),
    what,
  };
  const deadline = clock.elapsed() + waitMs;
  for (;;) {
    if (await writing(path, () => create(path, me), { code: 'database' })) break;
    const found = await inspect(path, clock);
    if (found === null) continue;
    if (!found.alive) {
      await removeDead(path, found.text);
      continue;
    }
    if (clock.elapsed() >= deadline) throw busy(path, found.holder);
    await clock.sleep(POLL_MS, signal);
  }
  const heartbeat = setInterval(() => {
    const now = new Date(clock.now());
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    async release() {
      clearInterval(heartbeat);
      if ((await readFile(path, 'utf8').catch(() => '')) === text(me)) await rm(path, { force: true });
    },
  };
}

function text(holder: Holder): string {
  return `${JSON.stringify(holder)}\n`;
}

/** By link, so that the file is there whole or not at all. False: somebody has it. */
async function create(path: string, me: Holder): Promise<boolean> {
  const own = `${path}.${me.pid}`;
  try {
    await writeFile(own, text(me));
    await link(own, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function inspect(
  path: string,
  clock: Clock,
): Promise<{ holder: Holder; text: string; alive: boolean } | null> {
  try {
    const found = await readFile(path, 'utf8');
    const silentMs = clock.now() - (await stat(path)).mtimeMs;
    const holder = JSON.parse(found) as Holder; // written whole by create() alone
    return { holder, text: found, alive: isAlive(holder, silentMs) };
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw new PipelineError(`Cannot read lock file ${path}: it is damaged`, {
      code: 'busy',
      cause: error,
      hint: 'Remove that file if no other run is on.',
    });
  }
}

function isAlive(holder: Holder, silentMs: number): boolean {
  if (holder.host !== hostname()) return silentMs < SILENT_MS;
  const start = processStart(holder.pid);
  if (start !== null && holder.process_start !== null) return start === holder.process_start;
  return processExists(holder.pid);
}

/** The one who renames it away removes it; a lock that changed hands meanwhile is put back. */
async function removeDead(path: string, dead: string): Promise<void> {
  const aside = `${path}.dead.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== dead) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
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

function busy(path: string, { host, pid, since, what }: Holder): PipelineError {
  return new PipelineError(
    `Cannot open ${dirname(path)}: another process uses it (${what} on host ${host}, pid ${pid}, since ${since})`,
    { code: 'busy', hint: 'Wait for it to end, or stop it.' },
  );
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
