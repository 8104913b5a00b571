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
  /** The socket of a gateway. */
  readonly socket: string;
  /** For people: the folder of the database. */
  readonly name: string;
  readonly schema: string;
  /** Ends the connections: a statement that is in progress cannot be stopped. */
  readonly signal: AbortSignal;
};

/**
 * Reads an embedded database that another process holds: each session is a client of that process's gateway. Null if
 * nobody listens. Sessions have the superuser's rights, as in the process that holds it.
 */
export async function openServed(options: ServedOptions): Promise<Database | null> {
  const { name, signal, socket } = options;
  if (!(await isListening(socket))) return null;
  return openDatabase(name, options.schema, (schema, _, onClose) =>
    openSession(socket, schema, signal, onClose).catch((error: unknown) => {
      signal.throwIfAborted();
      throw databaseError(`read ${name} through the process that holds it`, error);
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
  // Without a Terminate message, which would wait for a turn.
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
    copy: () => Promise.reject(new Error('a gateway takes no rows')),
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
