import pg from 'pg';

import type { Connection } from './connect.ts';
import type { Activity } from './liveness.ts';
import { configureSession, SERVER_SETTINGS } from './session-settings.ts';
import { copyStatement, Session, type Query } from './session.ts';
import { limitStatements, statementName, type StatementRules } from './statements.ts';
import { Turns } from './turns.ts';

export type SessionRules = Omit<StatementRules, 'lookAtBackend'> & {
  /** Its statements are sent even after the signal has aborted. */
  readonly evenAborted: boolean;
  readonly lookAt: (pid: number) => Promise<Activity>;
  readonly onClose: () => void;
};

/** Turns a connection into a session: configured, with its statements in turn and limited. */
export async function openSession(
  connection: Connection,
  schema: string,
  rules: SessionRules,
): Promise<Session> {
  let pid = 0;
  const limited = limitStatements(connection, { ...rules, lookAtBackend: () => rules.lookAt(pid) });
  const turns = new Turns();
  const session = new Session(
    {
      send: (query, evenAborted) =>
        turns.take(schema, async () => {
          const one = (own: Query, evenThen: boolean) =>
            limited(statementName(own.text), () => connection.query(own), { evenAborted: evenThen });
          return one(query, evenAborted).catch(async (error: unknown) => {
            if (query.isTransaction === true) await one({ text: 'ROLLBACK' }, true).catch(() => undefined);
            throw error;
          });
        }),
      copy: (copy, evenAborted) =>
        turns.take(schema, () =>
          limited('COPY', () => connection.copy(copyStatement(copy, 'STDIN'), copy.csv), { evenAborted }),
        ),
      processId: () => connection.key().processId,
      locks: null,
      async close() {
        rules.onClose();
        await connection.end();
      },
    },
    rules.evenAborted,
  );
  pid = await configureSession(session, schema, SERVER_SETTINGS);
  await noticeLostClient(session);
  return session;
}

/** Ends a statement whose client has disconnected, for example at a second Ctrl-C. Not every system notices. */
async function noticeLostClient(session: Session): Promise<void> {
  try {
    await session.query(`SET client_connection_check_interval = '10s'`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
  }
}
