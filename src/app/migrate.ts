import {
  migrateDown,
  migrateUp,
  migrationStates,
  type MigrationState,
} from '../adapters/postgres/migrate.ts';
import { lockSchema } from '../adapters/postgres/lock.ts';
import type { Config } from '../config/load.ts';
import { MIGRATIONS_DIR, openDatabase } from './database.ts';
import type { HistoryDeps } from './history.ts';

export type { MigrationState } from '../adapters/postgres/migrate.ts';

export type MigrateAction = 'up' | 'down' | 'status';

/** Gives the names of the migrations that were applied or taken back, and the states after. */
export async function migrate(
  config: Config,
  action: MigrateAction,
  deps: HistoryDeps,
): Promise<{ changed: readonly string[]; states: readonly MigrationState[] }> {
  const { database, session, close } = await openDatabase(config, {
    ...deps,
    dataDir: config.dataDir,
    what: `migrate ${action}`,
    waitMs: 0,
  });
  try {
    if (action !== 'status') await lockSchema(session.client, database.schema);
    // Refuses a database of a newer program before anything changes.
    await migrationStates(session, database, MIGRATIONS_DIR);
    const changed = await change(action);
    return { changed, states: await migrationStates(session, database, MIGRATIONS_DIR) };
  } finally {
    await close();
  }

  async function change(direction: MigrateAction): Promise<string[]> {
    if (direction === 'up') return migrateUp(session, database, MIGRATIONS_DIR);
    if (direction === 'status') return [];
    const name = await migrateDown(session, database, MIGRATIONS_DIR);
    return name === null ? [] : [name];
  }
}
