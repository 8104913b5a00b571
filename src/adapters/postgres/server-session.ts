import pg from 'pg';

import type { Connection } from './connect.ts';
import type { Activity } from './liveness.ts';
import { configureSession, copyStatement, SERVER_SETTINGS, type Session } from './session.ts';
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
  const inTurn = takeTurns(
    client,
    (query, evenAborted) => limited(statementName(query[0]), () => send(...query), { evenAborted }),
    rules,
  );

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
