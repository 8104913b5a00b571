import { PipelineError } from '../../core/errors.ts';
import { kindOf, type KindStore } from '../../core/simulated.ts';
import type { Ledger, LedgerEntry, RunEnd, RunHeader } from '../../core/target.ts';
import { wrapErrors, databaseError, isLost } from './errors.ts';
import { DIED } from './died.ts';
import { terminateBackendOf } from './liveness.ts';
import { recordNewest } from './newest.ts';
import { lastPublishes } from './published.ts';
import { recordRejects } from './rejects.ts';
import type { Database, Session } from './session.ts';
import { createStagedResource } from './staged-resource.ts';
import { dropStaging, type StagingNames } from './staging.ts';

/**
 * The ledger. Writes to it go through the session that holds the schema's lock. `staging` contains the names of the
 * run's staging tables.
 */
export function openLedger(
  database: Database,
  session: Session,
  { id, staging }: { readonly id: string; readonly staging: StagingNames },
): Ledger {
  let published: ReturnType<typeof lastPublishes> | null = null;
  return {
    begin: (run) =>
      wrapErrors(`begin run ${id} in schema ${database.schema}`, async () => {
        await prepare(session, database.schema);
        await insertRun(session, run);
      }),

    async reopen(run) {
      try {
        await checkResumable(session, id);
        await prepare(session, database.schema);
        await session.query('BEGIN');
        for (const table of ['run_checks', 'run_tables', 'run_pages', 'run_resources', 'runs']) {
          await session.execute(`DELETE FROM ${table} WHERE run_id = $1`, [id]);
        }
        await insertRun(session, run);
        await session.query('COMMIT');
      } catch (error) {
        await session.query('ROLLBACK').catch(() => undefined);
        throw databaseError(`resume run ${id} in schema ${database.schema}`, error);
      }
    },

    async abandon(end) {
      try {
        await writeEnd(session.evenAborted, staging, id, end);
        await dropStaging(session, database.schema);
      } catch (error) {
        await session.query('ROLLBACK').catch(() => undefined);
        const failed = (reason: unknown): PipelineError =>
          databaseError(`record the end of run ${id} in the ledger`, reason);
        if (!isLost(error)) throw failed(error);
        // The lock was lost along with the connection. If another run has started since then, that run has already
        // ended this one in the ledger, and still needs its own staging tables.
        const another = await database
          .connect({ evenAborted: true })
          .catch(() => Promise.reject(failed(error)));
        await terminateBackendOf(session, another)
          .then(() => writeEnd(another, staging, id, end))
          .catch((again: unknown) => Promise.reject(failed(again)))
          .finally(() => another.close());
      }
    },

    async lastPublish(resource) {
      // No one else publishes while this run holds the lock.
      published ??= wrapErrors('find out which runs are published', () => lastPublishes(session));
      return (await published).get(resource) ?? null;
    },

    kind: openKind(session, database.schema, id),
  };
}

/** Reads and stores the kind of records (simulated or real) in the target and in the run. */
function openKind(session: Session, schema: string, runId: string): KindStore {
  return {
    async known() {
      const [contents] = await wrapErrors(`determine what kind of records are in schema ${schema}`, () =>
        session.rows<{ simulated: boolean }>('SELECT simulated FROM contents'),
      );
      return contents?.simulated ?? null;
    },
    refusal: (simulated) =>
      new PipelineError(
        `Cannot load ${kindOf(simulated)} records into schema ${schema}: it contains ${kindOf(!simulated)} records`,
        { code: 'kind', hint: 'Use a different --schema or a different database.' },
      ),
    async keep(simulated) {
      await wrapErrors(`store the record kind of run ${runId} in the ledger`, () =>
        session.execute('UPDATE runs SET simulated = $2 WHERE run_id = $1', [runId, simulated]),
      );
    },
  };
}

/** The id of the run that started last; null if there has been no run. */
export async function newestRun(session: Session): Promise<string | null> {
  return (await session.one<{ run_id: string | null }>('SELECT max(run_id) AS run_id FROM runs')).run_id;
}

/** Whether the run is running, according to the ledger. */
export async function isRunning(session: Session, runId: string): Promise<boolean> {
  const found = await session.rows(`SELECT FROM runs WHERE run_id = $1 AND status = 'running'`, [runId]);
  return found.length > 0;
}

async function writeEnd(session: Session, staging: StagingNames, runId: string, end: RunEnd): Promise<void> {
  await session.query('BEGIN');
  await recordEnd(session, staging, runId, end);
  await session.query('COMMIT');
}

async function prepare(session: Session, schema: string): Promise<void> {
  await closeDeadRuns(session);
  await dropStaging(session, schema);
}

