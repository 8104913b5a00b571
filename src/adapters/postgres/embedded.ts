import pg from 'pg';

import { openDatabaseFolder } from './database-folder.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { engineStream } from './engine-stream.ts';
import { ConnectionLost, databaseError } from './errors.ts';
import { configureSession, searchPath } from './session-settings.ts';
import { copyStatement, Session, type Database } from './session.ts';
import { Turns } from './turns.ts';
import { valueParsers } from './value-parsers.ts';
import { reportLoss } from './lost-connection.ts';

/**
 * PostgreSQL inside this process (PGlite), in a folder. One connection, which every session shares; `fsync` is
 * off: it survives a killed process, not a power cut. The caller holds the folder's lock: PGlite itself would let
 * two processes in.
 */
export async function openEmbedded({
  dir,
  schema: first,
  ...options
}: { readonly dir: string; readonly schema: string } & EngineOptions): Promise<Database> {
  let opened = await open(dir, first, options);
  let reopening: Promise<void> | null = null;

  /** After an abort or a crash, for those who have an end to write, or ask what became of a commit. */
  async function reopen(): Promise<void> {
    opened = await open(dir, first, { check: options.check });
  }

  function inSchema(schema: string): Database {
    return {
      name: dir,
      schema,
      async connect({ evenAborted = false } = {}) {
        if (opened.engine.isEnded()) {
          if (!evenAborted) throw new ConnectionLost(await opened.engine.ended);
          await (reopening ??= reopen());
        }
        const session = opened.session(schema);
        return evenAborted ? session.evenAborted : session;
      },
      inSchema,
      close: async () => undefined,
    };
  }

  return { ...inSchema(first), close: () => opened.close() };
}

type Opened = {
  readonly engine: Engine;
  readonly session: (schema: string) => Session;
  readonly close: () => Promise<void>;
};

async function open(dir: string, first: string, options: EngineOptions): Promise<Opened> {
  const engine = await openDatabaseFolder(dir, options);
  const client = new pg.Client({
    stream: () => engineStream(engine),
    ssl: false,
    user: 'postgres',
    types: valueParsers,
  });
  const { query } = reportLoss(client);
  const turns = new Turns(() => !engine.isEnded() && engine.isInTransaction());
  /** Whose search path is set. */
  let current = first;

  async function inTurn<T>(schema: string, evenAborted: boolean, send: () => Promise<T>): Promise<T> {
    const refuse = (): void => {
      if (!evenAborted) options.signal?.throwIfAborted();
    };
    return turns.take(schema, async () => {
      refuse();
      try {
        if (current !== schema) {
          const sql = `SELECT set_config('search_path', $1, false)`;
          await query({ text: sql, values: [searchPath(schema)] });
          current = schema;
          refuse();
        }
        return await send();
      } finally {
        // Until then nobody knows whether the transaction goes on, and what is sent next would wait, deaf to the signal.
        await engine.idle();
      }
    });
  }

  const session = (schema: string): Session =>
    new Session({
      send: (one, evenAborted) => inTurn(schema, evenAborted, () => query(one)),
      copy: (copy, evenAborted) =>
        inTurn(schema, evenAborted, () => engine.copy(copyStatement(copy, "'/dev/blob'"), copy.csv)),
      processId: () => 0,
      close: async () => undefined,
    });

  try {
    await client.connect();
    await configureSession(session(first), first);
  } catch (error) {
    await engine.close();
    throw databaseError(`open the embedded database in ${dir}`, error);
  }
  return {
    engine,
    session,
    async close() {
      await client.end().catch(() => undefined);
      await engine.close();
    },
  };
}
