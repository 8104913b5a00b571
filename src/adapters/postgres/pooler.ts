import { PipelineError } from '../../core/errors.ts';
import type { Connection } from './connect.ts';
import { NO_ANSWER, noAnswer, sqlState } from './errors.ts';
import { retryPastLimits } from './session-settings.ts';

const ANSWER_TIMEOUT_MS = 5000;
const REPEATS = 5;
/** PgBouncer's code for something that it does not allow, such as a transaction in statement mode. */
const PROTOCOL_VIOLATION = '08P01';

/**
 * Throws if a pooler in between uses another backend for each transaction or statement: a session's locks and settings
 * would end up on whichever backend it was lent. A pooler that lends one for the complete session is fine.
 */
export async function checkPooler(
  connection: Connection,
  connectAnother: () => Promise<Connection>,
): Promise<void> {
  const own = await within(connection, backend);
  // A pooler makes up the process id that the protocol gives a client for cancelling.
  if (own === connection.key().processId) return;
  const others: Connection[] = [];
  try {
    for (let round = 0; round < 2; round++) {
      const other = await connectAnother();
      others.push(other);
      // A pooler gives an idle client's backend to the next transaction, unless the backend belongs to that client.
      await within(other, ({ query }) => query({ text: 'BEGIN' })).catch((error: unknown) => {
        throw sqlState(error) === PROTOCOL_VIOLATION ? sharedBackend('statement', error) : notLent(error);
      });
      const borrowed = await within(other, backend);
      if (borrowed === own) throw sharedBackend('transaction');
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        const again = await within(connection, backend);
        if (again !== own) throw sharedBackend('transaction');
      }
    }
  } finally {
    await Promise.all(others.map((other) => other.end()));
  }
}

async function backend({ query }: Connection): Promise<number> {
  const { rows } = await retryPastLimits(() => query({ text: 'SELECT pg_backend_pid() AS pid' }));
  return Number(rows[0]?.pid);
}

async function within<T>(connection: Connection, ask: (connection: Connection) => Promise<T>): Promise<T> {
  const timer = setTimeout(() => connection.sever(noAnswer(ANSWER_TIMEOUT_MS)), ANSWER_TIMEOUT_MS);
  try {
    return await ask(connection);
  } finally {
    clearTimeout(timer);
  }
}

/** If a pooler has no backend to spare, it makes the client wait for one. */
function notLent(error: unknown): unknown {
  if (sqlState(error) !== NO_ANSWER) return error;
  return new PipelineError('Cannot use this pooler: it does not provide a second connection', {
    code: 'database',
    cause: error,
    hint: 'Give the address of the server itself, or a larger pool.',
  });
}

function sharedBackend(mode: 'statement' | 'transaction', cause?: unknown): PipelineError {
  return new PipelineError(
    `Cannot use this connection: a pooler in ${mode} mode (such as PgBouncer) stands in front of the server, and locks are not safe behind it`,
    {
      code: 'database',
      cause,
      hint: 'Give the address of the server itself, or of a pooler in session mode (pool_mode=session).',
    },
  );
}
