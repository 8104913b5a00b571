import { ident } from './sql.ts';
import type { Session } from './session.ts';

/**
 * Reclaims the space left by updates, deletes and dropped tables. Applies autovacuum's rule, because the embedded
 * database has no autovacuum. Must be called outside a transaction. Returns the number of tables.
 */
export async function vacuum(session: Session): Promise<number> {
  await session.rows('SELECT pg_stat_force_next_flush()');
  const tables = await session.rows<{ schema: string; name: string }>(
    `SELECT schemaname AS schema, relname AS name FROM pg_stat_all_tables
     WHERE schemaname <> 'pg_toast' AND n_dead_tup > 50 + 0.2 * n_live_tup ORDER BY 1, 2`,
  );
  for (const { name, schema } of tables) await session.query(`VACUUM (ANALYZE) ${ident(schema, name)}`);
  return tables.length;
}
