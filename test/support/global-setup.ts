import { randomBytes } from 'node:crypto';
import { dropDatabases, startPostgres, type PostgresServer } from './postgres.ts';

let server: PostgresServer | undefined;

/** One PostgreSQL for all test files, which inherit this environment; the one of TEST_DATABASE_URL if it is set. */
export async function globalSetup(): Promise<void> {
  process.env['TEST_DATABASE_PREFIX'] = `test_${randomBytes(4).toString('hex')}_`;
  if (process.env['TEST_DATABASE_URL']) return;
  server = await startPostgres({ options: ['max_connections=300'] });
  process.env['TEST_DATABASE_URL'] = server.url;
}

/** Node calls it after Ctrl-C, too; drops the databases of test files that ended before they could. */
export async function globalTeardown(): Promise<void> {
  const { TEST_DATABASE_URL: url, TEST_DATABASE_PREFIX: prefix } = process.env;
  if (server !== undefined) await server.remove();
  else if (url !== undefined && prefix !== undefined) await dropDatabases(url, prefix);
}
