import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { lockFolder, type FolderLock } from '../adapters/files/folder-lock.ts';
import { tellClosedSchema } from '../adapters/postgres/closed-schema.ts';
import { openEmbedded } from '../adapters/postgres/embedded.ts';
import { databaseError, isDatabaseFailure } from '../adapters/postgres/errors.ts';
import { openServer } from '../adapters/postgres/server.ts';
import type { Database, Session } from '../adapters/postgres/session.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Source } from '../core/source.ts';
import type { SourceConfig } from '../config/for-source.ts';
import type { LoadedConfig } from '../config/load.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** The folders of a source's migrations, in the order in which they are applied. */
export function migrationDirs({ name }: Pick<Source, 'name'>): readonly string[] {
  return ['ledger', name].map((folder) => join(MIGRATIONS, folder));
}

export const embeddedDir = (dataDir: string): string => join(dataDir, 'database');

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
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly urlFrom: LoadedConfig['urlFrom'];
};

/** How long a command that only reads waits for whoever has the embedded database. */
export const READ_WAIT_MS = 5000;

/** Opens the database for the time of some work. */
export async function withDatabase<T>(
  config: SourceConfig,
  options: OpenOptions,
  work: (opened: OpenDatabase) => Promise<T>,
): Promise<T> {
  const opened = await openDatabase(config, options);
  try {
    return await telling(opened, work(opened));
  } finally {
    await opened.close();
  }
}

/** The same for each source, over one opening. */
export async function withEachDatabase<T>(
  configs: readonly SourceConfig[],
  options: OpenOptions,
  work: (config: SourceConfig, opened: OpenDatabase) => Promise<T>,
): Promise<T[]> {
  const [first] = configs;
  if (first === undefined) return [];
  return withDatabase(first, options, async (opened) => {
    const results = [await work(first, opened)];
    for (const config of configs.slice(1))
      results.push(await inSchemaOf(config, opened, (own) => work(config, own)));
    return results;
  });
}

/** Work on the schema of another source in the same database. */
export async function inSchemaOf<T>(
  config: SourceConfig,
  { database }: Pick<OpenDatabase, 'database'>,
  work: (opened: OpenDatabase) => Promise<T>,
): Promise<T> {
  const own = await withSession(database.inSchema(config.settings.schema));
  try {
    return await telling(own, work(own));
  } finally {
    await own.close();
  }
}

/** What fails in the database is told as such, whoever asked. */
export async function telling<T>({ database, session }: OpenDatabase, work: Promise<T>): Promise<T> {
  return work.catch(async (failure: unknown) => {
    const error = await tellClosedSchema(database, session, failure);
    throw isDatabaseFailure(error) ? databaseError(`use ${database.name}`, error) : error;
  });
}

/** Opens what the configuration names: a server, or the embedded database in the data folder, locked for us. */
export async function openDatabase(config: SourceConfig, options: OpenOptions): Promise<OpenDatabase> {
  const { url, answerTimeoutSeconds } = config.database;
  const { schema } = config.settings;
  const { dataDir, signal } = options;
  if (url !== null) return withSession(openServer({ ...options, url, schema, answerTimeoutSeconds }));
  const lock = await lockData(config, options);
  try {
    const { check } = lock;
    // A query is stopped by who typed it.
    const limitMs = options.what === 'query' ? 0 : config.database.statementTimeoutSeconds * 1000;
    const database = await openEmbedded({ dir: embeddedDir(dataDir), schema, signal, check, limitMs });
    const opened = await withSession(database);
    options.log.debug(`the embedded database is open: ${database.name}`);
    return {
      ...opened,
      async close() {
        await opened.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Locks the embedded database of the data folder. */
export function lockData(config: SourceConfig, options: OpenOptions): Promise<FolderLock> {
  const { allowNetworkFolder } = config.database;
  return lockFolder(options.dataDir, { ...options, allowNetworkFolder });
}

async function withSession(database: Database): Promise<OpenDatabase> {
  return { database, session: await database.connect(), close: () => database.close() };
}