async function insertRun(session: Session, { job, ...run }: RunHeader): Promise<void> {
  await insertRows(
    session,
    'runs',
    'run_id, status, address, started_at, program_version, host, pid, run_dir, origin_run_id, job, job_id, folder_id',
    [{ ...run, status: 'running', job: job?.name ?? null, job_id: job?.id ?? null }],
  );
}

/** Inserts the given columns. Each row is an object whose property names are the column names. */
async function insertRows(
  session: Session,
  table: string,
  columns: string,
  rows: readonly object[],
): Promise<void> {
  await session.execute(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::${table}, $1)`,
    [json(rows)],
  );
}

/** Throws `usage` if this run or a later one has published. */
export async function checkResumable(session: Session, runId: string): Promise<void> {
  const [first] = await session.rows<{ run_id: string }>(
    `SELECT run_id FROM runs WHERE run_id >= $1 AND status IN ('succeeded', 'partial') ORDER BY run_id LIMIT 1`,
    [runId],
  );
  if (first === undefined) return;
  if (first.run_id === runId) {
    const failed = await session.texts(
      `SELECT resource FROM run_resources WHERE run_id = $1 AND status IN ('failed', 'skipped') ORDER BY resource`,
      [runId],
    );
    const names = failed.join(',');
    throw new PipelineError(`Cannot resume run ${runId}: it has already published`, {
      code: 'usage',
      hint:
        names === ''
          ? 'Pull again with: spacex-pipeline run'
          : `Pull the failed resources with: spacex-pipeline run --resources ${names}`,
    });
  }
  throw new PipelineError(`Cannot resume run ${runId}: run ${first.run_id} has published since then`, {
    code: 'usage',
    hint: 'Pull again with: spacex-pipeline run',
  });
}

/** Only the run that holds the lock is alive. Any other run marked `running` has died. */
async function closeDeadRuns(session: Session): Promise<void> {
  await session.execute(
    `UPDATE runs SET status = 'failed', finished_at = now(), error = $1 WHERE status = 'running'`,
    [json(DIED)],
  );
}

/** Writes a run's end within the caller's transaction. Returns false if the run is no longer `running`. */
export async function recordEnd(
  session: Session,
  names: StagingNames,
  runId: string,
  end: RunEnd,
): Promise<boolean> {
  const closed = await session.execute(
    `UPDATE runs SET status = $2, finished_at = clock_timestamp(), error = $3 WHERE run_id = $1 AND status = 'running'`,
    [runId, end.status, json(end.error)],
  );
  if (closed === 0) return false;
  if (end.entries.some(({ report }) => report.status === 'succeeded')) {
    await session.execute(
      'INSERT INTO contents (simulated) SELECT simulated FROM runs WHERE run_id = $1 AND simulated IS NOT NULL ON CONFLICT DO NOTHING',
      [runId],
    );
  }
  await recordResources(session, runId, end.entries);
  for (const entry of end.entries) {
    if (!entry.allRead) continue;
    const staged = createStagedResource(names, entry.resource);
    await recordRejects(session, staged, runId, entry);
    await recordNewest(session, staged, entry);
  }
  return true;
}

async function recordResources(
  session: Session,
  runId: string,
  entries: readonly LedgerEntry[],
): Promise<void> {
  const resources = entries.map(({ chain, key, report, resource: { name } }) => ({
    ...report,
    run_id: runId,
    resource: name,
    derivation_key: key,
    chain_run_id: chain?.run_id ?? null,
    full_at: chain?.full_at ?? null,
    cursor: chain?.cursor ?? null,
    scope: chain?.scope ?? null,
  }));
  await insertRows(
    session,
    'run_resources',
    `run_id, resource, status, received, validated, errored, repeated, pass, not_modified, seconds, error, derivation_key,
     chain_run_id, full_at, cursor, scope`,
    resources,
  );
  const pages = entries.flatMap((entry) =>
    entry.report.pages
      .map((file, index) => ({ ...file, run_id: runId, resource: entry.resource.name, page: index + 1 }))
      // Earlier runs have already recorded the pages that they added to the chain.
      .filter(({ received_by }) => !continuesChain(entry, runId) || received_by === runId),
  );
  await insertRows(
    session,
    'run_pages',
    'run_id, resource, page, path, url, bytes, sha256, etag, received_by, captured_at, proof',
    pages,
  );
  const tables = resources.flatMap(({ resource, tables: counts }) =>
    Object.entries(counts).map(([name, one]) => ({ ...one, run_id: runId, table_name: name, resource })),
  );
  await insertRows(
    session,
    'run_tables',
    `run_id, table_name, resource, staged, inserted, updated, unchanged, deleted, held, live_before, live_after, digest,
     dangling, carried`,
    tables,
  );
}

/** Whether a run continues the chain of earlier runs. */
function continuesChain({ chain }: LedgerEntry, runId: string): boolean {
  return chain !== null && chain.run_id !== runId;
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
