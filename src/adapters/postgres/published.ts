import type { RawFile } from '../../core/run.ts';
import type { LastPublish } from '../../core/target.ts';
import { isDatabaseFailure } from './errors.ts';
import type { Session } from './session.ts';

/** The run and the raw file that is published. */
export type PublishedRaw = { readonly run_id: string; readonly source: string; readonly raw: RawFile };

type Found<T> = Omit<T, 'raw'> & { readonly resource: string; readonly raw: RawFile | null };

/** Of each resource of which anything is published. */
export async function publishedRaws(session: Session): Promise<ReadonlyMap<string, PublishedRaw>> {
  const found = await session.rows<Found<PublishedRaw>>(lastRuns('r.run_id, r.source, rr.raw'));
  return new Map(
    found.flatMap(({ resource, raw, ...run }) => (raw === null ? [] : [[resource, { ...run, raw }]])),
  );
}

/** Of each resource, with the name of the source that it came from. */
export async function lastPublishes(
  session: Session,
): Promise<ReadonlyMap<string, LastPublish & { readonly source: string }>> {
  const found = await session.rows<Found<LastPublish & { source: string }>>(
    `SELECT p.*,
       EXISTS (SELECT FROM rejects j WHERE j.resource = p.resource AND j.status IN ('open', 'waived')) AS has_rejects,
       (SELECT coalesce(jsonb_object_agg(t.table_name, to_jsonb(t)), '{}') FROM run_tables t
        WHERE t.run_id = p.run_id AND t.resource = p.resource) AS tables
     FROM (${lastRuns('r.run_id, r.source, rr.raw, rr.received, rr.errored, rr.derivation_key')}) p`,
  );
  return new Map(
    found.flatMap(({ resource, raw, ...rest }) => (raw === null ? [] : [[resource, { ...rest, raw }]])),
  );
}

type AtAll = { readonly published: boolean; readonly newest: string | null };

/**
 * Was anything ever published? Null where the ledger cannot be read, or somebody has locked it: nobody waits for an
 * answer to this. `newest` is the run that began last.
 */
export async function publishedAtAll(session: Session): Promise<AtAll | null> {
  const sql = `SELECT coalesce(bool_or(status IN ('succeeded', 'partial')), false) AS published, max(run_id) AS newest FROM runs`;
  try {
    // One message is one transaction.
    const { rows } = await session.query<AtAll>(`SET LOCAL lock_timeout = '100ms'; ${sql}`);
    return rows[0] ?? null;
  } catch (error) {
    if (isDatabaseFailure(error)) return null;
    throw error;
  }
}

/** The last run that published each resource. */
function lastRuns(columns: string): string {
  return `SELECT DISTINCT ON (rr.resource) rr.resource, ${columns}
     FROM run_resources rr JOIN runs r USING (run_id)
     WHERE rr.status = 'succeeded' AND r.status IN ('succeeded', 'partial')
     ORDER BY rr.resource, r.run_id DESC`;
}
