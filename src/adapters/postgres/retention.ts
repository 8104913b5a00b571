import type { RetentionLedger } from '../../core/retention.ts';
import type { RunStatus } from '../../core/run.ts';
import { wrapErrors } from './errors.ts';
import { LAST_PUBLISHED } from './published.ts';
import type { Session } from './session.ts';

/** Throws `database` if the ledger cannot be read, because there is then no way to know what can safely be deleted. */
export async function retentionLedger(session: Session): Promise<RetentionLedger> {
  return wrapErrors(
    'read the ledger (no run folder was removed)',
    async () => {
      // Reads published runs first: a run that ends while these queries run is either still `running` in the second
      // query or kept as well.
      const stood = await session.rows<{
        run_id: string;
        received_by: string | null;
      }>(`SELECT DISTINCT last.run_id, p.received_by
       FROM ${LAST_PUBLISHED} last
       LEFT JOIN run_pages p ON p.resource = last.resource
         AND p.run_id BETWEEN coalesce(last.chain_run_id, last.run_id) AND last.run_id`);
      const runs = await session.rows<{ run_id: string; status: RunStatus; at: string }>(
        'SELECT run_id, status, coalesce(finished_at, started_at) AS at FROM runs',
      );
      return {
        runs: runs.map((run) => ({ ...run, at: Date.parse(run.at) })),
        basedOn: new Set(stood.flatMap(({ run_id, received_by }) => [run_id, received_by ?? run_id])),
      };
    },
    'Check with: spacex-pipeline migrate status',
  );
}

/**
 * Deletes the tombstones of rows that were deleted before `before` (milliseconds since 1970). Returns the number of
 * tombstones.
 */
export async function pruneTombstones(session: Session, before: number, dryRun: boolean): Promise<number> {
  const old = 'FROM tombstones WHERE deleted_at < to_timestamp($1 / 1000.0)';
  return wrapErrors('drop old tombstones', async () => {
    if (!dryRun) return session.execute(`DELETE ${old}`, [before]);
    return (await session.one<{ n: number }>(`SELECT count(*)::int AS n ${old}`, [before])).n;
  });
}
