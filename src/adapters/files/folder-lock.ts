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
import { wrapWriteErrors } from './write-errors.ts';

/** No other code in this process may open this file, because closing any of its descriptors would release the lock. */
const LOCK_FILE = 'database-lock.sqlite';
const HOLDER_FILE = 'database-holder.json';
const POLL_MS = 100;
/** Two processes that try to lock the file at the same time block each other for microseconds. */
const COLLISION_MS = 20;

/** The process that holds the folder, as shown to people who find it locked. */
export type Holder = {
  /** `run` or `query`. */
  readonly what: string;
  readonly host: string;
  readonly pid: number;
  /** In ISO 8601 format (UTC). */
  readonly since: string;
  /** The URL of the holder's HTTP server or of the database that it serves; null if it serves neither. */
  readonly url: string | null;
  /** The path of the Unix socket through which other processes can read the database; null if there is none. */
  readonly socket: string | null;
};

type Place = Pick<Holder, 'url' | 'socket'>;

export type FolderLock = {
  /** Throws `busy` if the lock file was deleted or replaced, because another process may have locked the new file. */
  readonly check: () => void;
  /** Publishes the holder's URL and socket. */
  readonly announce: (place: Place) => Promise<void>;
  readonly release: () => Promise<void>;
};

export type LockOptions = NetworkRule & {
  readonly what: string;
  readonly waitMs: number;
  /** Replaces `waitMs`: called repeatedly with the `busy` error while another process holds the lock. */
  readonly whileBusy?: (busy: PipelineError) => Promise<void>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * Locks a data folder's embedded database for this process by opening an SQLite transaction that is never committed.
 * The kernel releases the lock when the process ends, even if it crashes. If another process holds the lock, waits up
 * to `waitMs`, then throws a `busy` error that names the holder. Throws `database` if the folder is not writable.
 * Unless network folders are allowed, also throws `database` if the folder is on a network file system, where such
 * locks are unreliable.
 */
export async function lockFolder(dataDir: string, options: LockOptions): Promise<FolderLock> {
  const { clock, signal, what } = options;
  const path = join(dataDir, LOCK_FILE);
  await wrapWriteErrors(dataDir, () => makeFolder(dataDir));
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

/** Returns null if another process holds the lock. */
async function tryLock(path: string): Promise<Held | null> {
  const { DatabaseSync } = await import('node:sqlite');
  let database: DatabaseSync | null = null;
  try {
    createEmpty(path);
    const before = statAt(path);
    database = new DatabaseSync(path, { timeout: COLLISION_MS });
    // Without the write, SQLite would acquire only a shared lock if the file is read-only.
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

/**
 * Creates the file if it does not exist. Never opens an existing file, because closing it could release a lock that
 * this process holds.
 */
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
  // The low byte is the primary result code. The other bytes add detail.
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}

async function unlockable(path: string, error: unknown): Promise<PipelineError> {
  if (sqliteCode(error) === SQLITE_NOT_A_DATABASE) {
    return new PipelineError(`Cannot lock ${path}: its contents were overwritten`, {
      code: 'database',
      cause: error,
      hint: 'Delete the file while no other process is using the folder. The file contains no data.',
    });
  }
  const { text, hint } = fileFailure(sqliteCode(error) === null ? error : await denial(path, error));
  return new PipelineError(`Cannot lock ${path}: ${text}`, { code: 'database', cause: error, hint });
}

/** Finds out why a file cannot be opened, because SQLite does not say. */
function denial(path: string, error: unknown): Promise<unknown> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => error,
    (denied: unknown) => denied,
  );
}

/** Ignores write errors, because a full disk must not prevent anyone from reading the database. */
async function writeHolder(dataDir: string, holder: Holder): Promise<void> {
  const text = `${JSON.stringify(holder)}\n`;
  await writeFileAtomic(join(dataDir, HOLDER_FILE), text, { sync: false }).catch(() => undefined);
}

/**
 * The holder of a data folder's embedded database; null if no process holds it, even if a dead process left its file
 * behind.
 */
export async function readHolder(dataDir: string): Promise<Holder | null> {
  const holder = await readRecord(dataDir);
  return holder !== null && (await isLocked(join(dataDir, LOCK_FILE))) ? holder : null;
}

/**
 * The socket through which other processes can read while a process holds the data folder; null if no process holds it
 * or if the holder has no socket.
 */
export async function findSocket(dataDir: string): Promise<string | null> {
  return socketOf(dataDir, await readHolder(dataDir));
}

/** What the last holder wrote, even if that process is now dead. */
async function readRecord(dataDir: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(join(dataDir, HOLDER_FILE), 'utf8')) as Holder; // only writeHolder writes this file, and it does so atomically
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

/**
 * Tries to read the lock file, which acquires a shared lock for a few microseconds. A file that cannot be read counts
 * as locked.
 */
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
    hint: hintFor(holder),
    context: { what: dataDir, reason },
  });
}

function hintFor(holder: Holder | Heartbeat | null): string {
  if (holder !== null && 'file' in holder)
    return `Wait for it to end, or stop it. It is running an earlier version; if it has crashed, delete ${holder.file}.`;
  const url = holder?.url ?? null;
  if (url === null) return 'Wait for it to end, or stop it.';
  return url.startsWith('http')
    ? `It runs jobs: see ${url}, stop it, or start one of its jobs with: spacex-pipeline jobs run NAME`
    : `Wait for it to end, stop it, or read the database at ${url}`;
}

function lost(path: string): PipelineError {
  return new PipelineError(
    `Cannot continue: the lock file ${path} was deleted or replaced, so another process may be using the database`,
    { code: 'busy', hint: 'Run the command again, and do not delete or replace that file.' },
  );
}
