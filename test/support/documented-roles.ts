import assert from 'node:assert/strict';

import { connected } from './loaded.ts';
import { blocksBelow, readPage, statementsOf } from './markdown.ts';

const [AS_SUPERUSER, AS_OWNER = assert.fail('one block')] = blocksBelow(
  readPage('docs', 'operate.md'),
  'sql',
  '5. Least privilege',
);

export type DocumentedRole = 'spacex_owner' | 'spacex_runner' | 'spacex_reader';

/** Creates the roles and the database from docs/operate.md with the SQL on that page. `server` is a superuser's URL. */
export async function makeDocumentedRoles(server: string): Promise<void> {
  await runStatements(server, statementsOf(AS_SUPERUSER));
  await grantDocumentedRights(server);
}

/** Grants these roles the rights listed in docs/operate.md. A test can call this again later. */
export async function grantDocumentedRights(server: string): Promise<void> {
  await runStatements(documentedUrl(server, 'spacex_owner'), statementsOf(AS_OWNER));
}

/** Drops the database, and creates it again, empty and without grants. */
export async function makeDocumentedDatabase(server: string): Promise<void> {
  const made = statementsOf(AS_SUPERUSER).filter((statement) => statement.startsWith('CREATE DATABASE '));
  await runStatements(server, ['DROP DATABASE spacex WITH (FORCE)', ...made]);
}

/** The URL of the documented database for one of the roles. */
export function documentedUrl(server: string, role: DocumentedRole): string {
  const url = new URL(server);
  url.username = role;
  url.password =
    new RegExp(`^CREATE ROLE ${role} LOGIN PASSWORD '([^']+)'`, 'm').exec(AS_SUPERUSER)?.[1] ?? '';
  url.pathname = '/spacex';
  return url.href;
}

async function runStatements(url: string, statements: readonly string[]): Promise<void> {
  const client = await connected(url);
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
