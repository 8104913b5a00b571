import pg from 'pg';

import { tellWhyLost } from './connect.ts';
import { openDatabaseFolder } from './database-folder.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { engineStream } from './engine-stream.ts';
import { databaseError } from './errors.ts';
import { configureSession, copyStatement, type Database, type Session } from './session.ts';
import { takeTurns } from './turns.ts';
import { valueParsers } from './value-parsers.ts';

/**
 * PostgreSQL inside this process (PGlite), in a folder. One connection, which every session shares; `fsync` is
 * off: it survives a killed process, not a power cut. The caller holds the folder's lock: PGlite itself would let
 * two processes in.
 */
export async function openEmbedded(
  options: { readonly dir: string; readonly schema: string } & EngineOptions,
): Promise<Database> {
  const { dir, schema, signal: _signal, ...unstopped } = options;
  let opened = await openSession(dir, schema, options);
  return {
    name: dir,
    schema,
    async connect() {
      // What an abort or a crash has ended opens again, without the signal: a run has its end to write.
      if (opened.engine.isEnded()) opened = await openSession(dir, schema, unstopped);
      return opened.session;
    },
    async close() {
      await opened.close();
    },
  };
}

type Opened = {
  readonly engine: Engine;
  readonly session: Session;
  readonly close: () => Promise<void>;
};

async function openSession(dir: string, schema: string, options: EngineOptions): Promise<Opened> {
  const engine = await openDatabaseFolder(dir, options);
  const client = new pg.Client({
    stream: () => engineStream(engine),
    ssl: false,
    user: 'postgres',
    types: valueParsers,
  });
  tellWhyLost(client);
  const inTurn = takeTurns(client);
  try {
    await client.connect();
    await configureSession(client, schema);
  } catch (error) {
    await engine.close();
    throw databaseError(`open the embedded database in ${dir}`, error);
  }
  const session: Session = {
    client,
    copyCsv: (table, columns, csv) =>
      inTurn(() => engine.copy(copyStatement(table, columns, "'/dev/blob'"), csv)),
    close: async () => undefined,
  };
  return {
    engine,
    session,
    async close() {
      await client.end().catch(() => undefined);
      await engine.close();
    },
  };
}
