import pg from 'pg';

import { openDatabaseFolder } from './database-folder.ts';
import type { EngineOptions } from './engine.ts';
import { engineStream } from './engine-stream.ts';
import { databaseError } from './errors.ts';
import { trackLoss } from './lost-connection.ts';
import { ProcessLocks, type SessionLocks } from './process-locks.ts';
import { configureSession, searchPath } from './session-settings.ts';
import { copyStatement, Session, type Database } from './session.ts';
import { shareEngine, type SharedEngine } from './shared-engine.ts';
import { valueParsers } from './value-parsers.ts';

/** The embedded database, shared by any number of runs and readers in this process. */
export type Embedded = Database & {
  /** The same database for one run or reader, whose signal stops only its own statements. */
  readonly under: (signal: AbortSignal) => Database;
  /** Returns the engine that is currently open, for a gateway. */
  readonly share: () => Promise<SharedEngine>;
};

/**
 * PostgreSQL inside this process (PGlite), in a folder. All sessions share one connection. `fsync` is off: the data
 * survives a killed process, but not a power failure. The caller must hold the folder's lock, because PGlite itself
 * would let two processes open the folder. If the engine has ended, for example after a statement that took too long,
 * the next session opens it again.
 */
export async function openEmbedded({
  dir,
  schema: first,
  ...options
}: { readonly dir: string; readonly schema: string } & EngineOptions): Promise<Embedded> {
  const locks = new ProcessLocks();
  let opened = await open(dir, first, options);
  let reopening: Promise<void> | null = null;

  async function reopen(): Promise<void> {
    // After an abort, the only work left is to write the run's end or to find out whether a commit succeeded.
    opened = await open(dir, first, options.signal?.aborted === true ? { check: options.check } : options);
  }

  async function ready(): Promise<void> {
    if (!opened.shared.engine.isEnded()) return;
    await (reopening ??= reopen().finally(() => {
      reopening = null;
    }));
  }

  function view(schema: string, signal: AbortSignal | undefined): Database {
    return {
      name: dir,
      schema,
      async connect({ evenAborted = false } = {}) {
        if (opened.shared.engine.isEnded() && !evenAborted) signal?.throwIfAborted();
        await ready();
        const session = opened.session(schema, signal, locks.forSession());
        return evenAborted ? session.evenAborted : session;
      },
      inSchema: (other) => view(other, signal),
      close: async () => undefined,
    };
  }

  return {
    ...view(first, options.signal),
    under: (signal) => view(first, signal),
    async share() {
      await ready();
      return opened.shared;
    },
    close: () => opened.close(),
  };
}

/**
 * If a gateway also serves the database, the engine starts with the gateway's settings. This program's own sessions
 * override them.
 */
const OWN_SETTINGS = { default_transaction_read_only: 'off', max_stack_depth: '2MB' };

async function open(dir: string, first: string, options: EngineOptions) {
  const engine = await openDatabaseFolder(dir, options);
  const client = new pg.Client({
    stream: () => engineStream(engine),
    ssl: false,
    user: 'postgres',
    types: valueParsers,
  });
  const { query } = trackLoss(client);
  const shared = shareEngine(engine);
  const { turns } = shared;
  /** The schema that the search path is currently set to. */
  let current = first;

  const session = (schema: string, signal: AbortSignal | undefined, locks: SessionLocks): Session => {
    /** Each session has its own `locks`, which identify it, so that no session enters another session's transaction. */
    const inTurn = <T>(evenAborted: boolean, send: () => Promise<T>): Promise<T> =>
      turns.take(locks, async () => {
        if (!evenAborted) signal?.throwIfAborted();
        try {
          if (current !== schema) {
            const sql = `SELECT set_config('search_path', $1, false)`;
            await query({ text: sql, values: [searchPath(schema)] });
            current = schema;
            if (!evenAborted) signal?.throwIfAborted();
          }
          return await send();
        } finally {
          // Until the engine is idle, it is unknown whether the transaction continues. Anything sent earlier would wait
          // and ignore the signal.
          await engine.idle();
        }
      });
    return new Session({
      send: (one, evenAborted) =>
        inTurn(evenAborted, () =>
          query(one).catch(async (error: unknown) => {
            if (one.isTransaction === true) await query({ text: 'ROLLBACK' }).catch(() => undefined);
            throw error;
          }),
        ),
      copy: (copy, evenAborted) =>
        inTurn(evenAborted, () => engine.copy(copyStatement(copy, "'/dev/blob'"), copy.csv)),
      processId: () => 0,
      locks,
      async close() {
        // Nothing else would end this transaction.
        if (turns.isOwner(locks) && engine.isInTransaction())
          await inTurn(true, () => query({ text: 'ROLLBACK' })).catch(() => undefined);
        locks.releaseAll();
      },
    });
  };

  try {
    await client.connect();
    await configureSession(session(first, undefined, new ProcessLocks().forSession()), first, OWN_SETTINGS);
  } catch (error) {
    await engine.close();
    throw databaseError(`open the embedded database in ${dir}`, error);
  }
  return {
    shared,
    session,
    async close(): Promise<void> {
      await client.end().catch(() => undefined);
      await engine.close();
    },
  };
}
