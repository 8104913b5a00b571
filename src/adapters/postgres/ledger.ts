import type { ClientBase } from 'pg';

import { PipelineError } from '../../core/errors.ts';
import { kindOf, type KindKeeper } from '../../core/simulated.ts';
import type { Ledger, LedgerEntry, RunEnd, RunHeader } from '../../core/target.ts';
import { databaseError, isLost } from './errors.ts';
import { endBackendOf } from './liveness.ts';
import { lastPublishes } from './published.ts';
import { recordRejects } from './rejects.ts';
import { evenAborted, execute, rows, type Database } from './session.ts';
import { dropStaging, type StagingNames } from './staging.ts';

/** The ledger, written over the session that holds the schema's lock. `staging` is what the run stages into. */
export function openLedger(
  database: Database,
  client: ClientBase,
  { id, staging }: { readonly id: string; readonly staging: StagingNames },
): Ledger {
  let published: ReturnType<typeof readPublished> | null = null;
  return {
    async begin(run) {
      try {
        await prepare(client, database.schema);
        await insertRun(client, run);
      } catch (error) {
        throw databaseError(`begin run ${id} in schema ${database.schema}`, error);
      }
    },

    async reopen(run) {
      try {
        await checkResumable(client, id);
        await prepare(client, database.schema);
        await client.query('BEGIN');
        for (const table of ['run_checks', 'run_tables', 'run_pages', 'run_resources', 'runs']) {
          await execute(client, `DELETE FROM ${table} WHERE run_id = $1`, [id]);
        }
        await insertRun(client, run);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        throw databaseError(`resume run ${id} in schema ${database.schema}`, error);
      }
    },

    async abandon(end) {
      try {
        await writeEnd(evenAborted(client), staging, id, end);
        await dropStaging(client, database.schema);
      } catch (error) {
        await client.query('ROLLBACK').catch(() => undefined);
        const failed = (reason: unknown): PipelineError =>
          databaseError(`write the end of run ${id} into the ledger`, reason);
        if (!isLost(error)) throw failed(error);
        // The lock goes with the connection. Where another run is on, it has ended this one, and its staging must stay.
        const session = await database
          .connect({ evenAborted: true })
          .catch(() => Promise.reject(failed(error)));
        await endBackendOf(client, session.client)
          .then(() => writeEnd(session.client, staging, id, end))
          .catch((again: unknown) => Promise.reject(failed(again)))
          .finally(session.close);
      }
    },

    async lastPublish(resource) {
      // Nobody else publishes while this run has the lock.
      return (await (published ??= readPublished(client))).get(resource) ?? null;
    },

    kind: openKind(client, database.schema, id),
  };
}

/** Which kind of records the target holds, and the run has. */
function openKind(client: ClientBase, schema: string, runId: string): KindKeeper {
  return {
    async known() {
      try {
        const [contents] = await rows<{ simulated: boolean }>(client, 'SELECT simulated FROM contents');
        return contents?.simulated ?? null;
      } catch (error) {
        throw databaseError(`read which kind of records schema ${schema} holds`, error);
      }
    },
    refusal: (simulated) =>
      new PipelineError(
        `Cannot load ${kindOf(simulated)} records into schema ${schema}: it holds ${kindOf(!simulated)} ones`,
        { code: 'kind', hint: 'Give another --schema, or another database.' },
      ),
    async keep(simulated) {
      try {
        await execute(client, 'UPDATE runs SET simulated = $2 WHERE run_id = $1', [runId, simulated]);
      } catch (error) {
        throw databaseError(`write into the ledger which kind of records run ${runId} has`, error);
      }
    },
  };
}

async function readPublished(client: ClientBase): ReturnType<typeof lastPublishes> {
  try {
    return await lastPublishes(client);
  } catch (error) {
    throw databaseError('read what is published', error);
  }
}

/** The id of the run that began last; null before the first one. */
export async function newestRun(client: ClientBase): Promise<string | null> {
  const [newest] = await rows<{ run_id: string | null }>(client, 'SELECT max(run_id) AS run_id FROM runs');
  return newest?.run_id ?? null;
}

/** Does the ledger say that the run is on? */
export async function isRunning(client: ClientBase, runId: string): Promise<boolean> {
  const found = await rows(client, `SELECT FROM runs WHERE run_id = $1 AND status = 'running'`, [runId]);
  return found.length > 0;
}

async function writeEnd(
  client: ClientBase,
  staging: StagingNames,
  runId: string,
  end: RunEnd,
): Promise<void> {
  await client.query('BEGIN');
  await recordEnd(client, staging, runId, end);
  await client.query('COMMIT');
}

