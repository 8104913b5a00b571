import type { ClientBase } from 'pg';

import { PipelineError } from '../../core/errors.ts';
import type { RawFile } from '../../core/run.ts';
import { kindOf } from '../../core/simulated.ts';
import type { Ledger, LedgerEntry, RunEnd } from '../../core/target.ts';
import { databaseError } from './errors.ts';
import { execute, rows, type Database } from './session.ts';
import { dropStaging } from './staging.ts';

/** The ledger, written over the session that holds the schema's lock. */
export function openLedger(database: Database, client: ClientBase): Ledger {
  return {
    async begin(run) {
      try {
        await checkKind(client, database.schema, run.simulated);
        await closeDeadRuns(client);
        await dropStaging(client, database.schema);
        await execute(
          client,
          `INSERT INTO runs (run_id, status, source, simulated, started_at, program_version, host, pid, run_dir)
           VALUES ($1, 'running', $2, $3, $4, $5, $6, $7, $8)`,
          [
            run.run_id,
            run.source,
            run.simulated,
            run.started_at,
            run.program_version,
            run.host,
            run.pid,
            run.run_dir,
          ],
        );
      } catch (error) {
        throw databaseError(`begin run ${run.run_id} in schema ${database.schema}`, error);
      }
    },

    async abandon(runId, end) {
      try {
        await client.query('BEGIN');
        await recordEnd(client, runId, end);
        await client.query('COMMIT');
        await dropStaging(client, database.schema);
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw databaseError(`write the end of run ${runId} into the ledger`, error);
      }
    },

    async lastRaw(resource, source) {
      const [last] = await rows<{ run_id: string; raw: RawFile | null; source: string }>(
        client,
        `SELECT r.run_id, r.source, rr.raw FROM run_resources rr JOIN runs r USING (run_id)
         WHERE rr.resource = $1 AND rr.status = 'succeeded' AND r.status IN ('succeeded', 'partial')
         ORDER BY r.run_id DESC LIMIT 1`,
        [resource],
      );
      if (last === undefined || last.raw === null || last.source !== source) return null;
      return { run_id: last.run_id, raw: last.raw };
    },
  };
}

/** Throws `kind` when the schema holds simulated records and these are real, or the other way round. */
export async function checkKind(client: ClientBase, schema: string, simulated: boolean): Promise<void> {
  const [contents] = await rows<{ simulated: boolean }>(client, 'SELECT simulated FROM contents');
  if (contents === undefined || contents.simulated === simulated) return;
  throw new PipelineError(
    `Cannot load ${kindOf(simulated)} records into schema ${schema}: it holds ${kindOf(contents.simulated)} ones`,
    { code: 'kind', hint: 'Give another --schema, or another database.' },
  );
}

/** Whoever holds the lock is the only living run: any other that says `running` died. */
async function closeDeadRuns(client: ClientBase): Promise<void> {
  await execute(
    client,
    `UPDATE runs SET status = 'failed', finished_at = now(),
       error = jsonb_build_object('code', 'interrupted', 'message', 'Cannot tell how it ended: its process died', 'hint', NULL)
     WHERE status = 'running'`,
  );
}

/** Writes a run's end inside the caller's transaction. Gives false when the run is not `running` any more. */
export async function recordEnd(client: ClientBase, runId: string, end: RunEnd): Promise<boolean> {
  const closed = await execute(
    client,
    `UPDATE runs SET status = $2, finished_at = clock_timestamp(), error = $3 WHERE run_id = $1 AND status = 'running'`,
    [runId, end.status, json(end.error)],
  );
  if (closed === 0) return false;
  if (end.entries.some(({ report }) => report.status === 'succeeded')) {
    await execute(
      client,
      'INSERT INTO contents (simulated) SELECT simulated FROM runs WHERE run_id = $1 ON CONFLICT DO NOTHING',
      [runId],
    );
  }
  for (const entry of end.entries) await recordResource(client, runId, entry);
  return true;
}

async function recordResource(client: ClientBase, runId: string, entry: LedgerEntry): Promise<void> {
  const { resource, report, raw } = entry;
  await execute(
    client,
    `INSERT INTO run_resources (run_id, resource, status, received, validated, errored, not_modified, seconds, raw, error)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      runId,
      resource.name,
      report.status,
      report.received,
      report.validated,
      report.errored,
      report.not_modified,
      report.seconds,
      json(raw),
      json(report.error),
    ],
  );
  for (const [table, counts] of Object.entries(report.tables)) {
    await execute(
      client,
      `INSERT INTO run_tables (run_id, table_name, resource, staged, inserted, updated, unchanged, deleted, held, live_before, live_after, dangling)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        runId,
        table,
        resource.name,
        counts.staged,
        counts.inserted,
        counts.updated,
        counts.unchanged,
        counts.deleted,
        counts.held,
        counts.live_before,
        counts.live_after,
        json(counts.dangling),
      ],
    );
  }
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
