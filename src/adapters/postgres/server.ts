import pg from 'pg';

import { PipelineError } from '../../core/errors.ts';
import { maskUrl } from '../../lib/mask-url.ts';
import { addParameters, userOf } from '../../lib/server-url.ts';
import { userName } from '../../lib/system-user.ts';
import { connectEncrypted, type Connection } from './connect.ts';
import { connectHints, databaseError } from './errors.ts';
import { probeBackend, type Activity } from './liveness.ts';
import { checkPooler } from './pooler.ts';
import { configureSession, SERVER_SETTINGS } from './session-settings.ts';
import {
  copyStatement,
  openDatabase,
  Session,
  type ConnectOptions,
  type Database,
  type Query,
} from './session.ts';
import { limitStatements, statementName, type StatementRules } from './statements.ts';
import { readTls, type Encryption } from './tls.ts';
import { Turns } from './turns.ts';

const ANSWER_TIMEOUT_SECONDS = 30;

export type ServerOptions = {
  readonly url: string;
  readonly schema: string;
  /** The setting that specifies the server, for hints. */
  readonly urlFrom?: string;
  /** Cancels running statements, on the server as well, and prevents new ones. */
  readonly signal?: AbortSignal;
  readonly answerTimeoutSeconds?: number;
  /** Receives a line for each slow statement. */
  readonly log?: StatementRules['log'];
};

/** A PostgreSQL server, specified by a URL. Connects lazily. Each session has its own connection. */
export function openServer(options: ServerOptions): Database {
  const { urlFrom = '--database-url', log = null } = options;
  const { signal = new AbortController().signal } = options;
  const name = maskUrl(options.url);
  const silenceMs = (options.answerTimeoutSeconds ?? ANSWER_TIMEOUT_SECONDS) * 1000;
  const connections = new Set<Connection>();
  let tls: ReturnType<typeof readTls> | null = null;
  let settled: Encryption | null = null;

  /** The first connection determines how all connections are encrypted, and whether they can be used. */
  async function open(evenAborted: boolean): Promise<Connection> {
    const limits = { silenceMs, signal, evenAborted };
    const { url, encryptions } = await (tls ??= readTls(withUser(options.url, urlFrom)));
    if (settled !== null) return connectEncrypted(url, [settled], limits);
    const connection = await connectEncrypted(url, encryptions, limits);
    const { encryption } = connection;
    try {
      await checkPooler(connection, () => connectEncrypted(url, [encryption], limits));
    } catch (error) {
      await connection.end();
      throw error;
    }
    settled = encryption;
    return connection;
  }

  async function connect(
    schema: string,
    { evenAborted = false }: ConnectOptions,
    onClose: () => void,
  ): Promise<Session> {
    let connection: Connection | null = null;
    try {
      const opened = (connection = await open(evenAborted));
      const session = await openSession(opened, schema, {
        signal,
        silenceMs,
        log,
        evenAborted,
        probeBackend: (pid) => probeBackend(pid, () => open(true), silenceMs),
        loseAll(reason) {
          for (const { sever } of connections) sever(reason);
        },
        onClose() {
          connections.delete(opened);
          onClose();
        },
      });
      connections.add(opened);
      return session;
    } catch (error) {
      await connection?.end();
      const otherwise = `Check ${urlFrom}, and make sure that the server is up. If the server does not support TLS, use sslmode=prefer.`;
      throw databaseError(`connect to ${name}`, error, otherwise, connectHints(urlFrom));
    }
  }

  return openDatabase(name, options.schema, connect);
}

type SessionRules = Omit<StatementRules, 'probeBackend'> & {
  /** Whether the session sends statements even after the signal has been aborted. */
  readonly evenAborted: boolean;
  readonly probeBackend: (pid: number) => Promise<Activity>;
  readonly onClose: () => void;
};

/** Turns a connection into a session: applies the settings, and sends statements one at a time, with limits. */
async function openSession(connection: Connection, schema: string, rules: SessionRules): Promise<Session> {
  let pid = 0;
  const limited = limitStatements(connection, { ...rules, probeBackend: () => rules.probeBackend(pid) });
  const turns = new Turns();
  const session = new Session(
    {
      send: (query, evenAborted) =>
        turns.take(schema, async () => {
          const one = (own: Query, evenThen: boolean) =>
            limited(statementName(own.text), () => connection.query(own), evenThen);
          return one(query, evenAborted).catch(async (error: unknown) => {
            if (query.isTransaction === true) await one({ text: 'ROLLBACK' }, true).catch(() => undefined);
            throw error;
          });
        }),
      copy: (copy, evenAborted) =>
        turns.take(schema, () =>
          limited('COPY', () => connection.copy(copyStatement(copy, 'STDIN'), copy.csv), evenAborted),
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

/**
 * Makes the server end a statement whose client has disconnected, for example after a second Ctrl-C. Not every system
 * supports this.
 */
async function noticeLostClient(session: Session): Promise<void> {
  try {
    await session.query(`SET client_connection_check_interval = '10s'`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
  }
}

/**
 * If the URL names no user, uses the operating system's user, as libpq does. Throws `usage` if the system has no name
 * for that user.
 */
function withUser(url: string, urlFrom: string): string {
  if (userOf(url) !== null) return url;
  const user = userName();
  if (user !== null) return addParameters(url, [['user', user]]);
  throw new PipelineError(
    `Cannot connect to ${maskUrl(url)}: the URL names no user, and this system has no name for user id ${process.getuid?.()}`,
    { code: 'usage', hint: `Set the user in ${urlFrom} or in PGUSER.` },
  );
}
