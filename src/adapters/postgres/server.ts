import { pipeline } from 'node:stream/promises';

import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import { PipelineError } from '../../core/errors.ts';
import { maskUrl } from '../../lib/mask-url.ts';
import { addParameters, userOf } from '../../lib/server-url.ts';
import { userName } from '../../lib/system-user.ts';
import { connectEncrypted } from './connect.ts';
import { connectHints, databaseError } from './errors.ts';
import { refuseSharedBackend } from './pooler.ts';
import { configureSession, copyStatement, type Database, type Session } from './session.ts';
import { readTls, type Encryption } from './tls.ts';

/**
 * A PostgreSQL server, by URL. Connects lazily; each session is a connection of its own. `urlFrom` is what chose the
 * server, for hints.
 */
export function openServer(options: {
  readonly url: string;
  readonly schema: string;
  readonly urlFrom?: string;
}): Database {
  const { urlFrom = '--database-url' } = options;
  const name = maskUrl(options.url);
  const sessions = new Set<Session>();
  let tls: ReturnType<typeof readTls> | null = null;
  let settled: Encryption | null = null;

  /** The first connection settles how all are encrypted, and whether they may be used at all. */
  async function open(): Promise<pg.Client> {
    const { url, encryptions } = await (tls ??= readTls(withUser(options.url, urlFrom)));
    if (settled !== null) return (await connectEncrypted(url, [settled])).client;
    const { client, encryption } = await connectEncrypted(url, encryptions);
    try {
      await refuseSharedBackend(client, async () => (await connectEncrypted(url, [encryption])).client);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    settled = encryption;
    return client;
  }

  async function connect(): Promise<Session> {
    let client: pg.Client | null = null;
    try {
      client = await open();
      await configureSession(client, options.schema);
    } catch (error) {
      await client?.end().catch(() => undefined);
      const otherwise = `Check ${urlFrom}, and that the server is up; sslmode=prefer does without TLS where it has none.`;
      throw databaseError(`connect to ${name}`, error, otherwise, connectHints(urlFrom));
    }
    const { copyCsv, close } = sessionOn(client);
    const session: Session = {
      client,
      copyCsv,
      async close() {
        sessions.delete(session);
        await close();
      },
    };
    sessions.add(session);
    return session;
  }

  return {
    name,
    schema: options.schema,
    connect,
    async close() {
      await Promise.all([...sessions].map((session) => session.close()));
    },
  };
}

/** Without a user, the one of the system, as libpq does. Throws `usage` where the system has no name for it. */
function withUser(url: string, urlFrom: string): string {
  if (userOf(url) !== null) return url;
  const user = userName();
  if (user !== null) return addParameters(url, [['user', user]]);
  throw new PipelineError(
    `Cannot connect to ${maskUrl(url)}: it names no user, and this system has no name for user id ${process.getuid?.()}`,
    { code: 'usage', hint: `Give the user in ${urlFrom}, or as PGUSER.` },
  );
}

function sessionOn(client: pg.Client): Pick<Session, 'copyCsv' | 'close'> {
  return {
    async copyCsv(table, columns, csv) {
      const stream = client.query(copyFrom(copyStatement(table, columns, 'STDIN')));
      await pipeline([csv], stream);
      return stream.rowCount;
    },
    async close() {
      await client.end().catch(() => undefined);
    },
  };
}
