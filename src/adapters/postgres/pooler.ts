import { PipelineError } from '../../core/errors.ts';
import type { Connection } from './connect.ts';
import { NO_ANSWER, noAnswer, sqlState } from './errors.ts';
import { retryPastLimits } from './session-settings.ts';

const ANSWER_TIMEOUT_MS = 5000;
const REPEATS = 5;
/** PgBouncer's code for something that it does not support, such as a transaction in statement mode. */
const PROTOCOL_VIOLATION = '08P01';

/**
 * Throws if the connection goes through a pooler that uses a different backend for each transaction or statement. A
 * session's locks and settings would end up on whichever backend the pooler happened to use. A pooler that assigns one
 * backend to a whole session is fine.
 */
export async function checkPooler(
  connection: Connection,
  connectAnother: () => Promise<Connection>,
): Promise<void> {
  const own = await within(connection, backend);
  // A pooler makes up the process id that a client receives for cancel requests.
  if (own === connection.key().processId) return;
  const others: Connection[] = [];
  try {
    for (let round = 0; round < 2; round++) {
      const other = await connectAnother();
      others.push(other);
      // A pooler gives an idle client's backend to the next transaction, unless that client has the backend to itself.
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

/** If a pooler has no free backend, it makes the client wait for one. */
function notLent(error: unknown): unknown {
  if (sqlState(error) !== NO_ANSWER) return error;
  return new PipelineError('Cannot use this pooler: it does not provide a second connection', {
    code: 'database',
    cause: error,
    hint: 'Connect to the server directly, or use a larger pool.',
  });
}

function sharedBackend(mode: 'statement' | 'transaction', cause?: unknown): PipelineError {
  return new PipelineError(
    `Cannot use this connection: it goes through a pooler (such as PgBouncer) in ${mode} mode, where locks are not safe`,
    {
      code: 'database',
      cause,
      hint: 'Connect to the server directly, or through a pooler in session mode (pool_mode=session).',
    },
  );
}
