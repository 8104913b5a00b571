import { databaseError, isUnmigrated, NO_RIGHT, reasonOf } from './errors.ts';
import type { Database, Session } from './session.ts';
import { ledgerSchema } from './sql.ts';

/**
 * PostgreSQL skips a schema in the search path that a role may not use, and reports that its tables do not exist.
 * Returns an error about the schema instead. Returns any other error unchanged.
 */
export async function tellClosedSchema(
  database: Database,
  session: Session,
  error: unknown,
): Promise<unknown> {
  if (!isUnmigrated(error)) return error;
  const closed = await closedSchemas(database, session).catch(() => []);
  if (closed.length === 0) return error;
  return denied(closed, `permission denied, and elsewhere ${reasonOf(error)}`, error);
}

async function closedSchemas({ schema }: Database, session: Session): Promise<readonly string[]> {
  const closed = await session.rows<{ name: string }>(
    `SELECT nspname::text AS name FROM pg_namespace
     WHERE nspname = ANY ($1) AND NOT has_schema_privilege(oid, 'USAGE') ORDER BY length(nspname)`,
    [[schema, ledgerSchema(schema)]],
  );
  return closed.map(({ name }) => name);
}

function denied(schemas: readonly string[], reason: string, cause?: unknown): Error {
  const error = Object.assign(new Error(reason, { cause }), { code: NO_RIGHT });
  return databaseError(`use schema ${schemas.join(', ')}`, error);
}
