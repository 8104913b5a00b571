import type pg from 'pg';

import { PipelineError } from '../../core/errors.ts';
import { sqlState } from './errors.ts';
import { despiteLimits, rows } from './session.ts';

const ANSWER_TIMEOUT_MS = 5000;
const REPEATS = 5;
/** How PgBouncer words what it does not let through, such as a transaction in statement mode. */
const PROTOCOL_VIOLATION = '08P01';

/**
 * Throws where a pooler stands between and gives each transaction, or each statement, another backend: locks and
 * settings of a session would be on whichever was lent. One that lends it for the whole session is as good as none.
 */
export async function refuseSharedBackend(
  client: pg.Client,
  connectAnother: () => Promise<pg.Client>,
): Promise<void> {
  const [own] = await backend(client);
  // A pooler makes up the process id that the protocol gives a client to cancel with.
  if (own === processId(client)) return;
  const others: pg.Client[] = [];
  try {
    for (let round = 0; round < 2; round++) {
      const other = await connectAnother();
      others.push(other);
      // Whoever is idle gives its backend to the next transaction, unless it is its own.
      await answering(other.query('BEGIN')).catch((error: unknown) => {
        throw sqlState(error) === PROTOCOL_VIOLATION ? sharedBackend('statement', error) : error;
      });
      const [borrowed] = await answering(backend(other));
      if (borrowed === own) throw sharedBackend('transaction');
      for (let repeat = 0; repeat < REPEATS; repeat++) {
        const [again] = await answering(backend(client));
        if (again !== own) throw sharedBackend('transaction');
      }
    }
  } finally {
    await Promise.all(others.map((other) => other.end().catch(() => undefined)));
  }
}

async function backend(client: pg.Client): Promise<number[]> {
  const ask = () => rows<{ pid: number }>(client, 'SELECT pg_backend_pid() AS pid');
  return (await despiteLimits(ask)).map(({ pid }) => pid);
}

/** pg's types do not have it. */
function processId(client: pg.Client): unknown {
  return 'processID' in client ? client.processID : undefined;
}

async function answering<T>(answer: Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const late = new Promise<never>((_, reject) => {
    timeout.addEventListener('abort', () =>
      reject(
        new PipelineError('Cannot use this pooler: it lends no second connection', {
          code: 'database',
          hint: 'Give the address of the server itself, or a larger pool.',
        }),
      ),
    );
  });
  answer.catch(() => undefined);
  return Promise.race([answer, late]);
}

function sharedBackend(mode: 'statement' | 'transaction', cause?: unknown): PipelineError {
  return new PipelineError(
    `Cannot use this connection: a pooler in ${mode} mode (such as PgBouncer) stands before the server, and locks are not safe behind it`,
    {
      code: 'database',
      cause,
      hint: 'Give the address of the server itself, or of a pooler in session mode (pool_mode=session).',
    },
  );
}