async function prepare(client: ClientBase, schema: string): Promise<void> {
  await closeDeadRuns(client);
  await dropStaging(client, schema);
}

async function insertRun(client: ClientBase, run: RunHeader): Promise<void> {
  const { run_id, address, started_at, program_version, host, pid, run_dir, origin_run_id } = run;
  await execute(
    client,
    `INSERT INTO runs (run_id, status, address, started_at, program_version, host, pid, run_dir, origin_run_id)
     VALUES ($1, 'running', $2, $3, $4, $5, $6, $7, $8)`,
    [run_id, address, started_at, program_version, host, pid, run_dir, origin_run_id],
  );
}

/** Throws `usage` for a run that has published, or that a later one has overtaken. */
export async function checkResumable(client: ClientBase, runId: string): Promise<void> {
  const published = await rows<{ run_id: string }>(
    client,
    `SELECT run_id FROM runs WHERE run_id >= $1 AND status IN ('succeeded', 'partial') ORDER BY run_id LIMIT 1`,
    [runId],
  );
  const [first] = published;
  if (first === undefined) return;
  if (first.run_id === runId) {
    const failed = await rows<{ resource: string }>(
      client,
      `SELECT resource FROM run_resources WHERE run_id = $1 AND status IN ('failed', 'skipped') ORDER BY resource`,
      [runId],
    );
    const names = failed.map(({ resource }) => resource).join(',');
    throw new PipelineError(`Cannot resume run ${runId}: it has published`, {
      code: 'usage',
      hint:
        names === ''
          ? 'Pull again with: spacex-pipeline run'
          : `Pull what failed with: spacex-pipeline run --resources ${names}`,
    });
  }
  throw new PipelineError(`Cannot resume run ${runId}: run ${first.run_id} has published since`, {
    code: 'usage',
    hint: 'Pull again with: spacex-pipeline run',
  });
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
export async function recordEnd(
  client: ClientBase,
  names: StagingNames,
  runId: string,
  end: RunEnd,
): Promise<boolean> {
  const closed = await execute(
    client,
    `UPDATE runs SET status = $2, finished_at = clock_timestamp(), error = $3 WHERE run_id = $1 AND status = 'running'`,
    [runId, end.status, json(end.error)],
  );
  if (closed === 0) return false;
  if (end.entries.some(({ report }) => report.status === 'succeeded')) {
    await execute(
      client,
      'INSERT INTO contents (simulated) SELECT simulated FROM runs WHERE run_id = $1 AND simulated IS NOT NULL ON CONFLICT DO NOTHING',
      [runId],
    );
  }
  await recordResources(client, runId, end.entries);
  for (const entry of end.entries) {
    if (entry.whole) await recordRejects(client, names, runId, entry);
  }
  return true;
}

async function recordResources(
  client: ClientBase,
  runId: string,
  entries: readonly LedgerEntry[],
): Promise<void> {
  const resources = entries.map(({ resource: { name }, report, key }) => ({
    ...report,
    resource: name,
    derivation_key: key,
  }));
  await execute(
    client,
    `INSERT INTO run_resources (run_id, resource, status, received, validated, errored, not_modified, seconds, error, derivation_key)
     SELECT $1, * FROM jsonb_to_recordset($2) AS entry (resource text, status text, received bigint, validated bigint,
       errored bigint, not_modified boolean, seconds double precision, error jsonb, derivation_key text)`,
    [runId, json(resources)],
  );
  const pages = entries.flatMap((entry) =>
    entry.pages.map((file, index) => ({ ...file, resource: entry.resource.name, page: index + 1 })),
  );
  await execute(
    client,
    `INSERT INTO run_pages (run_id, resource, page, path, url, bytes, sha256, etag, received_by, captured_at, proof)
     SELECT $1, * FROM jsonb_to_recordset($2) AS entry (resource text, page integer, path text, url text, bytes bigint,
       sha256 text, etag text, received_by text, captured_at timestamptz, proof text)`,
    [runId, json(pages)],
  );
  const tables = resources.flatMap(({ resource, tables: counts }) =>
    Object.entries(counts).map(([name, one]) => ({ ...one, table_name: name, resource })),
  );
  await execute(
    client,
    `INSERT INTO run_tables (run_id, table_name, resource, staged, inserted, updated, unchanged, deleted, held, live_before, live_after, digest, dangling)
     SELECT $1, * FROM jsonb_to_recordset($2) AS entry (table_name text, resource text, staged bigint, inserted bigint,
       updated bigint, unchanged bigint, deleted bigint, held bigint, live_before bigint, live_after bigint, digest text, dangling jsonb)`,
    [runId, json(tables)],
  );
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
