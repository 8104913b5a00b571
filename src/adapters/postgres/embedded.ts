import { mkdir, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { PGlite } from '@electric-sql/pglite';
import pg from 'pg';

import { databaseError } from './errors.ts';
import { configureSession, copyStatement, type Database, type Session } from './session.ts';
import { takeTurns } from './turns.ts';
import { valueParsers } from './value-parsers.ts';

/**
 * PostgreSQL inside this process (PGlite), in a folder. One connection, which every session shares; `fsync` is
 * off: it survives a killed process, not a power cut. The caller holds the folder's lock: PGlite itself would let
 * two processes in.
 */
export async function openEmbedded(options: {
  readonly dir: string;
  readonly schema: string;
}): Promise<Database> {
  const [engine, { createPgConfig }] = await Promise.all([
    openEngine(options.dir),
    import('@electric-sql/pglite/node-postgres'),
  ]);
  // PGlite stands in for pg's connection; the types of pg do not know that option.
  const client = new pg.Client(Object.assign(createPgConfig(engine), { types: valueParsers }));
  client.on('error', () => undefined);
  const inTurn = takeTurns(client);
  await opening(options.dir, async () => {
    await client.connect();
    await configureSession(client, options.schema);
  });
  const session: Session = {
    client,
    copyCsv: (table, columns, csv) =>
      inTurn(async () => {
        // COPY FROM STDIN kills the WebAssembly process; /dev/blob is PGlite's own way in.
        const sql = copyStatement(table, columns, "'/dev/blob'");
        const result = await engine.query(sql, [], { blob: new Blob([csv]) });
        return result.affectedRows ?? 0;
      }),
    close: async () => undefined,
  };
  return {
    name: options.dir,
    schema: options.schema,
    connect: async () => session,
    async close() {
      await client.end();
      await engine.close();
    },
  };
}

/** PGlite itself, in a folder whose lock the caller holds. Its sessions begin with these settings. */
export async function openEngine(
  dir: string,
  settings: ReadonlyMap<string, string> = new Map(),
): Promise<PGlite> {
  const { PGlite: Engine } = await import('@electric-sql/pglite');
  const flags = [...settings].flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return opening(dir, async () => {
    await mkdir(dirname(dir), { recursive: true });
    return Engine.create(dir, { startParams: [...Engine.defaultStartParams, ...flags] });
  });
}

async function opening<T>(dir: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw databaseError(
      `open the embedded database in ${dir}`,
      (await fullDisk(dirname(dir), error)) ?? fileSystemError(error),
      'Move that folder away to start with an empty one; the raw files of past runs stay.',
    );
  }
}

/** PostgreSQL may begin a log file of 16 MB when it opens, which is gone again where it did not fit. */
const NEEDED_MB = 32;

/** PGlite does not tell why it cannot open: where the disk has next to no room, that is why. */
async function fullDisk(folder: string, cause: unknown): Promise<Error | null> {
  const disk = await statfs(folder).catch(() => null);
  const free = disk === null ? Infinity : Math.floor((disk.bavail * disk.bsize) / 2 ** 20);
  if (free >= NEEDED_MB) return null;
  return noSpace(cause, `: ${free} of the ${NEEDED_MB} MB that it may need are free`);
}

/** What WASI calls ENOSPC. */
const NO_SPACE = 51;

/** The file system of WebAssembly throws objects that are no errors, with a number for a reason. */
function fileSystemError(error: unknown): unknown {
  if (error instanceof Error || typeof error !== 'object' || error === null || !('errno' in error))
    return error;
  const { errno } = error;
  if (errno !== NO_SPACE) return new Error(`errno ${String(errno)} of its file system`, { cause: error });
  return noSpace(error);
}

function noSpace(cause: unknown, more = ''): Error {
  return Object.assign(new Error(`no space left on device${more}`, { cause }), { code: 'ENOSPC' });
}
