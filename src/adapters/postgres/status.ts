import type { DataCheck } from '../../core/resource.ts';
import { isFinding } from '../../core/run.ts';
import type { LedgerStatus } from '../../core/status.ts';
import { ledgerChecks } from './checks.ts';
import { DIED, hasWriterDied } from './died.ts';
import type { Session } from './session.ts';

/** A data check and its latest result. */
type LastCheck = { readonly name: string; readonly severity: DataCheck['severity'] };

type Found = Omit<LedgerStatus, 'checks'> & {
  readonly found: readonly LastCheck[];
  /** References that match no row, as of each table's last publish. */
  readonly dangling: number;
};

type Newest = {
  readonly run_id: string;
  readonly status: string;
  readonly started_at: string;
  readonly host: string;
  readonly pid: number;
};

/** The state of a source according to its ledger. */
export async function readStatus(session: Session): Promise<Found> {
  const [success = null] = await session.rows<NonNullable<LedgerStatus['last_success']>>(
    `SELECT run_id, finished_at, address, simulated FROM runs WHERE status = 'succeeded' ORDER BY run_id DESC LIMIT 1`,
  );
  const [last = null] = await session.rows<NonNullable<LedgerStatus['last_run']>>(
    `SELECT run_id, status, started_at, finished_at, error FROM runs WHERE status <> 'running' ORDER BY run_id DESC LIMIT 1`,
  );
  const [newest = null] = await session.rows<Newest>(
    `SELECT run_id, status, started_at, host, pid FROM runs ORDER BY run_id DESC LIMIT 1`,
  );
  const unended = newest?.status === 'running' ? newest : null;
  const died = unended !== null && hasWriterDied(session, unended);
  const counts = await session.one<{ rejects_open: number; held: number; dangling: number }>(
    `WITH newest AS (SELECT DISTINCT ON (table_name) held, dangling FROM run_tables ORDER BY table_name, run_id DESC)
     SELECT (SELECT count(DISTINCT (resource, record_id)) FROM rejects WHERE status = 'open')::integer AS rejects_open,
            (SELECT coalesce(sum(held), 0) FROM newest)::integer AS held,
            (SELECT count(*) FROM newest, jsonb_each_text(dangling) AS reference WHERE reference.value::bigint > 0)::integer
              AS dangling`,
  );
  const found = (await ledgerChecks(session, null)).filter(isFinding);
  return {
    ...counts,
    found,
    last_success: success === null ? null : { ...success, finished_at: iso(success.finished_at) },
    last_run: died ? deadRun(unended) : last === null ? null : { ...last, ...timesOf(last) },
    running:
      unended === null || died ? null : { run_id: unended.run_id, started_at: iso(unended.started_at) },
  };
}

type LastRun = NonNullable<LedgerStatus['last_run']>;

/** The run as the next run will record it. */
function deadRun({ run_id, started_at }: Newest): LastRun {
  return { run_id, status: 'failed', started_at: iso(started_at), finished_at: null, error: DIED };
}

function timesOf({ finished_at, started_at }: LastRun): Pick<LastRun, 'started_at' | 'finished_at'> {
  return { started_at: iso(started_at), finished_at: finished_at === null ? null : iso(finished_at) };
}

/** Converts PostgreSQL's timestamps, which have microseconds, to the format that all documents use. */
function iso(time: string): string {
  return new Date(time).toISOString();
}
