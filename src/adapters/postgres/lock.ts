import { PipelineError } from '../../core/errors.ts';
import { isUnmigrated, NO_RIGHT, sqlState } from './errors.ts';
import type { Session } from './session.ts';

/** Computes the key of an advisory lock from the lock's name. */
const LOCK_KEY = 'hashtextextended($1, 0)';

function lockName(schema: string): string {
  return `spacex-pipeline run ${schema}`;
}

function migrationLockName(schema: string): string {
  return `spacex-pipeline migrate ${schema}`;
}

/** Locks the schema's migrations for this session. Calls `wait` repeatedly while another session holds the lock. */
export async function lockMigrations(
  session: Session,
  schema: string,
  wait: () => Promise<void>,
): Promise<void> {
  while (!(await tryLock(session, migrationLockName(schema)))) await wait();
}

/** Tries to take the lock with this name until the session ends. Returns whether it succeeded. */
async function tryLock(session: Session, name: string): Promise<boolean> {
  if (session.locks !== null) return session.locks.take(name);
  const sql = `SELECT pg_try_advisory_lock(${LOCK_KEY}) AS taken`;
  return (await session.one<{ taken: boolean }>(sql, [name])).taken;
}

/** Locks the schema's migrations until the end of the transaction. Waits silently. */
export async function lockMigrationsInTransaction(session: Session, schema: string): Promise<void> {
  await session.execute(`SELECT pg_advisory_xact_lock(${LOCK_KEY})`, [migrationLockName(schema)]);
}

/** The holder of a schema's lock. */
export type Holder = {
  /** The holder's server backend; null if it is unknown or if there is no server. */
  readonly backend: Backend | null;
  /** The run that the holder has started; null if there is none. */
  readonly run: HoldingRun | null;
};

/**
 * Locks the schema for this session until the session ends. While another session holds the lock, repeatedly calls
 * `wait` with a `busy` error that names the holder. Without `wait`, throws that error.
 */
export async function lockSchema(
  session: Session,
  schema: string,
  wait: ((holder: Holder, busy: PipelineError) => Promise<void>) | null = null,
): Promise<void> {
  while (!(await tryLock(session, lockName(schema)))) {
    const holder = await findHolder(session, schema);
    const reason = describeHolder(holder);
    const busy = new PipelineError(`Cannot lock schema ${schema}: ${reason}`, {
      code: 'busy',
      hint: 'Wait for that run to end, or stop it.',
      context: { what: `schema ${schema}`, reason },
    });
    if (wait === null) throw busy;
    await wait(holder, busy);
  }
}

/**
 * Whether this session still holds the lock; called within the publish transaction. A run that lost its connection lost
 * the lock as well, and must never publish over a newer run.
 */
export async function relockSchema(session: Session, schema: string): Promise<boolean> {
  if (session.locks !== null) return session.locks.holds(lockName(schema));
  const sql = `SELECT pg_try_advisory_xact_lock(${LOCK_KEY}) AS taken`;
  return (await session.one<{ taken: boolean }>(sql, [lockName(schema)])).taken;
}

export type Backend = { pid: number; application_name: string; backend_start: string | null };
type HoldingRun = { run_id: string; host: string; pid: number; started_at: string };

/** A row marked `running` may belong to a run that died, so the run is returned only if the holder started it. */
async function findHolder(session: Session, schema: string): Promise<Holder> {
  const [backend = null] = await session.rows<Backend>(
    `SELECT pid, application_name, backend_start FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND granted AND datname = current_database() AND datid = database
       AND (classid::bigint << 32) + objid::bigint = ${LOCK_KEY}`,
    [lockName(schema)],
  );
  const run = await runningRun(session);
  return { backend, run: run !== null && (backend === null || isOf(run, backend)) ? run : null };
}

/** The process that owns a session of this program, according to the session's name. The host may be truncated. */
export function processOf({
  application_name,
}: Backend): { readonly host: string; readonly pid: number } | null {
  const [, host, pid] = /^spacex-pipeline (.*) pid (\d+)$/.exec(application_name) ?? [];
  return host === undefined ? null : { host, pid: Number(pid) };
}

/** Ends the session of an abandoned run. Returns false if this role lacks the privilege. */
export async function endHolder(session: Session, { pid, application_name }: Backend): Promise<boolean> {
  const sql = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND application_name = $2`;
  return session.execute(sql, [pid, application_name]).then(
    () => true,
    (error: unknown) => {
      if (sqlState(error) === NO_RIGHT) return false;
      throw error;
    },
  );
}

export function describeHolder({ backend, run }: Holder): string {
  if (run !== null)
    return `run ${run.run_id} holds the lock (host ${run.host}, pid ${run.pid}, since ${run.started_at})`;
  if (backend === null) return 'another run holds the lock';
  // For sessions of other roles, the server shows only that they exist.
  const { application_name: name, backend_start: since } = backend;
  return since === null
    ? 'a session with a different role holds the lock'
    : `another run holds the lock (${name}, since ${since})`;
}

async function runningRun(session: Session): Promise<HoldingRun | null> {
  try {
    const [running = null] = await session.rows<HoldingRun>(
      `SELECT run_id, host, pid, started_at FROM runs WHERE status = 'running' ORDER BY run_id DESC LIMIT 1`,
    );
    return running;
  } catch (error) {
    if (!isUnmigrated(error)) throw error;
    return null;
  }
}

/** A session's name ends with the id of its process. */
function isOf(run: HoldingRun, { application_name }: Backend): boolean {
  return application_name.endsWith(` pid ${run.pid}`);
}
