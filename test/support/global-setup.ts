import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';

import { COMPILE_CACHE } from './cli.ts';
import { makeMemoryFolder } from './memory-folder.ts';
import { dropDatabases, startPostgres, type PostgresServer } from './postgres.ts';

let server: PostgresServer | undefined;
let temporary: string | null = null;

/**
 * Starts one PostgreSQL server for all test files, unless TEST_DATABASE_URL names a server. The test files inherit this
 * environment. Their temporary files are in memory unless TMPDIR is set, and they share a compile cache.
 */
export async function globalSetup(): Promise<void> {
  temporary = process.env['TMPDIR'] ? null : makeMemoryFolder();
  if (temporary !== null) process.env['TMPDIR'] = temporary;
  // The cache makes branch coverage less exact, but does not change line coverage.
  process.env['NODE_COMPILE_CACHE'] ??= COMPILE_CACHE;
  process.env['TEST_DATABASE_PREFIX'] = `test_${randomBytes(4).toString('hex')}_`;
  if (process.env['TEST_DATABASE_URL']) return;
  server = await startPostgres({ options: ['max_connections=300'] });
  process.env['TEST_DATABASE_URL'] = server.url;
}

/**
 * Removes the server, or drops the databases of test files that ended before they could drop them. Node also calls this
 * after Ctrl-C.
 */
export async function globalTeardown(): Promise<void> {
  const { TEST_DATABASE_URL: url, TEST_DATABASE_PREFIX: prefix } = process.env;
  if (server !== undefined) await server.remove();
  else if (url !== undefined && prefix !== undefined) await dropDatabases(url, prefix);
  if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
}
