import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { FolderLock } from '../adapters/files/folder-lock.ts';
import type { Embedded } from '../adapters/postgres/embedded.ts';
import type { Gateway } from '../adapters/postgres/gateway.ts';
import type { Database, Session } from '../adapters/postgres/session.ts';
import type { SourceConfig } from '../config/for-source.ts';
import type { LoadedConfig } from '../config/load.ts';
import { PipelineError } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import { createBudgets, type Budgets } from '../lib/token-bucket.ts';
import type { ShareOptions } from './share-database.ts';

/** The target database, with a session on it. */
export type OpenDatabase = {
  readonly database: Database;
  readonly session: Session;
  readonly close: () => Promise<void>;
};

/** The dependencies of most commands. */
export type AppDeps = {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborts the work. */
  readonly signal: AbortSignal;
  readonly urlFrom: LoadedConfig['urlFrom'];
};

export type OpenOptions = Omit<AppDeps, 'runtime'> & {
  readonly dataDir: string;
  /** Shown to other processes that find the folder locked. */
  readonly what: string;
  readonly waitMs: number;
  /** Used instead of `waitMs`: called repeatedly while another process holds the embedded database. */
  readonly whileBusy?: (busy: PipelineError) => Promise<void>;
  /** Called when the data folder was missing and has been created. */
  readonly onNewFolder?: (dataDir: string) => void;
  /**
   * True if nothing is written, so that a read-only connection to a process that holds the embedded database is enough.
   */
  readonly reads?: boolean;
};

/**
 * The state that outlives a run: open embedded databases, each locked for this process, and the request budgets of the
 * hosts contacted so far. A command opens one runtime and closes it when it ends.
 */
export type Runtime = {
  /** Opens the configured database: a server, or the embedded database in the data folder. */
  readonly openDatabase: (config: SourceConfig, options: OpenOptions) => Promise<OpenDatabase>;
  readonly budgets: Budgets;
  /** Lets other processes read the embedded database that this process has open. Null if it has none open. */
  readonly share: (options: ShareOptions) => Promise<Gateway | null>;
  readonly close: () => Promise<void>;
};

type Kept = { readonly database: Embedded; readonly lock: FolderLock };

export type RuntimeOptions = {
  /** Aborts when the process should end. */
  readonly signal: AbortSignal;
  /** The schemas in which other readers of the embedded database look up names; null if no one else may read it. */
  readonly schemas?: readonly string[] | null;
};

export const embeddedDir = (dataDir: string): string => join(dataDir, 'database');

/**
 * If a statement is still running long after `signal` aborts, it is ended together with the embedded database. Loads
 * the database code only when a database is opened, because not every command opens one.
 */
export function openRuntime({ schemas = null, signal }: RuntimeOptions): Runtime {
  const kept = new Map<string, Promise<Kept>>();
  const shared: Gateway[] = [];

  function keep(config: SourceConfig, options: OpenOptions): Promise<Kept> {
    const { dataDir } = options;
    const opening = kept.get(dataDir) ?? openKept(config, options, { schemas, signal });
    kept.set(dataDir, opening);
    opening.catch(() => kept.delete(dataDir));
    return opening;
  }

  return {
    budgets: createBudgets(),

    async openDatabase(config, options) {
      const { url, answerTimeoutSeconds } = config.database;
      const { schema } = config.settings;
      if (url !== null) {
        const { openServer } = await import('../adapters/postgres/server.ts');
        return withSession(openServer({ ...options, url, schema, answerTimeoutSeconds }));
      }
      const canAsk = options.reads === true && !kept.has(options.dataDir);
      const early = canAsk ? await askHolder(schema, options) : null;
      if (early !== null) return withSession(early);
      const found = await keep(config, options).catch(async (error: unknown) => {
        const late = canAsk && error instanceof PipelineError && error.code === 'busy';
        const database = late ? await askHolder(schema, options) : null;
        if (database === null) throw error;
        return database;
      });
      if (!('lock' in found)) return withSession(found);
      const { database } = found;
      const opened = await withSession(database.under(options.signal).inSchema(schema));
      options.log.debug(`the embedded database is open: ${database.name}`);
      return opened;
    },

    async share(options) {
      const [first] = kept;
      if (first === undefined) return null;
      const [dataDir, opening] = first;
      const { database, lock } = await opening;
      const { shareDatabase } = await import('./share-database.ts');
      const gateway = await shareDatabase({ dataDir, lock, share: database.share }, options);
      shared.push(gateway);
      return gateway;
    },

    async close() {
      for (const gateway of shared) await gateway.close();
      for (const opening of kept.values()) {
        const one = await opening.catch(() => null);
        await one?.database.close();
        await one?.lock.release();
      }
      kept.clear();
    },
  };
}

/** Connects to the process that holds and shares the embedded database; null if there is none. */
async function askHolder(schema: string, { dataDir, signal }: OpenOptions): Promise<Database | null> {
  const { findSocket } = await import('../adapters/files/folder-lock.ts');
  const socket = await findSocket(dataDir);
  if (socket === null) return null;
  const { openServed } = await import('../adapters/postgres/served.ts');
  return openServed({ socket, name: embeddedDir(dataDir), schema, signal });
}

async function openKept(
  config: SourceConfig,
  options: OpenOptions,
  { schemas, signal }: RuntimeOptions,
): Promise<Kept> {
  const { dataDir, what } = options;
  const { schema } = config.settings;
  const serves = schemas !== null && schemas !== undefined;
  const lock = await lockData(config, serves ? { ...options, what: 'serve' } : options);
  try {
    const { openEmbedded } = await import('../adapters/postgres/embedded.ts');
    const { check } = lock;
    // A query has no time limit, because the user can interrupt it.
    const limitMs = what === 'query' ? 0 : config.database.statementTimeoutSeconds * 1000;
    const settings = serves ? await settingsOfReaders(schemas) : undefined;
    const database = await openEmbedded({
      dir: embeddedDir(dataDir),
      schema,
      settings,
      signal,
      check,
      limitMs,
    });
    return { database, lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function settingsOfReaders(schemas: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { servedSettings } = await import('../adapters/postgres/gateway.ts');
  return servedSettings(schemas);
}

/** Locks the embedded database of the data folder. */
export async function lockData(config: SourceConfig, options: OpenOptions): Promise<FolderLock> {
  const { lockFolder } = await import('../adapters/files/folder-lock.ts');
  const { allowNetworkFolder } = config.database;
  const { dataDir, onNewFolder } = options;
  const isNew = !existsSync(dataDir);
  const lock = await lockFolder(dataDir, { ...options, allowNetworkFolder });
  if (isNew) onNewFolder?.(dataDir);
  return lock;
}

export async function withSession(database: Database): Promise<OpenDatabase> {
  const session = await database.connect();
  return {
    database,
    session,
    async close() {
      await session.close();
      await database.close();
    },
  };
}
