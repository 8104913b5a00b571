import pg from 'pg';

import type { Connection } from './connect.ts';
import { noAnswer } from './errors.ts';
import type { Session } from './session.ts';

/**
 * What a backend is doing when its statement has had no response for a long time. The backend is working, is waiting
 * for a lock, has no response to send (`done`), or cannot be observed.
 */
export type Activity = 'working' | 'locked out' | 'done' | 'unknown';

type Backend = { state: string | null; wait_event_type: string | null };

/**
 * Asks the server over a second connection. Throws if it cannot connect, since that means that the server is
 * unreachable.
 */
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
  // track_activities is off, or this role is not allowed to see the backend's state.
  if (state === null || state === 'disabled') return 'unknown';
  // A backend that is waiting for its client has not received our statement or cannot send its response.
  if (!state.startsWith('active') || wait_event_type === 'Client') return 'done';
  return wait_event_type === 'Lock' ? 'locked out' : 'working';
}

/**
 * Ends the backend of a lost connection. The server may not have noticed the loss. Until it does, the backend's
 * transaction keeps its locks and could still commit.
 */
export async function terminateBackendOf(lost: Session, session: Session): Promise<void> {
  const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE pid = $1 AND application_name = current_setting('application_name')`;
  await session.execute(sql, [lost.processId]).catch((error: unknown) => {
    // After SET ROLE, the new role may lack this privilege. The server will notice the loss later.
    if (!(error instanceof pg.DatabaseError)) throw error;
  });
}
