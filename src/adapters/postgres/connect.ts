import { Socket, type SocketConnectOpts } from 'node:net';
import { hostname } from 'node:os';

import pg from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';

import { noAnswer, sqlState, WRONG_PASSWORD } from './errors.ts';
import { trackLoss } from './lost-connection.ts';
import { passwordFor } from './password.ts';
import type { Encryption } from './tls.ts';
import { valueParsers } from './value-parsers.ts';

const CONNECT_TIMEOUT_MS = 10_000;
/**
 * How long a server may take to close a connection that we end. Until then, the server may still hold a lock for the
 * connection.
 */
const END_TIMEOUT_MS = 2000;
/** The server rejects this user, or rejects the user with this encryption. */
const NOT_ADMITTED = '28000';

/** The limit for connecting after the signal has aborted. */
const LAST_CONNECT_TIMEOUT_MS = 2500;

export type ConnectLimits = {
  /**
   * How long the server may be silent while a connection is being established. Also how long a connection may be idle
   * before TCP checks whether the server is still there.
   */
  readonly silenceMs: number;
  /**
   * When it aborts, connecting fails with the signal's reason. With `evenAborted`, only the time limit becomes shorter.
   */
  readonly signal: AbortSignal;
  readonly evenAborted: boolean;
};

/** A connection to a server, without time limits for the statements sent over it. */
export type Connection = Omit<ReturnType<typeof newConnection>, 'client'>;

/** Connects with the first of the given encryptions that the server accepts. */
export async function connectEncrypted(
  url: string,
  encryptions: readonly Encryption[],
  limits: ConnectLimits,
): Promise<Connection> {
  const [encryption = false, ...others] = encryptions;
  const { client, ...connection } = newConnection(url, encryption, limits);
  try {
    await connectWithin(client, connection, limits);
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
  client: pg.Client,
  { sever }: Connection,
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

/** Ranks an error by how much it reveals beyond encryption problems. */
function weight(error: unknown): number {
  // The server does not support TLS. pg reports this without a code.
  if (sqlState(error) === null) return 0;
  // No line of pg_hba.conf admits the user with this encryption. PostgreSQL uses the same code if the role does not
  // exist.
  return error instanceof pg.DatabaseError && error.routine === 'ClientAuthentication' ? 1 : 2;
}

/** Whether the server may have rejected the encryption. Other errors would be the same with any encryption. */
function mayBeEncryption(error: unknown, { bytesRead }: Connection): boolean {
  if (bytesRead() === 0 || [WRONG_PASSWORD, 'ETIMEDOUT'].includes(sqlState(error) ?? '')) return false;
  return !(error instanceof pg.DatabaseError) || sqlState(error) === NOT_ADMITTED;
}

function newConnection(url: string, encryption: Encryption, { silenceMs }: ConnectLimits) {
  const socket = new Socket();
  const parsed = parseIntoClientConfig(url);
  const client: pg.Client = new pg.Client({
    application_name: `spacex-pipeline ${hostname().slice(0, 20)} pid ${process.pid}`,
    ssl: encryption,
    ...parsed,
    // pg calls this only if the server asks for a password.
    password: parsed.password || (() => filePassword(url, client)),
    types: valueParsers,
    keepAlive: true,
    keepAliveInitialDelayMillis: Math.max(1000, silenceMs),
    stream: () => socket,
  });
  const { lose, ...statements } = trackLoss(client);
  const sever = (reason: Error): void => {
    lose(reason);
    // With TLS, pg reads from a different stream, which does not always notice that its socket has ended.
    client.connection.stream.destroy(reason);
    socket.destroy(reason);
  };
  return {
    ...statements,
    client,
    encryption,
    /** The host in the URL. */
    host: client.host,
    /** The address that the host name resolved to. */
    address(): SocketConnectOpts {
      const { host, port } = client;
      if (host.startsWith('/')) return { path: `${host}/.s.PGSQL.${port}` };
      return { host: socket.remoteAddress ?? host, port };
    },
    /** The key for canceling statements; missing from pg's types. */
    key: () => ({
      processId: 'processID' in client ? Number(client.processID) : 0,
      secretKey: 'secretKey' in client ? Number(client.secretKey) : 0,
    }),
    bytesRead: () => socket.bytesRead,
    /** Breaks the connection. All pending and future queries fail with this reason. */
    sever,
    /** Waits only briefly, even if the server does not respond. */
    async end(): Promise<void> {
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

function filePassword(url: string, { host, port, database = '', user = '' }: pg.Client): Promise<string> {
  return passwordFor(url, { host, port, database, user });
}
