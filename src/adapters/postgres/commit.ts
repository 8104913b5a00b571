import { PipelineError, UnknownOutcome } from '../../core/errors.ts';
import { databaseError, isDatabaseFailure, isLost } from './errors.ts';
import { terminateBackendOf } from './liveness.ts';
import type { Database, Session } from './session.ts';

const TRIES = 10;
const BETWEEN_TRIES_MS = 1000;

export type CommitOptions = {
  readonly runId: string;
  readonly lockTimeoutSeconds: number;
  /** Rejects when nobody wants to wait any longer. */
  readonly wait: (milliseconds: number) => Promise<void>;
};

/**
 * Commits what a user requested, described in words such as `the query took effect`. Throws UnknownOutcome if the
 * connection is lost meanwhile.
 */
export async function commit(session: Session, what: string, hint: string): Promise<void> {
  try {
    await session.query('COMMIT');
  } catch (error) {
    if (!isLost(error)) throw error;
    const { message } = databaseError(`find out whether ${what}`, error);
    throw new UnknownOutcome(`${message} while it committed`, { code: 'database', cause: error, hint });
  }
}

/**
 * Commits the transaction that published a run. If the connection is lost meanwhile, asks the ledger whether the commit
 * arrived. Throws UnknownOutcome if the ledger is unavailable.
 */
export async function commitPublish(
  session: Session,
  database: Database,
  options: CommitOptions,
): Promise<void> {
  try {
    const { command } = await session.query('COMMIT');
    // How PostgreSQL answers the commit of a transaction in which something failed.
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

/** There is no connection, or it broke again: the server may be able to answer later. */
function isTransient(error: unknown): boolean {
  return error instanceof PipelineError
    ? !isDatabaseFailure(error.cause) || isLost(error.cause)
    : isLost(error);
}

/** The transaction has written the run's end: until the transaction ends, that row is locked. */
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
    `${databaseError(`determine whether run ${runId} was published`, lost).message} while it committed. ${why}`,
    {
      code: 'database',
      cause: lost,
      hint: `Once the server is up again: spacex-pipeline runs show ${runId}`,
    },
  );
}
