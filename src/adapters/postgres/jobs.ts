import type { ErrorReport } from '../../core/errors.ts';
import type { JobTry } from '../../core/job.ts';
import type { RunStatus } from '../../core/run.ts';
import { DIED, hasWriterDied } from './died.ts';
import type { Session } from './session.ts';

const TRY = `job_id::text, try, job, trigger, status, run_id, started_at, finished_at, again_at, host, pid, error`;

/** The jobs that a user has enabled or disabled with a command. */
export async function readSwitches(session: Session): Promise<ReadonlyMap<string, boolean>> {
  const rows = await session.rows<{ job: string; enabled: boolean }>('SELECT job, enabled FROM job_switches');
  return new Map(rows.map(({ job, enabled }) => [job, enabled]));
}

export async function writeSwitch(session: Session, job: string, enabled: boolean): Promise<void> {
  await session.execute(
    `INSERT INTO job_switches (job, enabled) VALUES ($1, $2)
     ON CONFLICT (job) DO UPDATE SET enabled = $2, changed_at = now()`,
    [job, enabled],
  );
}

/** The last attempt at each job. An attempt whose process died counts as interrupted at an unknown time. */
export async function lastTries(session: Session): Promise<ReadonlyMap<string, JobTry>> {
  const rows = await session.rows<JobTry>(
    `SELECT DISTINCT ON (job) ${TRY} FROM job_tries ORDER BY job, started_at DESC, try DESC`,
  );
  return new Map(rows.map((row) => [row.job, withOutcome(session, row)]));
}

/** The attempts at one job, newest first. */
export async function triesOf(session: Session, job: string, limit: number): Promise<JobTry[]> {
  const rows = await session.rows<JobTry>(
    `SELECT ${TRY} FROM job_tries WHERE job = $1 ORDER BY started_at DESC, try DESC LIMIT $2`,
    [job, limit],
  );
  return rows.map((row) => withOutcome(session, row));
}

function withOutcome(session: Session, row: JobTry): JobTry {
  const own = withTimes(row);
  return row.status === 'running' && hasWriterDied(session, row)
    ? { ...own, status: 'interrupted', error: DIED }
    : own;
}

/** Converts PostgreSQL's timestamps, which have microseconds, to the format that all documents use. */
function withTimes(row: JobTry): JobTry {
  const { again_at, finished_at, started_at } = row;
  const own = (time: string | null): string | null => (time === null ? null : new Date(time).toISOString());
  return {
    ...row,
    started_at: own(started_at) ?? '',
    finished_at: own(finished_at),
    again_at: own(again_at),
  };
}

export type NewTry = Pick<JobTry, 'job_id' | 'job' | 'trigger' | 'started_at' | 'host' | 'pid'>;

/**
 * Records that work on a job has started, and returns the number of the attempt. An earlier attempt that is still
 * marked as running belongs to a process that died or was considered dead.
 */
export async function beginTry(session: Session, begun: NewTry): Promise<number> {
  const { host, job, job_id, pid, started_at, trigger } = begun;
  const gone: ErrorReport = {
    code: 'interrupted',
    message: 'Cannot determine the outcome: the process died or was unresponsive for too long',
    hint: null,
  };
  await session.execute(
    `UPDATE job_tries SET status = 'interrupted', finished_at = $2, error = $3 WHERE job_id = $1 AND status = 'running'`,
    [job_id, started_at, JSON.stringify(gone)],
  );
  const { number } = await session.one<{ number: number }>(
    `INSERT INTO job_tries (job_id, try, job, trigger, status, started_at, host, pid)
     SELECT $1, coalesce(max(try), 0) + 1, $2, $3, 'running', $4, $5, $6 FROM job_tries WHERE job_id = $1
     RETURNING try AS number`,
    [job_id, job, trigger, started_at, host, pid],
  );
  return number;
}

export type EndOfTry = Pick<JobTry, 'status' | 'run_id' | 'finished_at' | 'again_at' | 'error'>;

/** Writes nothing if a later attempt has already closed this one. */
export async function endTry(session: Session, jobId: string, number: number, end: EndOfTry): Promise<void> {
  const { again_at, error, finished_at, run_id, status } = end;
  await session.execute(
    `UPDATE job_tries SET status = $3, run_id = $4, finished_at = $5, again_at = $6, error = $7
     WHERE job_id = $1 AND try = $2 AND status = 'running'`,
    [jobId, number, status, run_id, finished_at, again_at, error === null ? null : JSON.stringify(error)],
  );
}

/** Whether the job first started after this tick. The queue may have sent the tick anyway. */
export async function beganAfter(session: Session, job: string, tick: Date): Promise<boolean> {
  const { after } = await session.one<{ after: boolean }>(
    `SELECT coalesce(min(started_at) > $2, false) AS after FROM job_tries WHERE job = $1 AND trigger = 'first'`,
    [job, tick.toISOString()],
  );
  return after;
}

/** The number of failed attempts of a job execution. Postponed attempts do not count. */
export async function failedTries(session: Session, jobId: string): Promise<number> {
  const { failed } = await session.one<{ failed: number }>(
    `SELECT count(*)::integer AS failed FROM job_tries WHERE job_id = $1 AND status IN ('failed', 'interrupted')`,
    [jobId],
  );
  return failed;
}

/** The last run that a job execution started; null if there is none. */
export async function runOfJob(
  session: Session,
  jobId: string,
): Promise<{ readonly run_id: string; readonly status: RunStatus } | null> {
  const [run = null] = await session.rows<{ run_id: string; status: RunStatus }>(
    'SELECT run_id, status FROM runs WHERE job_id = $1 ORDER BY run_id DESC LIMIT 1',
    [jobId],
  );
  return run;
}

/**
 * The data folder in which an incrementally pulled source continues: the folder of the published data, or of a later
 * job run that was cut short. Null if there is neither.
 */
export async function folderToContinueIn(session: Session): Promise<string | null> {
  const [run] = await session.rows<{ folder_id: string | null }>(
    `SELECT folder_id FROM runs WHERE status IN ('succeeded', 'partial')
       OR job IS NOT NULL AND (status IN ('running', 'interrupted') OR error ->> 'code' = 'interrupted' OR error ? 'retry_at')
     ORDER BY run_id DESC LIMIT 1`,
  );
  return run?.folder_id ?? null;
}

/**
 * The executions that a process claims to be working on, and this one if the process ever worked on it. `host` may be
 * truncated.
 */
export async function jobsOfProcess(
  session: Session,
  { host, pid }: { readonly host: string; readonly pid: number },
  jobId: string,
): Promise<readonly string[]> {
  return session.texts(
    `SELECT DISTINCT job_id::text FROM job_tries
     WHERE starts_with(host, $1) AND pid = $2 AND (status = 'running' OR job_id = $3)`,
    [host, pid, jobId],
  );
}
