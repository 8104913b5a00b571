import type { EndStatus, JobFacts, ResourceFacts, SourceFacts } from '../../core/facts.ts';
import type { Resource } from '../../core/resource.ts';
import type { Source } from '../../core/source.ts';
import type { Session } from './session.ts';
import { ident, literal } from './sql.ts';

/**
 * The current state of a source, from its ledger and tables. Searches from the newest run backward, so that a long
 * history costs nothing.
 */
export async function sourceFacts(
  session: Session,
  { name, resources }: Pick<Source, 'name' | 'resources'>,
): Promise<SourceFacts> {
  const events = await newestEvents(session, resources);
  const rows = await session.rows<Omit<ResourceFacts, 'event'>>(
    `SELECT wanted.resource, coalesce(t.held, 0) AS held, extract(epoch FROM last.finished_at)::float8 AS published,
       (SELECT count(*) FROM rejects j WHERE j.resource = wanted.resource AND j.status = 'open') AS open
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (resource, main, nr)
     LEFT JOIN LATERAL (
       SELECT run_id, r.finished_at FROM runs r JOIN run_resources rr USING (run_id)
       WHERE rr.resource = wanted.resource AND rr.status = 'succeeded' AND r.status IN ('succeeded', 'partial')
       ORDER BY run_id DESC LIMIT 1) last ON true
     LEFT JOIN run_tables t ON t.run_id = last.run_id AND t.table_name = wanted.main ORDER BY nr`,
    [resources.map((one) => one.name), resources.map(({ tables }) => tables[0].name)],
  );
  return {
    source: name,
    resources: rows.map((row) => ({ ...row, event: events.get(row.resource) ?? null })),
    checks: await failingChecks(session),
  };
}

export type JobEnds = Pick<JobFacts, 'job' | 'status' | 'succeeded'>;

/** How each job's last attempt ended, and when the job last succeeded. */
export async function jobEnds(session: Session, jobs: readonly string[]): Promise<readonly JobEnds[]> {
  return session.rows<{ job: string; status: EndStatus | null; succeeded: number | null }>(
    `SELECT job, last.status, extract(epoch FROM good.finished_at)::float8 AS succeeded
     FROM unnest($1::text[]) AS job
     LEFT JOIN LATERAL (
       SELECT status FROM job_tries t WHERE t.job = job.job AND status NOT IN ('running', 'postponed')
       ORDER BY started_at DESC LIMIT 1) last ON true
     LEFT JOIN LATERAL (
       SELECT finished_at FROM job_tries t WHERE t.job = job.job AND status = 'succeeded'
       ORDER BY started_at DESC LIMIT 1) good ON true`,
    [jobs],
  );
}

async function newestEvents(
  session: Session,
  resources: readonly Resource[],
): Promise<ReadonlyMap<string, number>> {
  const selects = resources.flatMap(({ eventTime, name }) => {
    if (eventTime === undefined) return [];
    const [column, table] = [ident(eventTime.column), ident(eventTime.table)];
    return `SELECT ${literal(name)} AS resource, extract(epoch FROM max(${column}))::float8 AS event
            FROM ${table} WHERE ${column} <= now()`;
  });
  if (selects.length === 0) return new Map();
  const rows = await session.rows<{ resource: string; event: number | null }>(selects.join(' UNION ALL '));
  return new Map(rows.flatMap(({ event, resource }) => (event === null ? [] : [[resource, event]])));
}

async function failingChecks(session: Session): Promise<SourceFacts['checks']> {
  const rows = await session.rows<{ severity: keyof SourceFacts['checks']; failing: number }>(
    `SELECT severity, count(*) AS failing FROM run_checks
     WHERE run_id = (SELECT run_id FROM run_checks ORDER BY run_id DESC LIMIT 1) AND count > 0
     GROUP BY severity`,
  );
  const found = Object.fromEntries(rows.map(({ failing, severity }) => [severity, failing]));
  return { error: 0, warning: 0, info: 0, ...found };
}
