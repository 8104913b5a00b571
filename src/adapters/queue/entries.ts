import type { QueueDatabase, QueuedJob, QueueEntry, Trigger } from '../../core/queue.ts';

/** The name includes the policy, because a queue keeps the policy that it was created with. */
export function queueOf({ name, overlap }: Pick<QueuedJob, 'name' | 'overlap'>): string {
  return `${name}/${overlap}`;
}

/** The version of the queue's tables; null if there are none. */
export async function queueVersion(database: QueueDatabase, schema: string): Promise<number | null> {
  const found = await database.executeSql('SELECT to_regclass($1) IS NOT NULL AS found', [
    `${schema}.version`,
  ]);
  if (found.rows[0]?.['found'] !== true) return null;
  const { rows } = await database.executeSql(`SELECT version FROM ${schema}.version`);
  return Number(rows[0]?.['version'] ?? 0);
}

/** The jobs that are waiting in the queue or being worked on, oldest first. */
export async function readEntries(database: QueueDatabase, schema: string): Promise<readonly QueueEntry[]> {
  const { rows } = await database.executeSql(
    `SELECT name, id::text, state::text, data ->> 'trigger' AS trigger, start_after, started_on,
       coalesce(state = 'active' AND heartbeat_on + heartbeat_seconds * interval '1 second' < now(), false) AS abandoned
     FROM ${schema}.job WHERE state < 'completed' AND name LIKE '%/%' ORDER BY created_on`,
  );
  return rows.map(entryOf);
}

/** The number of processes that currently serve the queue, according to their heartbeats. */
export async function countServers(database: QueueDatabase, schema: string): Promise<number> {
  const { rows } = await database.executeSql(
    `SELECT count(*)::integer AS live FROM ${schema}.instance
     WHERE stopped_on IS NULL AND heartbeat_on >= now() - heartbeat_seconds * 3 * interval '1 second'`,
  );
  return Number(rows[0]?.['live'] ?? 0);
}

/** Whether a process that serves the queue with that data folder has been alive within the last `seconds`. */
export async function wasServed(
  database: QueueDatabase,
  schema: string,
  folder: string,
  seconds: number,
): Promise<boolean> {
  const { rows } = await database.executeSql(
    `SELECT EXISTS (SELECT FROM ${schema}.instance
       WHERE $1 = ANY (string_to_array(name, ' ')) AND heartbeat_on >= now() - $2 * interval '1 second') AS served`,
    [folder, seconds],
  );
  return rows[0]?.['served'] === true;
}

function entryOf(row: Record<string, unknown>): QueueEntry {
  const name = String(row['name']);
  const isRunning = row['state'] === 'active';
  const since = isRunning ? row['started_on'] : row['start_after'];
  return {
    job: name.slice(0, name.lastIndexOf('/')),
    id: String(row['id']),
    state: isRunning ? 'running' : 'waiting',
    trigger: (row['trigger'] ?? 'schedule') as Trigger,
    since: (since instanceof Date ? since : new Date(String(since))).toISOString(),
    abandoned: row['abandoned'] === true,
  };
}
