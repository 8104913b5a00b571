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

/** Does the folder contain a database? An unfinished one does not count. */
export function hasDatabase(dir: string): boolean {
  return existsSync(dir) && !existsSync(unfinished(dir));
}

/**
 * Opens the embedded database in a folder, or creates one. If an earlier creation was interrupted, starts over. Throws
 * `database` with the reason, which distinguishes obstacles from damage.
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

/** As long as this file exists, nothing in the folder has ever been relied on. */
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
    // If the mark came back after a power cut, the next start would delete everything loaded from now on.
    await syncFolder(dirname(dir));
    return engine;
  } catch (error) {
    await rm(dir, { recursive: true, force: true }).catch(() => undefined);
    await rm(unfinished(dir), { force: true }).catch(() => undefined);
    throw error;
  }
}

/** PGlite fails on the first file that it may not open, in whichever statement needs it. */
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

/** The folder that could not be listed. */
function pathOf(error: unknown): string | null {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : null;
}

function foreign(dir: string, path: string, cause: unknown): PipelineError {
  const uid = process.getuid?.();
  const { text, hint } = fileFailure(cause);
  const owner = statSync(path, { throwIfNoEntry: false })?.uid;
  const isOther = owner !== undefined && uid !== undefined && owner !== uid;
  return new PipelineError(
    `Cannot open the embedded database in ${dir}: ${text}${isOther ? `, which belongs to user ${owner} (this is ${uid})` : ''}`,
    {
      code: 'database',
      cause,
      hint: isOther
        ? `Nothing is damaged. Run as user ${owner}, or as root type: chown -R ${uid} ${shellQuote(dirname(dir))}`
        : hint,
    },
  );
}

/** PostgreSQL may start a log file of 16 MB when it opens, and deletes it again if it did not fit. */
const NEEDED_MB = 32;

/** WASI's numbers for file system errors. */
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
    return environment('ENOSPC', `: ${free} of the ${NEEDED_MB} MB that it may need are free`);
  const code = failure?.code ?? WASI[failure?.errno ?? -1] ?? openFilesCode();
  if (code !== null && REASONS[code] !== undefined) return environment(code);
  if (failure?.outOfMemory === true) return environment('ENOMEM', `: ${failure.message}`);
  if (failure?.fatal === null || failure === null)
    return databaseError(
      opening,
      error,
      'Try again. If that does not help, keep a copy of that folder and report it.',
    );
  return databaseError(
    opening,
    new Error(`PostgreSQL says: ${failure.fatal}`, { cause: error }),
    `It seems damaged, or made by another version of PostgreSQL. Keep a copy of the data folder. With ${shellQuote(dir)} moved away, the next run starts with an empty database: rows are loaded again from the source, but the history of runs and deleted rows is lost; raw files of past runs stay.`,
  );
}

/** PostgreSQL and its thread open some more files while starting, and close them again. */
const NEEDED_FILES = 24;

/** Would that exceed the limit? PostgreSQL reports it only in words, which may also mean a damaged file. */
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
