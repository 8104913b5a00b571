import { closeSync, constants, openSync, statSync, type BigIntStats } from 'node:fs';
import { access, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';

import { PipelineError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { errorCode } from '../../lib/error-code.ts';
import { fileFailure } from '../../lib/file-failure.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { isSocketOf, removeSocket } from './database-socket.ts';
import { findHeartbeat, type Heartbeat } from './heartbeat-lock.ts';
import { refuseNetworkFolder, type NetworkRule } from './network-folder.ts';
import { writing } from './writing.ts';

/** No other code may ever open this file: closing any descriptor of it would free the lock of this process. */
const LOCK_FILE = 'database-lock.sqlite';
const HOLDER_FILE = 'database-holder.json';
const POLL_MS = 100;
/** Two processes that try at the same instant shut each other out for microseconds. */
const COLLISION_MS = 20;

/** For people who find the folder locked. It decides nothing. */
export type Holder = {
  /** `run`, `query`. */
  readonly what: string;
  readonly host: string;
  readonly pid: number;
  /** ISO 8601 UTC. */
  readonly since: string;
  /** Where the holder answers over HTTP, or serves the database; null where it does not. */
  readonly url: string | null;
  /** The path of the Unix socket on which it lets others read the database; null where it does not. */
  readonly socket: string | null;
};

type Place = Pick<Holder, 'url' | 'socket'>;

export type FolderLock = {
  /** Throws `busy` when the lock file was deleted or replaced, as another process may hold the new one. */
  readonly check: () => void;
  /** Publishes where the holder answers. */
  readonly announce: (place: Place) => Promise<void>;
  readonly release: () => Promise<void>;
};

export type LockOptions = NetworkRule & {
  readonly what: string;
  readonly waitMs: number;
  /** In place of `waitMs`: called again and again while another process holds it, with the `busy` error. */
  readonly whileBusy?: (busy: PipelineError) => Promise<void>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * Locks the embedded database of a data folder for this process, by an SQLite transaction that is never committed: the
 * kernel ties it to the process and releases it when the process ends, however it ends. Waits up to `waitMs` for
 * another holder, then throws `busy` and names it. Throws `database` for a folder that cannot be written, and for one
 * on a network file system, where such locks are not reliable, unless that is allowed.
 */
export async function lockFolder(dataDir: string, options: LockOptions): Promise<FolderLock> {
  const { clock, signal, what } = options;
  const path = join(dataDir, LOCK_FILE);
  await writing(dataDir, () => makeFolder(dataDir));
  await refuseNetworkFolder(dataDir, options);
  const held = await acquire(dataDir, path, options);
  const since = new Date(clock.now()).toISOString();
  const describe = (place: Place): Promise<void> =>
    writeHolder(dataDir, { what, host: hostname(), pid: process.pid, since, ...place });
  const left = await socketOf(dataDir, await readRecord(dataDir));
  if (left !== null) await removeSocket(left).catch(() => undefined);
  await describe({ url: null, socket: null });
  if (signal.aborted) {
    held.database.close();
    signal.throwIfAborted();
  }
  const isOurs = (): boolean => isSameFile(statAt(path), held.file);
  return {
    check() {
      if (!isOurs()) throw lost(path);
    },
    announce: describe,
    async release() {
      if (isOurs()) await rm(join(dataDir, HOLDER_FILE), { force: true }).catch(() => undefined);
      if (held.database.isOpen) held.database.close();
    },
  };
}

type Held = { readonly database: DatabaseSync; readonly file: BigIntStats };

async function acquire(dataDir: string, path: string, options: LockOptions): Promise<Held> {
  const { clock, signal, waitMs, whileBusy } = options;
  const deadline = clock.elapsed() + waitMs;
  for (;;) {
    const held = await tryLock(path);
    const heartbeat = held === null ? null : await findHeartbeat(dataDir, clock);
    if (held !== null && heartbeat === null) return held;
    held?.database.close();
    const isOver = whileBusy === undefined && clock.elapsed() >= deadline;
    const failure = busy(dataDir, heartbeat ?? (await readRecord(dataDir)));
    if (isOver) throw failure;
    await (whileBusy === undefined ? clock.sleep(POLL_MS, signal) : whileBusy(failure));
  }
}

/** Null where another process holds it. */
async function tryLock(path: string): Promise<Held | null> {
  const { DatabaseSync } = await import('node:sqlite');
  let database: DatabaseSync | null = null;
  try {
    createEmpty(path);
    const before = statAt(path);
    database = new DatabaseSync(path, { timeout: COLLISION_MS });
    // Without the write, SQLite would take no more than a shared lock on a file that it may only read.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1');
    if (before !== undefined && isSameFile(statAt(path), before)) return { database, file: before };
    database.close();
    return null;
  } catch (error) {
    if (database?.isOpen === true) database.close();
    if (sqliteCode(error) === SQLITE_BUSY) return null;
    throw await unlockable(path, error);
  }
}

/** Only ever opens a file that was not there, so no lock of this process can be on it. */
function createEmpty(path: string): void {
  if (statAt(path) !== undefined) return;
  try {
    closeSync(openSync(path, 'wx'));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

function statAt(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function isSameFile(one: BigIntStats | undefined, other: BigIntStats): boolean {
  return one !== undefined && one.ino === other.ino && one.dev === other.dev;
}

const SQLITE_BUSY = 5;
const SQLITE_NOT_A_DATABASE = 26;

function sqliteCode(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  // The low byte is the code, the others say more about it.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}

async function unlockable(path: string, error: unknown): Promise<PipelineError> {
  if (sqliteCode(error) === SQLITE_NOT_A_DATABASE) {
    return new PipelineError(`Cannot lock ${path}: something else was written to the lock file`, {
      code: 'database',
      cause: error,
      hint: 'Delete that file while no other process uses the folder; it holds no data.',
    });
  }
  const { text, hint } = fileFailure(sqliteCode(error) === null ? error : await denial(path, error));
  return new PipelineError(`Cannot lock ${path}: ${text}`, { code: 'database', cause: error, hint });
}

/** SQLite names no reason for a file that it cannot open. */
function denial(path: string, error: unknown): Promise<unknown> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => error,
    (denied: unknown) => denied,
  );
}

/** It is there for messages alone: a full disk must not keep anybody from reading. */
async function writeHolder(dataDir: string, holder: Holder): Promise<void> {
  const text = `${JSON.stringify(holder)}\n`;
  await writeFileAtomic(join(dataDir, HOLDER_FILE), text, { sync: false }).catch(() => undefined);
}

/** Who holds the embedded database of a data folder; null where nobody does, whatever a process that died has left. */
export async function readHolder(dataDir: string): Promise<Holder | null> {
  const holder = await readRecord(dataDir);
  return holder !== null && (await isLocked(join(dataDir, LOCK_FILE))) ? holder : null;
}

/** The socket on which the holder of a data folder lets others read; null where nobody holds it, or lets them. */
export async function findSocket(dataDir: string): Promise<string | null> {
  return socketOf(dataDir, await readHolder(dataDir));
}

/** What the last holder has written, which may have died since. */
async function readRecord(dataDir: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(join(dataDir, HOLDER_FILE), 'utf8')) as Holder; // written whole by writeHolder alone
  } catch {
    return null;
  }
}

async function socketOf(dataDir: string, holder: Holder | null): Promise<string | null> {
  const socket = holder?.socket ?? null;
  const uid = statSync(join(dataDir, HOLDER_FILE), { throwIfNoEntry: false })?.uid;
  if (socket === null || uid === undefined) return null;
  return (await isSocketOf(dataDir, socket, uid)) ? socket : null;
}

/** Reads the lock file, which takes a shared lock for microseconds. One that cannot be read counts as locked. */
async function isLocked(path: string): Promise<boolean> {
  if (statAt(path) === undefined) return false;
  const { DatabaseSync } = await import('node:sqlite');
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: COLLISION_MS });
    database.exec('PRAGMA user_version');
    return false;
  } catch {
    return true;
  } finally {
    if (database?.isOpen === true) database.close();
  }
}

function busy(dataDir: string, holder: Holder | Heartbeat | null): PipelineError {
  const who =
    holder === null
      ? ''
      : ` (${holder.what} on host ${holder.host}, pid ${holder.pid}, since ${holder.since})`;
  const reason = `another process is using it${who}`;
  return new PipelineError(`Cannot open ${dataDir}: ${reason}`, {
    code: 'busy',
    hint: howToGoOn(holder),
    context: { what: dataDir, reason },
  });
}

function howToGoOn(holder: Holder | Heartbeat | null): string {
  if (holder !== null && 'file' in holder)
    return `Wait for it to end, or stop it. It is an earlier version; if it ended without a trace, delete ${holder.file}.`;
  const url = holder?.url ?? null;
  if (url === null) return 'Wait for it to end, or stop it.';
  return url.startsWith('http')
    ? `It runs jobs: see ${url}, stop it, or have it run one with: spacex-pipeline jobs run NAME`
    : `Wait for it to end, stop it, or read the database at ${url}`;
}

function lost(path: string): PipelineError {
  return new PipelineError(
    `Cannot continue: the lock file ${path} was deleted or replaced, so another process may be using the database`,
    { code: 'busy', hint: 'Start the command again, and leave that file in place.' },
  );
}
