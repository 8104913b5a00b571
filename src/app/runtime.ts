import { join } from 'node:path';

import type { FolderLock } from '../adapters/files/folder-lock.ts';
import type { Embedded } from '../adapters/postgres/embedded.ts';
import type { Database, Session } from '../adapters/postgres/session.ts';
import type { SourceConfig } from '../config/for-source.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { PipelineError } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import { createBudgets, type Budgets } from '../lib/token-bucket.ts';

/** The target database with one session on it. */
export type OpenDatabase = {
  readonly database: Database;
  readonly session: Session;
  readonly close: () => Promise<void>;
};

export type OpenOptions = {
  readonly dataDir: string;
  /** For those who find the folder locked. */
  readonly what: string;
  readonly waitMs: number;
  /** In place of `waitMs`: called again and again while another process has the embedded database. */
  readonly whileBusy?: (busy: PipelineError) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  /** Of the work that it is opened for. */
  readonly signal: AbortSignal;
  readonly urlFrom: LoadedConfig['urlFrom'];
};

/**
 * What outlives a run: embedded databases that are open, each locked for this process, and the request budgets of the
 * hosts that were asked. A command opens one and closes it at its end.
 */
export type Runtime = {
  /** Opens what the configuration names: a server, or the embedded database in the data folder. */
  readonly openDatabase: (config: SourceConfig, options: OpenOptions) => Promise<OpenDatabase>;
  readonly budgets: Budgets;
  /** Says where this process serves the embedded databases that it has open. */
  readonly announce: (url: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

type Kept = { readonly database: Embedded; readonly lock: FolderLock };

export const embeddedDir = (dataDir: string): string => join(dataDir, 'database');

/**
 * `signal` ends the process: a statement that goes on for long after it is ended with the embedded database. Loads
 * nothing before a database is opened, as not every command opens one.
 */
export function openRuntime({ signal }: { readonly signal: AbortSignal }): Runtime {
  const kept = new Map<string, Promise<Kept>>();

  function keep(config: SourceConfig, options: OpenOptions): Promise<Kept> {
    const { dataDir } = options;
    const opening = kept.get(dataDir) ?? openKept(config, options, signal);
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
      const { database } = await keep(config, options);
      const opened = await withSession(database.under(options.signal).inSchema(schema));
      options.log.debug(`the embedded database is open: ${database.name}`);
      return opened;
    },

    async announce(url) {
      for (const opening of kept.values()) await (await opening).lock.announce(url, 'serve');
    },

    async close() {
      for (const opening of kept.values()) {
        const one = await opening.catch(() => null);
        await one?.database.close();
        await one?.lock.release();
      }
      kept.clear();
    },
  };
}

async function openKept(config: SourceConfig, options: OpenOptions, signal: AbortSignal): Promise<Kept> {
  const { dataDir, what } = options;
  const { schema } = config.settings;
  const lock = await lockData(config, options);
  try {
    const { openEmbedded } = await import('../adapters/postgres/embedded.ts');
    const { check } = lock;
    // A query is stopped by who typed it.
    const limitMs = what === 'query' ? 0 : config.database.statementTimeoutSeconds * 1000;
    const database = await openEmbedded({ dir: embeddedDir(dataDir), schema, signal, check, limitMs });
    return { database, lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Locks the embedded database of the data folder. */
export async function lockData(config: SourceConfig, options: OpenOptions): Promise<FolderLock> {
  const { lockFolder } = await import('../adapters/files/folder-lock.ts');
  const { allowNetworkFolder } = config.database;
  return lockFolder(options.dataDir, { ...options, allowNetworkFolder });
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
