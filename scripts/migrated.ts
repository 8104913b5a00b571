import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEmbedded } from '../src/adapters/postgres/embedded.ts';
import { migrateUp } from '../src/adapters/postgres/migrate.ts';
import type { Session } from '../src/adapters/postgres/session.ts';

const SCHEMA = 'migrated';

/** Runs `work` on a temporary embedded database with these migrations applied. */
export async function withMigrated<T>(
  dirs: readonly string[],
  work: (session: Session, schema: string) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'migrated-'));
  try {
    const database = await openEmbedded({ dir: join(dir, 'database'), schema: SCHEMA });
    try {
      const session = await database.connect();
      // A new source has no migrations yet.
      await migrateUp(session, database, dirs.filter(existsSync));
      return await work(session, SCHEMA);
    } finally {
      await database.close();
    }
  } finally {
    await rm(dir, { recursive: true });
  }
}
