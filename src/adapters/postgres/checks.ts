import { reportError } from '../../core/errors.ts';
import type { DataCheck, Resource } from '../../core/resource.ts';
import type { CheckResult } from '../../core/run.ts';
import { wrapErrors, databaseError } from './errors.ts';
import type { Session } from './session.ts';

/** A row that fails a check. */
export type CheckRow = { readonly id: string; readonly detail: string };

/**
 * Runs the data checks of these resources and writes the results to the ledger. For resources in `touched`, checks only
 * the given ids and writes nothing.
 */
export async function runChecks(
  session: Session,
  runId: string,
  resources: readonly Resource[],
  touched: ReadonlyMap<string, readonly string[]> = new Map(),
): Promise<CheckResult[]> {
  const published = new Set(await session.texts('SELECT DISTINCT resource FROM run_tables'));
  const results: CheckResult[] = [];
  for (const { name: resource, checks } of resources) {
    for (const check of checks) {
      const ready = (check.reads ?? []).every((other) => published.has(other));
      const ids = touched.get(resource) ?? null;
      const found = ready ? await countRows(session, check, ids) : { count: null, error: null };
      results.push({ name: check.name, resource, severity: check.severity, ...found });
    }
  }
  const columns = ['name', 'resource', 'severity', 'count', 'error'] as const;
  const whole = results.filter(({ resource }) => !touched.has(resource));
  await session.execute(
    `INSERT INTO run_checks (run_id, check_name, resource, severity, count, error)
     SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[])`,
    [runId, ...columns.map((column) => whole.map((result) => result[column]))],
  );
  return results;
}

/** Returns the rows that currently fail a check. */
export async function checkRows(session: Session, check: DataCheck, limit: number): Promise<CheckRow[]> {
  const sql = `SELECT id, detail FROM (${check.sql}) AS broken ORDER BY id, detail LIMIT $1`;
  return wrapErrors(`run check ${check.name}`, () => session.rows<CheckRow>(sql, [limit]));
}

/**
 * The check results of a run. If `runId` is null, the latest result of each check, because an incremental pull runs
 * only some of the checks.
 */
export async function ledgerChecks(session: Session, runId: string | null): Promise<CheckResult[]> {
  if (runId === null)
    return session.rows<CheckResult>(
      `SELECT DISTINCT ON (check_name) check_name AS name, resource, severity, count, error
       FROM run_checks ORDER BY check_name, run_id DESC`,
    );
  return session.rows<CheckResult>(
    'SELECT check_name AS name, resource, severity, count, error FROM run_checks WHERE run_id = $1',
    [runId],
  );
}

/** Checks all rows if `ids` is null. */
async function countRows(
  session: Session,
  check: DataCheck,
  ids: readonly string[] | null,
): Promise<Pick<CheckResult, 'count' | 'error'>> {
  try {
    const { count } = await session.one<{ count: number }>(
      `SELECT count(*) FROM (${check.sql}) AS broken ${ids === null ? '' : 'WHERE id = ANY ($1)'}`,
      ids === null ? [] : [ids],
    );
    return { count, error: null };
  } catch (error) {
    return { count: null, error: reportError(databaseError(`run check ${check.name}`, error)).message };
  }
}
