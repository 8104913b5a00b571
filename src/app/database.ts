import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { explainClosedSchema } from '../adapters/postgres/closed-schema.ts';
import { databaseError, isDatabaseFailure, isUnmigrated } from '../adapters/postgres/errors.ts';
import type { Source } from '../core/source.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { withSession, type OpenDatabase, type OpenOptions, type Runtime } from './runtime.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** A source's migration folders, in the order in which they are applied. */
export function migrationDirs({ name }: Pick<Source, 'name'>): readonly string[] {
  return ['ledger', name].map((folder) => join(MIGRATIONS, folder));
}

/** How to open a database, and the runtime that keeps it open. */
export type DatabaseOptions = OpenOptions & { readonly runtime: Runtime };

/** How long a read-only command waits for another process to release the embedded database. */
export const READ_WAIT_MS = 5000;

/** Opens the database, runs `work`, and closes the database. */
export async function withDatabase<T>(
  config: SourceConfig,
  options: DatabaseOptions,
  work: (opened: OpenDatabase) => Promise<T>,
): Promise<T> {
  const opened = await options.runtime.openDatabase(config, options);
  try {
    return await asDatabaseErrors(opened, work(opened));
  } finally {
    await opened.close();
  }
}

/** Runs `work` for each source, but opens the database only once. */
export async function withEachDatabase<T>(
  configs: readonly SourceConfig[],
  options: DatabaseOptions,
  work: (config: SourceConfig, opened: OpenDatabase) => Promise<T>,
): Promise<T[]> {
  const [first] = configs;
  if (first === undefined) return [];
  return withDatabase(first, options, (opened) => inEachSchema(configs, opened, work));
}

/** Runs `work` for each source. The schema of the first source is already open. */
export async function inEachSchema<T>(
  configs: readonly SourceConfig[],
  opened: OpenDatabase,
  work: (config: SourceConfig, opened: OpenDatabase) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (const [index, config] of configs.entries())
    results.push(
      index === 0 ? await work(config, opened) : await inSchemaOf(config, opened, (own) => work(config, own)),
    );
  return results;
}

/** Runs `work` on the schema of a different source in the same database. */
export async function inSchemaOf<T>(
  config: SourceConfig,
  { database }: Pick<OpenDatabase, 'database'>,
  work: (opened: OpenDatabase) => Promise<T>,
): Promise<T> {
  const own = await withSession(database.inSchema(config.settings.schema));
  try {
    return await asDatabaseErrors(own, work(own));
  } finally {
    await own.close();
  }
}

/** Turns any failure of the database into a `database` error. */
export async function asDatabaseErrors<T>({ database, session }: OpenDatabase, work: Promise<T>): Promise<T> {
  return work.catch(async (failure: unknown) => {
    const error = await explainClosedSchema(database, session, failure);
    throw isDatabaseFailure(error) ? databaseError(`use ${database.name}`, error) : error;
  });
}

/** An error handler that returns `otherwise` if the schema was never migrated, and rethrows any other error. */
export function ifUnmigrated<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (isUnmigrated(error)) return otherwise;
    throw error;
  };
}
