import type { ErrorReport } from '../../core/errors.ts';
import type { ResourceStatus } from '../../core/run.ts';
import type { Session } from './session.ts';
import { ident, literal } from './sql.ts';

/** A table or view that exists in the database. */
export type PresentTable = {
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly description: string | null;
  /** The size, including indexes; null for a view. */
  readonly bytes: number | null;
  readonly columns: readonly {
    readonly name: string;
    readonly type: string;
    readonly nullable: boolean;
    readonly description: string | null;
  }[];
};

/** The tables and views of a schema, tables first. */
export async function presentTables(session: Session, schema: string): Promise<PresentTable[]> {
  return session.rows<PresentTable>(
    `SELECT c.relname::text AS name, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END AS kind,
       obj_description(c.oid, 'pg_class') AS description,
       CASE WHEN c.relkind IN ('v', 'm') THEN NULL ELSE pg_total_relation_size(c.oid) END AS bytes,
       (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
            'nullable', NOT a.attnotnull, 'description', col_description(c.oid, a.attnum)) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
     FROM pg_class c WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
     ORDER BY c.relkind IN ('v', 'm'), 1`,
    [ident(schema)],
  );
}

/** The number of rows in each table or view, counted now. */
export async function countRows(
  session: Session,
  schema: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = names.map(
    (name) => `SELECT ${literal(name)} AS name, count(*)::int8 AS rows FROM ${ident(schema, name)}`,
  );
  if (counts.length === 0) return new Map();
  const found = await session.rows<{ name: string; rows: number }>(counts.join(' UNION ALL '));
  return new Map(found.map(({ name, rows }) => [name, rows]));
}

/** When a run last changed rows in each table. */
export async function lastChanges(session: Session): Promise<ReadonlyMap<string, string>> {
  const found = await session.rows<{ name: string; at: string }>(
    `SELECT table_name AS name, max(finished_at) AS at FROM run_tables JOIN runs USING (run_id)
     WHERE inserted + updated + deleted > 0 AND status IN ('succeeded', 'partial') GROUP BY 1`,
  );
  return new Map(found.map(({ at, name }) => [name, at]));
}

/** The outcome of the newest run that included a resource. */
export type LastOutcome = {
  readonly resource: string;
  readonly run_id: string;
  readonly status: ResourceStatus;
  readonly received: number;
  readonly address: string;
  readonly error: ErrorReport | null;
};

export async function lastOutcomes(session: Session): Promise<ReadonlyMap<string, LastOutcome>> {
  const found = await session.rows<LastOutcome>(
    `SELECT DISTINCT ON (resource) resource, run_id, rr.status, received, address, rr.error
     FROM run_resources rr JOIN runs USING (run_id) ORDER BY resource, run_id DESC`,
  );
  return new Map(found.map((one) => [one.resource, one]));
}
