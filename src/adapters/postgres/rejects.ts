import type { ContractFault } from '../../core/run.ts';
import type { LedgerEntry } from '../../core/target.ts';
import type { Session } from './session.ts';
import type { StagedResource } from './staged-resource.ts';

/**
 * Updates the reject lines of one resource after a run, within the transaction that ends the run. A resumed run counts
 * a record once. Rejects are marked fixed or gone only after a run has published. If that run pulled incrementally,
 * this applies only to the records that it received.
 */
export async function recordRejects(
  session: Session,
  { resource, rows, rejects }: StagedResource,
  runId: string,
  { report }: LedgerEntry,
): Promise<void> {
  await session.execute(
    `INSERT INTO rejects AS r (resource, record_id, fingerprint, status, first_run_id, last_run_id, first_seen, last_seen,
                               times, errors, record_page, record_index, record_offset, record)
     SELECT DISTINCT ON (record_id, fingerprint)
            $1, record_id, fingerprint, 'open', $2, $2, now(), now(), 1, errors, record_page, record_index, record_offset,
            record
     FROM ${rejects} o ORDER BY record_id, fingerprint, record_page, record_index
     ON CONFLICT (resource, record_id, fingerprint) DO UPDATE SET
       status = CASE r.status WHEN 'waived' THEN 'waived' ELSE 'open' END,
       last_run_id = excluded.last_run_id, last_seen = excluded.last_seen,
       times = r.times + (r.last_run_id <> excluded.last_run_id)::int,
       errors = excluded.errors, record_page = excluded.record_page, record_index = excluded.record_index, record_offset = excluded.record_offset,
       record = excluded.record`,
    [resource.name, runId],
  );
  if (report.status !== 'succeeded') return;
  const main = rows(resource.tables[0]);
  const came = `EXISTS (SELECT FROM ${main} s WHERE s.id = r.record_id)
         OR EXISTS (SELECT FROM ${rejects} o WHERE o.record_id = r.record_id)`;
  await session.execute(
    `UPDATE rejects r SET status = CASE
       WHEN ${came} THEN 'fixed' ELSE 'gone' END
     WHERE resource = $1 AND last_run_id <> $2 AND status IN ('open', 'waived')
       AND (${report.pass === 'full' ? 'true' : came})`,
    [resource.name, runId],
  );
}

export const REJECT_STATUSES = ['open', 'fixed', 'waived', 'gone'] as const;
export type RejectStatus = (typeof REJECT_STATUSES)[number];

/** A record and one way in which it broke its contract, with the current status. */
export type RejectLine = {
  readonly resource: string;
  readonly id: string;
  readonly fingerprint: string;
  readonly status: RejectStatus;
  readonly reason: string | null;
  readonly first_run_id: string;
  readonly last_run_id: string;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly times: number;
  readonly errors: readonly ContractFault[];
};

/** A line with its record: where the record was last seen, and its bytes if the ledger contains them. */
export type KeptReject = RejectLine & {
  readonly page: number;
  readonly index: number;
  readonly offset: number;
  readonly bytes: Buffer | null;
};

export type RejectFilter = {
  readonly resources?: readonly string[] | null;
  readonly status?: RejectStatus | null;
  readonly id?: string | null;
  /** Only lines last seen in this run. */
  readonly runId?: string | null;
  readonly limit: number;
};

/** Newest first. */
export async function findRejects(session: Session, filter: RejectFilter): Promise<KeptReject[]> {
  const found = await session.rows<
    Omit<KeptReject, 'errors' | 'bytes'> & { errors: string; bytes: string | null }
  >(
    `SELECT resource, record_id AS id, fingerprint, status, reason, first_run_id, last_run_id, first_seen, last_seen, times,
            errors, record_page AS page, record_index AS index, record_offset AS offset, encode(record, 'hex') AS bytes
     FROM rejects
     WHERE ($1::text[] IS NULL OR resource = ANY ($1)) AND ($2::text IS NULL OR status = $2)
       AND ($3::text IS NULL OR record_id = $3) AND ($4::text IS NULL OR last_run_id = $4)
     ORDER BY last_run_id DESC, resource, record_page, record_index, fingerprint LIMIT $5`,
    [filter.resources ?? null, filter.status ?? null, filter.id ?? null, filter.runId ?? null, filter.limit],
  );
  return found.map((line) => ({
    ...line,
    errors: JSON.parse(line.errors) as ContractFault[], // only recordRejects writes this column
    bytes: line.bytes === null ? null : Buffer.from(line.bytes, 'hex'),
  }));
}

/** Waives the open lines of a record for the given reason. Returns the number of lines. */
export async function waiveRejects(
  session: Session,
  id: string,
  resources: readonly string[] | null,
  reason: string,
): Promise<number> {
  return session.execute(
    `UPDATE rejects SET status = 'waived', reason = $3
     WHERE record_id = $1 AND ($2::text[] IS NULL OR resource = ANY ($2)) AND status IN ('open', 'waived')`,
    [id, resources, reason],
  );
}
