import { hasDatabase } from '../adapters/postgres/database-folder.ts';

import { migrateDown, migrateUp, migrationStates, missingNames } from '../adapters/postgres/migrate.ts';
import { NO_RIGHT, sqlState } from '../adapters/postgres/errors.ts';
import { openForeign } from '../adapters/postgres/foreign.ts';
import { checkEncoding } from '../adapters/postgres/encoding.ts';
import { lockMigrations, lockSchema } from '../adapters/postgres/lock.ts';
import { readMigrations } from '../adapters/postgres/migration-files.ts';
import type { Database, Session } from '../adapters/postgres/session.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { reasonOf } from '../core/errors.ts';
import { migrationDirs, withDatabase, withEachDatabase } from './database.ts';
import { embeddedDir, type OpenDatabase, type AppDeps } from './runtime.ts';
import { requireEmbedded } from './read-target.ts';
import type { MigrateReport } from '../output/documents.ts';

const WAIT_MS = 100;

export type MigrateAction = 'up' | 'down' | 'status';

/** Migrates each source, but opens the database only once. `down` reverts the newest migration of each source. */
export async function migrate(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  action: MigrateAction,
  deps: AppDeps,
): Promise<MigrateReport> {
  const [config] = configs;
  const { dataDir } = config;
  if (config.database.url === null && action !== 'up' && !hasDatabase(embeddedDir(dataDir))) {
    // Reading must not create a database.
    if (action === 'down') requireEmbedded(dataDir, 'migrate down');
    const all = configs.map(async ({ source }): Promise<MigrateReport['migrations'][number][]> => {
      const files = await readMigrations(migrationDirs(source));
      return files.map(({ name }) => ({ name, source: source.name, applied_at: null }));
    });
    return { changed: [], made_again: [], missing: [], migrations: (await Promise.all(all)).flat() };
  }
  const options = { ...deps, dataDir, what: `migrate ${action}`, reads: action === 'status', waitMs: 0 };
  const reports = await withEachDatabase(configs, options, (own, opened) =>
    migrateOne(own, action, opened, deps),
  );
  const queue = action === 'up' ? await migrateJobQueue(config, deps) : [];
  return {
    changed: [...reports.flatMap(({ changed }) => changed), ...queue],
    made_again: reports.flatMap(({ made_again }) => made_again),
    missing: reports.some(({ missing }) => missing === null)
      ? null
      : reports.flatMap(({ missing }) => missing ?? []),
    migrations: reports.flatMap(({ migrations }) => migrations),
  };
}

/**
 * Creates or updates the job queue and returns the changes. Only `serve` needs the queue, so everything else works even
 * if this role is not allowed to create a schema.
 */
export async function migrateJobQueue(config: SourceConfig, { log, ...deps }: AppDeps): Promise<string[]> {
  const options = { ...deps, log, dataDir: config.dataDir, what: 'migrate up', waitMs: 0 };
  const schema = config.serve.queueSchema;
  const { migrateQueue } = await import('../adapters/queue/queue.ts');
  return withDatabase(config, options, async ({ database }) => {
    const foreign = openForeign(database.inSchema(schema));
    try {
      const alone = config.database.url === null;
      const done = await migrateQueue({ database: foreign, schema, alone, log });
      return done === 'nothing' ? [] : [`job queue in schema ${schema}`];
    } catch (error) {
      if (sqlState(error) !== NO_RIGHT) throw error;
      log.warn(`Cannot create the job queue in schema ${schema}: ${reasonOf(error)}. Only serve needs it.`);
      return [];
    } finally {
      await foreign.close();
    }
  });
}

async function migrateOne(
  { source }: SourceConfig,
  action: MigrateAction,
  { database, session }: OpenDatabase,
  deps: AppDeps,
): Promise<MigrateReport> {
  const dirs = migrationDirs(source);
  if (action === 'up') await checkEncoding(database, session);
  if (action !== 'status') await lock({ database, session }, deps);
  // Rejects a database that a newer program has migrated, before anything changes.
  await migrationStates(session, database, dirs);
  const changes = await change(action, database, session, dirs);
  return {
    ...changes,
    missing: await missingNames(session, database, dirs),
    migrations: (await migrationStates(session, database, dirs)).map((state) => ({
      ...state,
      source: source.name,
    })),
  };
}

/** Waits for another migration, but not for a run, which can take a long time. */
async function lock(
  { database, session }: Pick<OpenDatabase, 'database' | 'session'>,
  { clock, log, signal }: AppDeps,
): Promise<void> {
  let reported = false;
  await lockMigrations(session, database.schema, async () => {
    if (!reported) log.info(`waiting for another migration of schema ${database.schema} to end`);
    reported = true;
    await clock.sleep(WAIT_MS, signal);
  });
  await lockSchema(session, database.schema);
}

async function change(
  action: MigrateAction,
  database: Database,
  session: Session,
  dirs: readonly string[],
): Promise<Pick<MigrateReport, 'changed' | 'made_again'>> {
  if (action === 'up') {
    const { applied, made_again } = await migrateUp(session, database, dirs);
    return { changed: applied, made_again };
  }
  const name = action === 'down' ? await migrateDown(session, database, dirs) : null;
  return { changed: name === null ? [] : [name], made_again: [] };
}
