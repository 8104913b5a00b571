import type { LastPublish } from '../../core/target.ts';
import { isDatabaseFailure } from './errors.ts';
import type { Session } from './session.ts';

/** The published run and its pages. */
export type PublishedRawFiles = Pick<LastPublish, 'run_id' | 'address' | 'simulated' | 'pages'>;

/** The rows of `run_resources` that describe the published data, one per resource. */
export const LAST_PUBLISHED = `(SELECT DISTINCT ON (e.resource) e.* FROM run_resources e JOIN runs f USING (run_id)
  WHERE e.status = 'succeeded' AND f.status IN ('succeeded', 'partial') ORDER BY e.resource, e.run_id DESC)`;

type Found<T> = T & { readonly resource: string };

/** The raw files of each resource that has been published. */
export async function publishedRawFiles(session: Session): Promise<ReadonlyMap<string, PublishedRawFiles>> {
  const found = await session.rows<Found<PublishedRawFiles>>(lastRuns());
  return byResource(found);
}

/** The last publish of each resource. */
export async function lastPublishes(session: Session): Promise<ReadonlyMap<string, LastPublish>> {
  const found = await session.rows<Found<LastPublish>>(`SELECT p.*,
       EXISTS (SELECT FROM rejects j WHERE j.resource = p.resource AND j.status IN ('open', 'waived')) AS has_rejects,
       (SELECT coalesce(jsonb_object_agg(t.table_name, to_jsonb(t)), '{}') FROM run_tables t
        WHERE t.run_id = p.run_id AND t.resource = p.resource) AS tables
     FROM (${lastRuns(`, rr.received, rr.errored, rr.derivation_key, ${CHAIN} AS chain`)}) p`);
  return byResource(found);
}

/** The chain of the resource `rr` in the run `r`; null for a snapshot. */
const CHAIN = `CASE WHEN rr.chain_run_id IS NOT NULL THEN jsonb_build_object('run_id', rr.chain_run_id,
      'full_at', ${isoTime('rr.full_at')}, 'cursor', ${isoTime('rr.cursor')}, 'scope', rr.scope, 'folder_id', r.folder_id) END`;

function isoTime(column: string): string {
  return `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Data that was published without a raw file cannot be a starting point. */
function byResource<T extends Pick<LastPublish, 'pages'>>(
  found: readonly Found<T>[],
): ReadonlyMap<string, T> {
  return new Map(found.flatMap((one) => (one.pages.length === 0 ? [] : [[one.resource, one]])));
}

/**
 * The pages of the resource `rr` of a run, as a JSON array with times as ISO 8601 UTC. For a chain, the pages of all
 * published runs since its full pull, because each run records only the pages that it added.
 */
export function pagesSql(): string {
  return `(SELECT coalesce(jsonb_agg(jsonb_build_object('path', p.path, 'url', p.url, 'bytes', p.bytes, 'sha256', p.sha256,
      'etag', p.etag, 'received_by', p.received_by, 'proof', p.proof, 'captured_at', ${isoTime('p.captured_at')})
      ORDER BY p.page), '[]')
    FROM run_pages p WHERE p.resource = rr.resource AND (p.run_id = rr.run_id
      OR p.run_id BETWEEN rr.chain_run_id AND rr.run_id AND EXISTS (
        SELECT FROM run_resources e JOIN runs f USING (run_id)
        WHERE e.run_id = p.run_id AND e.resource = p.resource AND e.status = 'succeeded'
          AND f.status IN ('succeeded', 'partial'))))`;
}

type AtAll = { readonly published: boolean; readonly newest: string | null };

/**
 * Whether anything has been published, and the run that started last (`newest`). Null if the ledger cannot be read or
 * is locked, because the answer is not worth waiting for.
 */
export async function anythingPublished(session: Session): Promise<AtAll | null> {
  const sql = `SELECT coalesce(bool_or(status IN ('succeeded', 'partial')), false) AS published, max(run_id) AS newest FROM runs`;
  try {
    const { rows } = await session.query<AtAll>(`SET LOCAL lock_timeout = '100ms'; ${sql}`);
    return rows[0] ?? null;
  } catch (error) {
    if (isDatabaseFailure(error)) return null;
    throw error;
  }
}

/** The last run that published each resource. Reads nothing about other runs, because there may be thousands. */
function lastRuns(more = ''): string {
  return `SELECT rr.resource, r.run_id, r.address, r.simulated, ${pagesSql()} AS pages${more}
     FROM ${LAST_PUBLISHED} rr JOIN runs r USING (run_id)`;
}
