import pg from 'pg';

import type { Connection } from './connect.ts';
import type { Activity } from './liveness.ts';
import {
  configureSession,
  copyStatement,
  makeInterruptible,
  SERVER_SETTINGS,
  type Session,
} from './session.ts';
import { limitStatements, statementName, type StatementRules } from './statements.ts';
import { takeTurns } from './turns.ts';

export type SessionRules = Omit<StatementRules, 'lookAtBackend'> & {
  /** Its statements are sent even once the signal has aborted. */
  readonly evenAborted: boolean;
  readonly lookAt: (pid: number) => Promise<Activity>;
  readonly onClose: () => void;
};

/** Makes a session of a connection: set up, its statements in turn and limited. */
export async function openSession(
  connection: Connection,
  schema: string,
  rules: SessionRules,
): Promise<Session> {
  const { client } = connection;
  let pid = 0;
  const limited = limitStatements(connection, { ...rules, lookAtBackend: () => rules.lookAt(pid) });
  const send: (...query: unknown[]) => Promise<unknown> = client.query.bind(client);
  const sendLimited = (evenAborted: boolean, query: unknown[]): Promise<unknown> => {
    // It is how everything is left that was interrupted.
    const options = { evenAborted: evenAborted || query[0] === 'ROLLBACK' };
    return limited(statementName(query[0]), () => send(...query), options);
  };
  client.query = ((...query: unknown[]) => sendLimited(rules.evenAborted, query)) as typeof client.query;
  const inTurn = takeTurns(client);
  const anyway = (...query: unknown[]): Promise<unknown> => inTurn(() => sendLimited(true, query));
  const uninterrupted: pg.ClientBase = Object.create(client, { query: { value: anyway } });
  makeInterruptible(client, uninterrupted);

  pid = await configureSession(client, schema, SERVER_SETTINGS);
  await noticeLostClient(client);
  return {
    client,
    copyCsv: (table, columns, csv) =>
      inTurn(() =>
        limited('COPY', () => connection.copy(copyStatement(table, columns, 'STDIN'), csv), rules),
      ),
    async close() {
      rules.onClose();
      await connection.end();
    },
  };
}

/** Ends a statement whose client has disconnected, as at a second Ctrl-C. Not every system notices. */
async function noticeLostClient(client: pg.ClientBase): Promise<void> {
  try {
    await client.query(`SET client_connection_check_interval = '10s'`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
  }
}
