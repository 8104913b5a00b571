import type { DataCheck } from '../../core/resource.ts';
import type { LedgerStatus } from '../../core/status.ts';
import type { Session } from './session.ts';

/** What a check found when it was made last. */
type LastCheck = { readonly name: string; readonly severity: DataCheck['severity'] };

type Found = Omit<LedgerStatus, 'checks'> & {
  readonly found: readonly LastCheck[];
  /** References that name no row, as the last publish of each table left them. */
  readonly dangling: number;
};

/** How a source stands, by its ledger. */
export async function readStatus(session: Session): Promise<Found> {
  const [success = null] = await session.rows<NonNullable<LedgerStatus['last_success']>>(
    `SELECT run_id, finished_at, address, simulated FROM runs WHERE status = 'succeeded' ORDER BY run_id DESC LIMIT 1`,
  );
  const [last = null] = await session.rows<NonNullable<LedgerStatus['last_run']>>(
    `SELECT run_id, status, started_at, finished_at, error FROM runs WHERE status <> 'running' ORDER BY run_id DESC LIMIT 1`,
  );
  const [newest = null] = await session.rows<{ run_id: string; status: string; started_at: string }>(
    `SELECT run_id, status, started_at FROM runs ORDER BY run_id DESC LIMIT 1`,
  );
  const counts = await session.one<{ rejects_open: number; held: number; dangling: number }>(
    `WITH newest AS (SELECT DISTINCT ON (table_name) held, dangling FROM run_tables ORDER BY table_name, run_id DESC)
     SELECT (SELECT count(DISTINCT (resource, record_id)) FROM rejects WHERE status = 'open')::integer AS rejects_open,
            (SELECT coalesce(sum(held), 0) FROM newest)::integer AS held,
            (SELECT count(*) FROM newest, jsonb_each_text(dangling) AS reference WHERE reference.value::bigint > 0)::integer
              AS dangling`,
  );
  const found = await session.rows<LastCheck>(
    `SELECT name, severity FROM (
       SELECT DISTINCT ON (check_name) check_name AS name, severity, count, error FROM run_checks
       ORDER BY check_name, run_id DESC
     ) AS made WHERE count > 0 OR error IS NOT NULL`,
  );
  return {
    ...counts,
    found,
    last_success: success === null ? null : { ...success, finished_at: iso(success.finished_at) },
    last_run:
      last === null
        ? null
        : {
            ...last,
            started_at: iso(last.started_at),
            finished_at: last.finished_at === null ? null : iso(last.finished_at),
          },
    running:
      newest?.status === 'running' ? { run_id: newest.run_id, started_at: iso(newest.started_at) } : null,
  };
}

/** PostgreSQL's microseconds in the form that every document has. */
function iso(time: string): string {
  return new Date(time).toISOString();
}
