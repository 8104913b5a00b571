import { databaseError, isUnmigrated, NO_RIGHT, reasonOf } from './errors.ts';
import type { Database, Session } from './session.ts';
import { ledgerSchema } from './sql.ts';

/**
 * PostgreSQL skips schemas in the search path that a role is not allowed to use, and reports that their tables do not
 * exist. For such an error, returns an error that names the schema. Returns any other error unchanged.
 */
export async function explainClosedSchema(
  { schema }: Database,
  session: Session,
  error: unknown,
): Promise<unknown> {
  if (!isUnmigrated(error)) return error;
  const closed = await session
    .texts(
      `SELECT nspname::text FROM pg_namespace
       WHERE nspname = ANY ($1) AND NOT has_schema_privilege(oid, 'USAGE') ORDER BY length(nspname)`,
      [[schema, ledgerSchema(schema)]],
    )
    .catch(() => []);
  if (closed.length === 0) return error;
  const reason = `permission denied, and ${reasonOf(error)} in the other schemas`;
  const denied = Object.assign(new Error(reason, { cause: error }), { code: NO_RIGHT });
  return databaseError(`use schema ${closed.join(', ')}`, denied);
}
