import type { LedgerEntry } from '../../core/target.ts';
import type { Session } from './session.ts';
import type { StagedResource } from './staged-resource.ts';

/** Updates the digests of the newest records within the transaction that ends the run. */
export async function recordNewest(
  session: Session,
  { newest, resource }: StagedResource,
  { report }: LedgerEntry,
): Promise<void> {
  if (resource.changes === undefined || report.status !== 'succeeded') return;
  if (report.pass === 'full')
    await session.execute('DELETE FROM newest_records WHERE resource = $1', [resource.name]);
  await session.execute(
    `INSERT INTO newest_records (resource, record_id, sha256) SELECT $1, id, sha256 FROM ${newest}
     ON CONFLICT (resource, record_id) DO UPDATE SET sha256 = excluded.sha256`,
    [resource.name],
  );
}

/** Digests by id, for the ids that have one. */
export async function readNewest(
  session: Session,
  resource: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await session.rows<{ record_id: string; sha256: string }>(
    'SELECT record_id, sha256 FROM newest_records WHERE resource = $1 AND record_id = ANY ($2)',
    [resource, ids],
  );
  return new Map(found.map(({ record_id, sha256 }) => [record_id, sha256]));
}
