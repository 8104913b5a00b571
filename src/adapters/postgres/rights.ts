import type { Table } from '../../core/table.ts';
import { databaseError, NO_RIGHT } from './errors.ts';
import type { Database, Session } from './session.ts';
import { ident, ledgerSchema } from './sql.ts';

/** The ledger's tables, with the privileges that a run needs on each of them. */
export const LEDGER_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  contents: ['SELECT', 'INSERT'],
  migrations: ['SELECT'],
  newest_records: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  rejects: ['SELECT', 'INSERT', 'UPDATE'],
  run_checks: ['INSERT'],
  run_pages: ['SELECT', 'INSERT'],
  run_resources: ['SELECT', 'INSERT'],
  run_tables: ['SELECT', 'INSERT'],
  runs: ['SELECT', 'INSERT', 'UPDATE'],
  tombstones: ['SELECT', 'INSERT', 'DELETE'],
};
/** The additional privileges that `serve` needs. */
export const JOB_RIGHTS: Readonly<Record<string, readonly string[]>> = {
  job_switches: ['SELECT', 'INSERT', 'UPDATE'],
  job_tries: ['SELECT', 'INSERT', 'UPDATE'],
};
const WRITE = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];
/** A message lists at most this many names and then the number of remaining names. */
const NAMED = 5;

type Needed = { readonly schema: string; readonly name: string | null; readonly right: string };
type Lacking = { readonly what: string; readonly rights: string };

/**
 * Throws `database`, listing every privilege that this role lacks: for using the schemas, for staging, for reading the
 * tables and, if the run `publishes`, for writing them. Ignores missing tables.
 */
export async function checkRights(
  { schema }: Database,
  session: Session,
  tables: readonly Table[],
  publishes: boolean,
  ofLedger = LEDGER_RIGHTS,
): Promise<void> {
  const ledger = ledgerSchema(schema);
  const needed: Needed[] = [
    { schema, name: null, right: 'USAGE' },
    { schema: ledger, name: null, right: 'USAGE' },
    { schema: ledger, name: null, right: 'CREATE' },
    ...tables.flatMap(({ name }) => WRITE.map((right) => ({ schema, name, right }))),
    ...Object.entries(ofLedger).flatMap(([name, rights]) =>
      rights.map((right) => ({ schema: ledger, name, right })),
    ),
  ].filter(({ name, right }) => publishes || name === null || right === 'SELECT');
  const lacking = await session.rows<Lacking>(
    `SELECT what, string_agg("right", ', ' ORDER BY nr) AS rights FROM (
       SELECT nr, "right", coalesce(name, 'schema ' || schema) AS what
       FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS needed (schema, name, "right", nr)
       JOIN pg_namespace n ON nspname = schema LEFT JOIN pg_class c ON relnamespace = n.oid AND relname = name
       WHERE CASE WHEN name IS NULL THEN NOT has_schema_privilege(n.oid, "right")
                  ELSE NOT has_table_privilege(c.oid, "right") END
     ) l GROUP BY what ORDER BY min(nr)`,
    [needed.map(({ schema: of }) => of), needed.map(({ name }) => name), needed.map(({ right }) => right)],
  );
  if (lacking.length > 0) throw await lacks(schema, session, lacking);
}

async function lacks(schema: string, session: Session, lacking: readonly Lacking[]): Promise<Error> {
  const { role } = await session.one<{ role: string }>('SELECT current_user AS role');
  const named = lacking.slice(0, NAMED).map(({ what, rights }) => `${rights} on ${what}`);
  const more = lacking.length > NAMED ? ` and more on ${lacking.length - NAMED} other tables` : '';
  const reason = `permission denied because role ${role} lacks ${named.join('; ')}${more}`;
  const error = Object.assign(new Error(reason), { code: NO_RIGHT });
  return databaseError(`use schema ${schema}`, error, undefined, { [NO_RIGHT]: grantHint(schema, role) });
}

/** The hint with the statements that grant a role everything it needs for runs. */
function grantHint(schema: string, role: string): string {
  const [target, ledger] = [ident(schema), ident(ledgerSchema(schema))];
  const grants = [
    `USAGE ON SCHEMA ${target}`,
    `USAGE, CREATE ON SCHEMA ${ledger}`,
    `${WRITE.join(', ')} ON ALL TABLES IN SCHEMA ${target}, ${ledger}`,
  ];
  const sql = grants.map((grant) => `GRANT ${grant} TO ${ident(role)};`).join(' ');
  return `Run this as the owner of both schemas and their tables, or as a superuser: ${sql}`;
}
