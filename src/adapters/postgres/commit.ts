import { PipelineError, UnknownOutcome } from '../../core/errors.ts';
import { databaseError, isDatabaseFailure, isLost } from './errors.ts';
import { terminateBackendOf } from './liveness.ts';
import type { Database, Session } from './session.ts';

const TRIES = 10;
const BETWEEN_TRIES_MS = 1000;

export type CommitOptions = {
  readonly runId: string;
  readonly lockTimeoutSeconds: number;
  /** Waits for the given time. Rejects if the run is interrupted. */
  readonly wait: (milliseconds: number) => Promise<void>;
};

/**
 * Commits a change that the user requested; `what` describes its effect, such as `the query took effect`. Throws
 * UnknownOutcome if the connection is lost during the commit.
 */
export async function commit(session: Session, what: string, hint: string): Promise<void> {
  try {
    await session.query('COMMIT');
  } catch (error) {
    if (!isLost(error)) throw error;
    const { message } = databaseError(`find out whether ${what}`, error);
    throw new UnknownOutcome(`${message} during the commit`, { code: 'database', cause: error, hint });
  }
}

/**
 * Commits the transaction that publishes a run. If the connection is lost during the commit, reads from the ledger
 * whether the commit succeeded. Throws UnknownOutcome if the ledger is unavailable.
 */
export async function commitPublish(
  session: Session,
  database: Database,
  options: CommitOptions,
): Promise<void> {
  try {
    const { command } = await session.query('COMMIT');
    // PostgreSQL responds to COMMIT with ROLLBACK if a statement in the transaction failed.
    if (command === 'ROLLBACK')
      throw new PipelineError('Cannot commit: a statement failed', { code: 'internal' });
  } catch (error) {
    if (!isLost(error) || !(await hasArrived(session, database, options, error))) throw error;
  }
}

async function hasArrived(
  lostSession: Session,
  database: Database,
  { runId, lockTimeoutSeconds, wait }: CommitOptions,
  lost: unknown,
): Promise<boolean> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await isPublished(lostSession, database, runId, lockTimeoutSeconds);
    } catch (error) {
      if (left === 0 || !isTransient(error)) {
        throw outcomeUnknown(runId, lost, error);
      }
      await wait(BETWEEN_TRIES_MS).catch((interrupted: unknown) => {
        throw outcomeUnknown(runId, lost, interrupted);
      });
    }
  }
}

/** Whether the connection failed or was lost again, in which case the server may be able to answer later. */
function isTransient(error: unknown): boolean {
  return error instanceof PipelineError
    ? !isDatabaseFailure(error.cause) || isLost(error.cause)
    : isLost(error);
}

/**
 * Whether the run was published. The lost transaction has written the run's row, which stays locked until that
 * transaction ends.
 */
async function isPublished(
  lostSession: Session,
  database: Database,
  runId: string,
  lockTimeoutSeconds: number,
): Promise<boolean> {
  const session = await database.connect({ evenAborted: true });
  try {
    await terminateBackendOf(lostSession, session);
    await session.query('BEGIN');
    await session.execute(`SELECT set_config('lock_timeout', $1, true)`, [`${lockTimeoutSeconds}s`]);
    const [run] = await session.rows<{ status: string }>(
      'SELECT status FROM runs WHERE run_id = $1 FOR UPDATE',
      [runId],
    );
    await session.query('ROLLBACK');
    return run?.status === 'succeeded' || run?.status === 'partial';
  } finally {
    await session.close();
  }
}

function outcomeUnknown(runId: string, lost: unknown, error: unknown): UnknownOutcome {
  const why = databaseError('read the ledger', error).message;
  return new UnknownOutcome(
    `${databaseError(`determine whether run ${runId} was published`, lost).message} during the commit. ${why}`,
    {
      code: 'database',
      cause: lost,
      hint: `When the server is up again, check with: spacex-pipeline runs show ${runId}`,
    },
  );
}
