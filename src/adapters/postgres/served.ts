import { once } from 'node:events';
import { connect } from 'node:net';
import { dirname } from 'node:path';

import pg from 'pg';

import { databaseError } from './errors.ts';
import { trackLoss } from './lost-connection.ts';
import { configureServed } from './session-settings.ts';
import { openDatabase, Session, type Database, type Query } from './session.ts';
import { valueParsers } from './value-parsers.ts';

export type ServedOptions = {
  /** The socket of the gateway. */
  readonly socket: string;
  /** For display: the database folder. */
  readonly name: string;
  readonly schema: string;
  /** Ends the connections, because a statement in progress cannot be stopped. */
  readonly signal: AbortSignal;
};

/**
 * Reads an embedded database that another process has open. Each session is a client of that process's gateway. Null if
 * no gateway is listening. Sessions have superuser privileges, as in that process.
 */
export async function openServed(options: ServedOptions): Promise<Database | null> {
  const { name, signal, socket } = options;
  if (!(await isListening(socket))) return null;
  return openDatabase(name, options.schema, (schema, _, onClose) =>
    openSession(socket, schema, signal, onClose).catch((error: unknown) => {
      signal.throwIfAborted();
      throw databaseError(`read ${name} through the process that has it open`, error);
    }),
  );
}

async function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function openSession(
  socket: string,
  schema: string,
  signal: AbortSignal,
  onClose: () => void,
): Promise<Session> {
  signal.throwIfAborted();
  const client = new pg.Client({
    host: dirname(socket),
    port: 5432,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    types: valueParsers,
  });
  const { lose, query } = trackLoss(client);
  // Sends no Terminate message, which would have to wait for a turn.
  const leave = (reason: unknown): void => {
    signal.removeEventListener('abort', abort);
    lose(reason);
    client.connection.stream.destroy();
  };
  const abort = (): void => leave(signal.reason);
  signal.addEventListener('abort', abort);

  const send = async (own: Query): Promise<pg.QueryResult> => {
    signal.throwIfAborted();
    return query(own).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error;
    });
  };
  const session = new Session({
    send,
    copy: () => Promise.reject(new Error('a gateway does not support COPY')),
    processId: () => 0,
    locks: null,
    async close() {
      leave(new Error('the session was closed'));
      onClose();
    },
  });
  try {
    await client.connect();
    await session.query('SET SESSION AUTHORIZATION postgres');
    await configureServed(session, schema);
    return session;
  } catch (error) {
    leave(error);
    throw error;
  }
}
