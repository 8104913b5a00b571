import { NO_ROWS, rowCounts, type PastRun, type ResourceReport, type TableCounts } from '../../core/run.ts';
import { hasWriterDied } from './died.ts';
import { pagesSql } from './published.ts';
import type { Session } from './session.ts';

type RunRow = Omit<PastRun, 'source' | 'resources'> & { host: string; pid: number };

/** `died`: the status in the ledger is `running`, but the process no longer exists. */
export type LedgerRun = PastRun & { readonly died: boolean };

type ResourceRow = Omit<ResourceReport, 'tables' | keyof ReturnType<typeof rowCounts>> & {
  run_id: string;
  resource: string;
};

type TableRow = TableCounts & { run_id: string; resource: string; table_name: string };

/** The past runs of a source according to its ledger, newest first. */
export async function ledgerRuns(session: Session, source: string, limit: number): Promise<LedgerRun[]> {
  const runs = await session.rows<RunRow>(
    `SELECT run_id, status, address, simulated, started_at, finished_at, run_dir, job, error, host, pid
     FROM runs ORDER BY run_id DESC LIMIT $1`,
    [limit],
  );
  const ids = runs.map(({ run_id }) => run_id);
  const resources = await session.rows<ResourceRow>(
    `SELECT run_id, resource, status, received, validated, errored, repeated, pass, not_modified, seconds, error,
            ${pagesSql()} AS pages
     FROM run_resources rr WHERE run_id = ANY ($1)`,
    [ids],
  );
  const tables = await session.rows<TableRow>(
    `SELECT run_id, resource, table_name, staged, inserted, updated, unchanged, deleted, held, live_before,
            live_after, digest, dangling, carried
     FROM run_tables WHERE run_id = ANY ($1)`,
    [ids],
  );
  return runs.map(({ host, pid, ...run }) => ({
    ...run,
    source,
    resources: resourceReports(run.run_id, resources, tables),
    died: run.status === 'running' && hasWriterDied(session, { host, pid }),
  }));
}

function resourceReports(
  runId: string,
  resources: readonly ResourceRow[],
  tables: readonly TableRow[],
): Record<string, ResourceReport> {
  const reports: Record<string, ResourceReport> = {};
  for (const { run_id, resource, ...report } of resources) {
    if (run_id !== runId) continue;
    const own: Record<string, TableCounts> = {};
    for (const { run_id: tableRun, resource: tableResource, table_name, ...counts } of tables) {
      if (tableRun === runId && tableResource === resource) own[table_name] = counts;
    }
    reports[resource] = { ...report, ...rowCounts(own[resource] ?? NO_ROWS), tables: own };
  }
  return reports;
}
