import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

import pg from 'pg';

import { databaseError } from './errors.ts';
import { configureSession, copyStatement, type Database, type Session } from './session.ts';
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
  const [{ PGlite }, { createPgConfig }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite/node-postgres'),
  ]);
  const engine = await opening(options.dir, async () => {
    await mkdir(dirname(options.dir), { recursive: true });
    return PGlite.create(options.dir);
  });
  // PGlite stands in for pg's connection; the types of pg do not know that option.
  const client = new pg.Client(Object.assign(createPgConfig(engine), { types: valueParsers }));
  client.on('error', () => undefined);
  await opening(options.dir, async () => {
    await client.connect();
    await configureSession(client, options.schema);
  });
  const session: Session = {
    client,
    copyCsv: (table, columns, csv) =>
      queued(client, async () => {
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

/**
 * Runs work on the engine in turn with the client's own queries. The client sends parse, bind and execute one by
 * one: work that slipped in between would take the unnamed statement away.
 */
function queued<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    client.query({
      submit(connection: pg.Connection) {
        work()
          .then(resolve, reject)
          .finally(() => connection.emit('readyForQuery'));
      },
      handleError: reject,
      handleReadyForQuery: () => undefined,
    } as pg.Submittable);
  });
}

async function opening<T>(dir: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    throw databaseError(
      `open the embedded database in ${dir}`,
      error,
      'Move that folder away to start with an empty one; the raw files of past runs stay.',
    );
  }
}
