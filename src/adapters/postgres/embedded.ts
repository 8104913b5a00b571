import pg from 'pg';

import { tellWhyLost } from './connect.ts';
import { openDatabaseFolder } from './database-folder.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { engineStream } from './engine-stream.ts';
import { ConnectionLost, databaseError } from './errors.ts';
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
  const { dir, schema } = options;
  let opened = await openSession(dir, schema, options);
  let reopening: Promise<Session> | null = null;

  /** After an abort or a crash, for those who have an end to write, or ask what became of a commit. */
  async function reopen(): Promise<Session> {
    opened = await openSession(dir, schema, { check: options.check });
    return opened.session;
  }

  return {
    name: dir,
    schema,
    async connect({ evenAborted = false } = {}) {
      if (!opened.engine.isEnded()) return opened.session;
      if (!evenAborted) throw new ConnectionLost(await opened.engine.ended);
      return (reopening ??= reopen());
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
  const send: (...query: unknown[]) => Promise<unknown> = client.query.bind(client);
  const inTurn = takeTurns(client, async (query, evenAborted) => {
    if (!evenAborted) options.signal?.throwIfAborted();
    return send(...query);
  });
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
      inTurn(async () => {
        options.signal?.throwIfAborted();
        return engine.copy(copyStatement(table, columns, "'/dev/blob'"), csv);
      }),
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
