import type { Place } from './place.ts';

/** Each query returns one line per broken promise. */
const CHECKS: Readonly<Record<string, string>> = {
  records: `SELECT run_id || ' ' || resource || ': received ' || received || ', validated ' || validated || ', errored ' || errored AS line
    FROM run_resources WHERE status = 'succeeded' AND received <> validated + errored + repeated`,
  rows: `SELECT run_id || ' ' || table_name AS line FROM run_tables
    WHERE live_before + inserted - deleted <> live_after OR staged <> inserted + updated + unchanged`,
  chain: `SELECT run_id || ' ' || table_name || ': ' || live_before || ' rows before, but ' || was || ' after the previous run' AS line
    FROM (SELECT run_id, table_name, live_before,
                 lag(live_after) OVER (PARTITION BY table_name ORDER BY runs.finished_at) AS was
          FROM run_tables JOIN runs USING (run_id)) chain
    WHERE live_before <> was`,
  tombstones: `SELECT d.table_name || ': ' || d.n || ' rows deleted, ' || coalesce(t.n, 0) || ' tombstones' AS line
    FROM (SELECT table_name, sum(deleted) AS n FROM run_tables GROUP BY 1) d
    LEFT JOIN (SELECT table_name, count(*) AS n FROM tombstones GROUP BY 1) t USING (table_name)
    WHERE d.n <> coalesce(t.n, 0)`,
  rejects: `SELECT resource || ' ' || record_id || ' was seen ' || times || ' times' AS line FROM rejects r
    WHERE times > (SELECT count(*) FROM runs WHERE run_id BETWEEN r.first_run_id AND r.last_run_id)`,
  running: `SELECT 'run ' || run_id || ' is still running' AS line FROM runs WHERE status = 'running'`,
  staging: `SELECT count(*) || ' staging tables are left, such as ' || min(relname) AS line FROM pg_class
    WHERE relnamespace = (current_schemas(false))[2]::regnamespace AND starts_with(relname, 'staging_') HAVING count(*) > 0`,
  lock: `SELECT 'the lock is held by ' || application_name AS line FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  sessions: `SELECT application_name || ' is still connected, ' || state AS line FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'spacex-pipeline %'`,
};

/**
 * Returns the promises that are broken according to the ledger, the tables and the server: books that do not balance,
 * leftovers, a lock that is still held.
 */
export async function booksLosses(place: Place): Promise<string[]> {
  const all = Object.entries(CHECKS).map(
    ([name, sql]) => `SELECT '${name}: ' || line AS line FROM (${sql}) ${name}`,
  );
  const lost = (await place.sql<{ line: string }>(all.join(' UNION ALL '))).map(({ line }) => line);
  const counts = await place.sql<{ table_name: string; live_after: string }>(
    `SELECT DISTINCT ON (table_name) table_name, live_after::text FROM run_tables JOIN runs USING (run_id)
     ORDER BY table_name, runs.finished_at DESC`,
  );
  if (counts.length === 0) return lost;
  const counted = counts.map(
    ({ table_name: name }) => `SELECT '${name}' AS table_name, count(*)::text AS n FROM "${name}"`,
  );
  const now = await place.sql<{ table_name: string; n: string }>(counted.join(' UNION ALL '));
  for (const { table_name, live_after } of counts) {
    const n = now.find((one) => one.table_name === table_name)?.n;
    if (n !== live_after)
      lost.push(`count: ${table_name} has ${n} rows, but ${live_after} according to the ledger`);
  }
  return lost;
}
