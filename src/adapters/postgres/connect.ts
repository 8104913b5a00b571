import { Socket, type SocketConnectOpts } from 'node:net';
import { hostname } from 'node:os';
import { pipeline } from 'node:stream/promises';

import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import { ConnectionLost, noAnswer, sqlState, WRONG_PASSWORD } from './errors.ts';
import { passwordFor } from './password.ts';
import type { Encryption } from './tls.ts';
import { valueParsers } from './value-parsers.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/** How long a server may take to close a connection that we end: until then it may still hold a lock for it. */
const END_TIMEOUT_MS = 2000;
/** The server admits this user in no way, or not encrypted as the connection is. */
const NOT_ADMITTED = '28000';

/** The same for a connection that is made after the signal. */
const LAST_CONNECT_TIMEOUT_MS = 2500;

export type ConnectLimits = {
  /** How long the other end may be silent: to connect, and before TCP asks whether it is still there. */
  readonly silenceMs: number;
  /** Ends the attempt with its reason, or makes it short where it is wanted even then. */
  readonly signal: AbortSignal;
  readonly evenAborted: boolean;
};

/** One connection to a server, with no limits yet on what is sent over it. */
export type Connection = {
  readonly client: pg.Client;
  readonly encryption: Encryption;
  /** Of the server, of all that its name may stand for. */
  readonly address: () => SocketConnectOpts;
  /** COPY FROM STDIN. Gives the number of rows. */
  readonly copy: (sql: string, csv: Uint8Array) => Promise<number>;
  readonly bytesRead: () => number;
  /** Breaks it: whatever waits for an answer fails with this reason, as does all that follows. */
  readonly sever: (reason: Error) => void;
  /** Never waits long, whatever the other end does. */
  readonly end: () => Promise<void>;
};

/** Connects in the first of the given ways that the server takes. */
export async function connectEncrypted(
  url: string,
  encryptions: readonly Encryption[],
  limits: ConnectLimits,
): Promise<Connection> {
  const [encryption = false, ...others] = encryptions;
  const connection = newConnection(url, encryption, limits);
  try {
    await connectWithin(connection, limits);
    return connection;
  } catch (error) {
    await connection.end();
    if (others.length === 0 || !mayBeEncryption(error, connection)) throw error;
    return await connectEncrypted(url, others, limits).catch((later: unknown) => {
      throw weight(error) > weight(later) ? error : later;
    });
  }
}

async function connectWithin(
  { client, sever }: Connection,
  { silenceMs, signal, evenAborted }: ConnectLimits,
): Promise<void> {
  if (!evenAborted) signal.throwIfAborted();
  const within = (milliseconds: number): NodeJS.Timeout => {
    const limit = Math.min(silenceMs, milliseconds);
    return setTimeout(() => sever(noAnswer(limit)), limit);
  };
  let timer = within(signal.aborted ? LAST_CONNECT_TIMEOUT_MS : CONNECT_TIMEOUT_MS);
  const abort = (): void => {
    clearTimeout(timer);
    if (evenAborted) timer = within(LAST_CONNECT_TIMEOUT_MS);
    else sever(signal.reason);
  };
  signal.addEventListener('abort', abort);
  try {
    await client.connect();
  } catch (error) {
    if (!evenAborted) signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
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
function mayBeEncryption(error: unknown, { bytesRead }: Connection): boolean {
  if (bytesRead() === 0 || [WRONG_PASSWORD, 'ETIMEDOUT'].includes(sqlState(error) ?? '')) return false;
  return !(error instanceof pg.DatabaseError) || sqlState(error) === NOT_ADMITTED;
}

function newConnection(url: string, encryption: Encryption, { silenceMs }: ConnectLimits): Connection {
  const socket = new Socket();
  const client = new pg.Client({
    connectionString: url,
    types: valueParsers,
    keepAlive: true,
    keepAliveInitialDelayMillis: Math.max(1000, silenceMs),
    application_name: `spacex-pipeline ${hostname().slice(0, 20)} pid ${process.pid}`,
    ssl: encryption,
    stream: () => socket,
  });
  giveFilePassword(client, url);
  const { lose, copy } = tellWhyLost(client);
  function sever(reason: Error): void {
    lose(reason);
    // With TLS, pg reads from another stream, which does not always hear of its socket's end.
    client.connection.stream.destroy(reason);
    socket.destroy(reason);
  }
  return {
    client,
    encryption,
    address() {
      const { host, port } = client;
      if (host.startsWith('/')) return { path: `${host}/.s.PGSQL.${port}` };
      return { host: socket.remoteAddress ?? host, port };
    },
    copy,
    bytesRead: () => socket.bytesRead,
    sever,
    async end() {
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const limit = Math.min(silenceMs, END_TIMEOUT_MS);
      const timer = setTimeout(() => {
        sever(noAnswer(limit));
        resolve();
      }, limit);
      await Promise.race([client.end().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

/** pg asks a function for a password that it has not. It would not take one beside a URL, only here. */
function giveFilePassword(client: pg.Client, url: string): void {
  const { host, port, database = '', user = '', password } = client;
  if (password) return;
  Object.assign(client, { password: () => passwordFor(url, { host, port, database, user }) });
}

/** Each query fails with the reason for which the connection broke: the given one, or that of the server. */
export function tellWhyLost(client: pg.Client) {
  let reason: unknown = null;
  const lose = (why: unknown): void => {
    reason ??= why;
  };
  const lossOf = (error: unknown): unknown =>
    error instanceof pg.DatabaseError ? error : new ConnectionLost(reason ?? error);
  client.on('error', lose);
  const send: (...query: unknown[]) => Promise<unknown> = client.query.bind(client);
  client.query = (async (...query: unknown[]): Promise<unknown> => {
    if (reason !== null) throw new ConnectionLost(reason);
    return send(...query).catch((error: unknown) => {
      throw lossOf(error);
    });
  }) as typeof client.query;
  async function copy(sql: string, csv: Uint8Array): Promise<number> {
    if (reason !== null) throw new ConnectionLost(reason);
    const stream = copyFrom(sql);
    void send(stream);
    try {
      await pipeline([csv], stream);
      return stream.rowCount;
    } catch (error) {
      throw lossOf(error);
    }
  }
  return { lose, copy };
}
