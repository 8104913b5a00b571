import { Socket } from 'node:net';
import { hostname } from 'node:os';

import pg from 'pg';

import { ConnectionLost, sqlState, WRONG_PASSWORD } from './errors.ts';
import { passwordFor } from './password.ts';
import type { Encryption } from './tls.ts';
import { isStream, takeTurns } from './turns.ts';
import { valueParsers } from './value-parsers.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** The server admits this user in no way, or not encrypted as the connection is. */
const NOT_ADMITTED = '28000';

/** Connects in the first of the given ways that the server takes. */
export async function connectEncrypted(
  url: string,
  encryptions: readonly Encryption[],
): Promise<{ readonly client: pg.Client; readonly encryption: Encryption }> {
  const [encryption = false, ...others] = encryptions;
  const socket = new Socket();
  const client = newClient(url, encryption, socket);
  try {
    await client.connect();
    return { client, encryption };
  } catch (error) {
    await client.end().catch(() => undefined);
    if (others.length === 0 || !mayBeEncryption(error, socket)) throw error;
    return await connectEncrypted(url, others).catch((later: unknown) => {
      throw weight(error) > weight(later) ? error : later;
    });
  }
}

/** How much an error tells beside that the connection should have been encrypted, or not. */
function weight(error: unknown): number {
  // The server has no TLS. pg says so without a code.
  if (sqlState(error) === null) return 0;
  // No line of pg_hba.conf lets it in so. PostgreSQL says with the same code that there is no such role.
  return error instanceof pg.DatabaseError && error.routine === 'ClientAuthentication' ? 1 : 2;
}

/** Did the server answer, and take offence at the encryption? Its other errors would be the same in any way. */
function mayBeEncryption(error: unknown, socket: Socket): boolean {
  if (socket.bytesRead === 0 || sqlState(error) === WRONG_PASSWORD) return false;
  return !(error instanceof pg.DatabaseError) || sqlState(error) === NOT_ADMITTED;
}

function newClient(url: string, encryption: Encryption, socket: Socket): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    types: valueParsers,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: `spacex-pipeline ${hostname().slice(0, 20)} pid ${process.pid}`,
    ssl: encryption,
    stream: () => socket,
  });
  giveFilePassword(client, url);
  tellWhyLost(client);
  takeTurns(client);
  return client;
}

/** pg asks a function for a password that it has not. It would not take one beside a URL, only here. */
function giveFilePassword(client: pg.Client, url: string): void {
  const { host, port, database = '', user = '', password } = client;
  if (password) return;
  Object.assign(client, { password: () => passwordFor(url, { host, port, database, user }) });
}

/** A connection that broke says so at each query, with the reason that the server gave, if it did. */
export function tellWhyLost(client: pg.Client): void {
  let reason: unknown = null;
  client.on('error', (error) => {
    reason ??= error;
  });
  const send: (...query: unknown[]) => unknown = client.query.bind(client);
  client.query = ((...query: unknown[]): unknown => {
    if (reason !== null) {
      const lost = new ConnectionLost(reason);
      // The answer to a stream of COPY is that stream, not a promise that somebody waits for.
      if (isStream(query[0])) throw lost;
      return Promise.reject(lost);
    }
    const answer = send(...query);
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((error: unknown) => {
      throw error instanceof pg.DatabaseError ? error : new ConnectionLost(reason ?? error);
    });
  }) as typeof client.query;
}
