import pg from 'pg';

import type { Connection } from './connect.ts';
import { noAnswer } from './errors.ts';
import type { Session } from './session.ts';

/**
 * What a backend does while a statement has had no answer for a long time: it is working, or waits for a lock; it has
 * no answer to give (`done`); or nobody can say.
 */
export type Activity = 'working' | 'locked out' | 'done' | 'unknown';

type Backend = { state: string | null; wait_event_type: string | null };

/** Asks the server over another connection. Throws if it cannot connect: then the server is out of reach. */
export async function probeBackend(
  pid: number,
  connectAnother: () => Promise<Connection>,
  timeoutMs: number,
): Promise<Activity> {
  let other: Connection;
  try {
    other = await connectAnother();
  } catch (error) {
    // A server that refuses a connection is reachable.
    if (error instanceof pg.DatabaseError) return 'unknown';
    throw error;
  }
  const timer = setTimeout(() => other.sever(noAnswer(timeoutMs)), timeoutMs);
  try {
    const text = 'SELECT state, wait_event_type FROM pg_stat_activity WHERE pid = $1';
    const { rows }: pg.QueryResult<Backend> = await other.query({ text, values: [pid] });
    return activityOf(rows[0]);
  } catch {
    return 'unknown';
  } finally {
    clearTimeout(timer);
    await other.end();
  }
}

function activityOf(backend: Backend | undefined): Activity {
  if (backend === undefined) return 'done';
  const { state, wait_event_type } = backend;
  // If track_activities is off, or the role may not see it.
  if (state === null || state === 'disabled') return 'unknown';
  // A backend that waits for its client has not received what we sent, or cannot send what we wait for.
  if (!state.startsWith('active') || wait_event_type === 'Client') return 'done';
  return wait_event_type === 'Lock' ? 'locked out' : 'working';
}

/**
 * Ends the backend of a lost connection, which the server may not have noticed: until then its transaction could still
 * commit, and keeps its locks.
 */
export async function terminateBackendOf(lost: Session, session: Session): Promise<void> {
  const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE pid = $1 AND application_name = current_setting('application_name')`;
  await session.execute(sql, [lost.processId]).catch((error: unknown) => {
    // A role that was assumed from another may not do this; the server will notice later.
    if (!(error instanceof pg.DatabaseError)) throw error;
  });
}
