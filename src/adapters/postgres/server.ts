import { hostname } from 'node:os';
import { pipeline } from 'node:stream/promises';

import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import { maskUrl } from '../../lib/mask-url.ts';
import { databaseError } from './errors.ts';
import { configureSession, copyStatement, type Database, type Session } from './session.ts';
import { valueParsers } from './value-parsers.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** A PostgreSQL server, by URL. Connects lazily; each session is a connection of its own. */
export function openServer(options: { readonly url: string; readonly schema: string }): Database {
  const name = maskUrl(options.url);
  const sessions = new Set<Session>();

  async function connect(): Promise<Session> {
    const client = new pg.Client({
      connectionString: options.url,
      types: valueParsers,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: `spacex-pipeline ${hostname().slice(0, 20)} pid ${process.pid}`,
    });
    // A connection that breaks while idle: the next query on it fails and tells.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await configureSession(client, options.schema);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw databaseError(`connect to ${name}`, error, 'Check --database-url, and that the server is up.');
    }
    const session: Session = {
      client,
      copyCsv: (table, columns, csv) => copyCsv(client, table, columns, csv),
      async close() {
        sessions.delete(session);
        await client.end().catch(() => undefined);
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

async function copyCsv(
  client: pg.Client,
  table: readonly string[],
  columns: readonly string[],
  csv: Uint8Array<ArrayBuffer>,
): Promise<number> {
  const stream = client.query(copyFrom(copyStatement(table, columns, 'STDIN')));
  await pipeline([csv], stream);
  return stream.rowCount;
}
