import {
  migrateDown,
  migrateUp,
  migrationStates,
  type MigrationState,
} from '../adapters/postgres/migrate.ts';
import { refuseEncoding } from '../adapters/postgres/encoding.ts';
import { lockMigrations, lockSchema } from '../adapters/postgres/lock.ts';
import type { Database, Session } from '../adapters/postgres/session.ts';
import type { Config } from '../config/load.ts';
import { MIGRATIONS_DIR, withDatabase, type OpenDatabase } from './database.ts';
import type { HistoryDeps } from './history.ts';

export type { MigrationState } from '../adapters/postgres/migrate.ts';

const WAIT_MS = 100;

export type MigrateAction = 'up' | 'down' | 'status';

/** Gives the names of the migrations that were applied or taken back, and the states after. */
export async function migrate(
  config: Config,
  action: MigrateAction,
  deps: HistoryDeps,
): Promise<{ changed: readonly string[]; states: readonly MigrationState[] }> {
  const options = { ...deps, dataDir: config.dataDir, what: `migrate ${action}`, waitMs: 0 };
  return withDatabase(config, options, async ({ database, session }) => {
    if (action === 'up') await refuseEncoding(database, session);
    if (action !== 'status') await lock({ database, session }, deps);
    // Refuses a database of a newer program before anything changes.
    await migrationStates(session, database, MIGRATIONS_DIR);
    const changed = await change(action, database, session);
    return { changed, states: await migrationStates(session, database, MIGRATIONS_DIR) };
  });
}

/** Another migration is waited for; a run is not, as it may take long. */
async function lock(
  { database, session }: Pick<OpenDatabase, 'database' | 'session'>,
  { clock, log, signal }: HistoryDeps,
): Promise<void> {
  let told = false;
  await lockMigrations(session.client, database.schema, async () => {
    if (!told) log.info(`another migration of schema ${database.schema} is on: waiting for its end`);
    told = true;
    await clock.sleep(WAIT_MS, signal);
  });
  await lockSchema(session.client, database.schema);
}

async function change(action: MigrateAction, database: Database, session: Session): Promise<string[]> {
  if (action === 'up') return migrateUp(session, database, MIGRATIONS_DIR);
  if (action === 'status') return [];
  const name = await migrateDown(session, database, MIGRATIONS_DIR);
  return name === null ? [] : [name];
}
