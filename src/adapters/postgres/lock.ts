import { PipelineError } from '../../core/errors.ts';
import { isUnmigrated } from './errors.ts';
import type { Session } from './session.ts';

/** The key of the one advisory lock that a run holds on its schema. */
const LOCK_KEY = 'hashtextextended($1, 0)';

function lockName(schema: string): string {
  return `spacex-pipeline run ${schema}`;
}

function migrationLockName(schema: string): string {
  return `spacex-pipeline migrate ${schema}`;
}

/** Takes the migrations of the schema for this session; while another has them, `wait` is called again and again. */
export async function lockMigrations(
  session: Session,
  schema: string,
  wait: () => Promise<void>,
): Promise<void> {
  while (!(await tryLock(session, migrationLockName(schema)))) await wait();
}

/** Takes the lock of that name until the session ends. */
async function tryLock(session: Session, name: string): Promise<boolean> {
  if (session.locks !== null) return session.locks.take(name);
  const sql = `SELECT pg_try_advisory_lock(${LOCK_KEY}) AS taken`;
  const [answer] = await session.rows<{ taken: boolean }>(sql, [name]);
  return answer?.taken === true;
}

/** The same until the end of the transaction; waits without a word. */
export async function lockMigrationsInTransaction(session: Session, schema: string): Promise<void> {
  await session.execute(`SELECT pg_advisory_xact_lock(${LOCK_KEY})`, [migrationLockName(schema)]);
}

/** Takes the schema for this session until it ends. Throws `busy`, naming the holder. */
export async function lockSchema(session: Session, schema: string): Promise<void> {
  if (await tryLock(session, lockName(schema))) return;
  throw new PipelineError(`Cannot lock schema ${schema}: ${await describeHolder(session, schema)}`, {
    code: 'busy',
    hint: 'Wait for that run to end, or stop it.',
  });
}

/**
 * Inside the publish transaction: is this session still the holder? A run that lost its connection lost the lock
 * with it, and must never publish over a newer one.
 */
export async function relockSchema(session: Session, schema: string): Promise<boolean> {
  if (session.locks !== null) return session.locks.holds(lockName(schema));
  const [answer] = await session.rows<{ taken: boolean }>(
    `SELECT pg_try_advisory_xact_lock(${LOCK_KEY}) AS taken`,
    [lockName(schema)],
  );
  return answer?.taken === true;
}

type Backend = { application_name: string; backend_start: string };
type Holder = { run_id: string; host: string; pid: number; started_at: string };

/** Who holds the lock, and its run where it has begun one: a row that says `running` may be of a run that died. */
async function describeHolder(session: Session, schema: string): Promise<string> {
  const [backend] = await session.rows<Backend>(
    `SELECT application_name, backend_start FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE locktype = 'advisory' AND granted AND datname = current_database() AND datid = database
       AND (classid::bigint << 32) + objid::bigint = ${LOCK_KEY}`,
    [lockName(schema)],
  );
  const running = await runningRun(session);
  if (running !== undefined && (backend === undefined || isOf(running, backend))) {
    const { run_id, host, pid, started_at } = running;
    return `run ${run_id} holds it (host ${host}, pid ${pid}, since ${started_at})`;
  }
  if (backend === undefined) return 'another run holds it';
  return `another run holds it (${backend.application_name}, since ${backend.backend_start})`;
}

async function runningRun(session: Session): Promise<Holder | undefined> {
  try {
    const [running] = await session.rows<Holder>(
      `SELECT run_id, host, pid, started_at FROM runs WHERE status = 'running' ORDER BY run_id DESC LIMIT 1`,
    );
    return running;
  } catch (error) {
    if (!isUnmigrated(error)) throw error;
    return undefined;
  }
}

/** A session's name ends in its process id. */
function isOf(run: Holder, { application_name }: Backend): boolean {
  return application_name.endsWith(` pid ${run.pid}`);
}
