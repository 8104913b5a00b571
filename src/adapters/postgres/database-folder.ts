import { accessSync, closeSync, constants, existsSync, openSync, readdirSync, statSync } from 'node:fs';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';

import { PipelineError } from '../../core/errors.ts';
import { syncFolder } from '../../lib/atomic-file.ts';
import { errorCode } from '../../lib/error-code.ts';
import { fileFailure } from '../../lib/file-failure.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { shellQuote } from '../../lib/shell-quote.ts';
import { EngineError, openEngine, type Engine, type EngineOptions } from './engine.ts';
import { databaseError } from './errors.ts';

/** Whether the folder contains a database. A database whose creation did not finish does not count. */
export function hasDatabase(dir: string): boolean {
  return existsSync(dir) && !existsSync(unfinished(dir));
}

/**
 * Opens the embedded database in a folder, or creates one. Starts over if an earlier creation was interrupted. Throws
 * `database`; the reason distinguishes a damaged database from obstacles such as a full disk.
 */
export async function openDatabaseFolder(dir: string, options: EngineOptions): Promise<Engine> {
  try {
    if (hasDatabase(dir)) {
      refuseForeignFiles(dir);
      return await openEngine(dir, options);
    }
    return await make(dir, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw await explain(dir, error);
  }
}

/** While this file exists, the database is unfinished and has never been used. */
function unfinished(dir: string): string {
  return `${dir}-unfinished`;
}

async function make(dir: string, options: EngineOptions): Promise<Engine> {
  await makeFolder(dirname(dir));
  await writeFile(unfinished(dir), '');
  try {
    await rm(dir, { recursive: true, force: true });
    const engine = await openEngine(dir, options);
    await rm(unfinished(dir));
    // If the file reappeared after a power failure, the next start would delete everything loaded since then.
    await syncFolder(dirname(dir));
    return engine;
  } catch (error) {
    await rm(dir, { recursive: true, force: true }).catch(() => undefined);
    await rm(unfinished(dir), { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Without this check, PGlite would fail later, in the first statement that needs a file that it is not allowed to open.
 */
function refuseForeignFiles(dir: string): void {
  if (process.getuid?.() === 0) return;
  let path = dir;
  try {
    for (const name of ['.', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })]) {
      path = join(dir, name);
      accessSync(path, constants.R_OK | constants.W_OK);
    }
  } catch (error) {
    throw foreign(dir, pathOf(error) ?? path, error);
  }
}

/** The path of the folder that could not be listed. */
function pathOf(error: unknown): string | null {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : null;
}

function foreign(dir: string, path: string, cause: unknown): PipelineError {
  const uid = process.getuid?.();
  const { text, hint } = fileFailure(cause);
  const owner = statSync(path, { throwIfNoEntry: false })?.uid;
  const isOther = owner !== undefined && uid !== undefined && owner !== uid;
  return new PipelineError(
    `Cannot open the embedded database in ${dir}: ${text}${isOther ? `, which belongs to user ${owner} (you are user ${uid})` : ''}`,
    {
      code: 'database',
      cause,
      hint: isOther
        ? `Nothing is damaged. Run the program as user ${owner}, or run this as root: chown -R ${uid} ${shellQuote(dirname(dir))}`
        : hint,
    },
  );
}

/**
 * On startup, PostgreSQL may create a 16 MB WAL file. If the file does not fit on the disk, PostgreSQL deletes it
 * again.
 */
const NEEDED_MB = 32;

/** WASI error numbers of the file system. */
const WASI: Readonly<Record<number, string>> = {
  2: 'EACCES',
  19: 'EDQUOT',
  29: 'EIO',
  33: 'EMFILE',
  41: 'ENFILE',
  48: 'ENOMEM',
  51: 'ENOSPC',
  63: 'EPERM',
  69: 'EROFS',
};

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'disk quota exceeded',
  EIO: 'input/output error',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in the system',
  ENOMEM: 'not enough memory',
  ENOSPC: 'no space left on device',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
};

async function explain(dir: string, error: unknown): Promise<PipelineError> {
  if (error instanceof PipelineError) return error;
  const failure = error instanceof EngineError ? error.failure : null;
  const free = await freeMegabytes(dirname(dir));
  const opening = `open the embedded database in ${dir}`;
  const environment = (code: string, more = ''): PipelineError => {
    const cause = Object.assign(new Error(`${REASONS[code]}${more}`, { cause: error }), { code });
    return databaseError(opening, cause, fileFailure(cause).hint);
  };
  if (free < NEEDED_MB)
    return environment('ENOSPC', `: ${free} MB are free, and up to ${NEEDED_MB} MB may be needed`);
  const code = failure?.code ?? WASI[failure?.errno ?? -1] ?? openFilesCode();
  if (code !== null && REASONS[code] !== undefined) return environment(code);
  if (failure?.outOfMemory === true) return environment('ENOMEM', `: ${failure.message}`);
  if (failure?.fatal === null || failure === null)
    return databaseError(
      opening,
      error,
      'Try again. If that does not help, keep a copy of the folder and report the problem.',
    );
  return databaseError(
    opening,
    new Error(`PostgreSQL says: ${failure.fatal}`, { cause: error }),
    `The database seems to be damaged, or a different version of PostgreSQL created it. Keep a copy of the data folder. If you move ${shellQuote(dir)} away, the next run starts with an empty database and loads the rows again from the source. The raw files of past runs remain, but the history of runs and deleted rows is lost.`,
  );
}

/** While starting, PostgreSQL and its thread briefly open a few more files. */
const NEEDED_FILES = 24;

/**
 * The error code if that many files cannot be opened, otherwise null. PostgreSQL reports this only as text that can
 * also mean a damaged file.
 */
function openFilesCode(): string | null {
  const opened: number[] = [];
  try {
    while (opened.length < NEEDED_FILES) opened.push(openSync(devNull, 'r'));
    return null;
  } catch (error) {
    return errorCode(error);
  } finally {
    for (const file of opened) closeSync(file);
  }
}

async function freeMegabytes(folder: string): Promise<number> {
  const disk = await statfs(folder).catch(() => null);
  return disk === null ? Infinity : Math.floor((disk.bavail * disk.bsize) / 2 ** 20);
}
