import {
  migrateDown,
  migrateUp,
  migrationStates,
  type MigrationState,
} from '../adapters/postgres/migrate.ts';
import { lockSchema } from '../adapters/postgres/lock.ts';
import type { Database, Session } from '../adapters/postgres/session.ts';
import type { Config } from '../config/load.ts';
import { MIGRATIONS_DIR, withDatabase } from './database.ts';
import type { HistoryDeps } from './history.ts';

export type { MigrationState } from '../adapters/postgres/migrate.ts';

export type MigrateAction = 'up' | 'down' | 'status';

/** Gives the names of the migrations that were applied or taken back, and the states after. */
export async function migrate(
  config: Config,
  action: MigrateAction,
  deps: HistoryDeps,
): Promise<{ changed: readonly string[]; states: readonly MigrationState[] }> {
  const options = { ...deps, dataDir: config.dataDir, what: `migrate ${action}`, waitMs: 0 };
  return withDatabase(config, options, async ({ database, session }) => {
    if (action !== 'status') await lockSchema(session.client, database.schema);
    // Refuses a database of a newer program before anything changes.
    await migrationStates(session, database, MIGRATIONS_DIR);
    const changed = await change(action, database, session);
    return { changed, states: await migrationStates(session, database, MIGRATIONS_DIR) };
  });
}

async function change(action: MigrateAction, database: Database, session: Session): Promise<string[]> {
  if (action === 'up') return migrateUp(session, database, MIGRATIONS_DIR);
  if (action === 'status') return [];
  const name = await migrateDown(session, database, MIGRATIONS_DIR);
  return name === null ? [] : [name];
}
