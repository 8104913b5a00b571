import type { RawFile, RunStatus } from '../../core/run.ts';
import type { Table } from '../../core/table.ts';
import { exactJson } from '../../lib/json-source.ts';
import { databaseError } from './errors.ts';
import { pagesSql } from './published.ts';
import { inSnapshot } from './read-table.ts';
import type { Session } from './session.ts';
import { columnList, ident } from './sql.ts';

export type TargetRow = Readonly<Record<string, unknown>> & {
  readonly _run_id: string;
  readonly _first_run_id: string;
  readonly _loaded_at: string;
};

/** The last state of a deleted row, and the run that deleted it. */
export type Tombstone = {
  readonly run_id: string;
  readonly deleted_at: string;
  readonly row: Readonly<Record<string, unknown>>;
};

/** The facts about a run that explain a row. */
export type RunFacts = {
  readonly run_id: string;
  readonly status: RunStatus;
  readonly address: string;
  readonly simulated: boolean | null;
  readonly started_at: string;
  readonly finished_at: string | null;
  readonly host: string;
  readonly run_dir: string;
};

/** The pages that a published run is based on. If several runs share a chain, these are the pages of the last run. */
export type PublishedRun = Pick<RunFacts, 'run_id' | 'host' | 'run_dir'> & {
  readonly pages: readonly RawFile[];
};

export type Provenance = {
  /** The rows that the record currently has in the table. */
  readonly rows: readonly TargetRow[];
  /** Newest first. */
  readonly tombstones: readonly Tombstone[];
  /** The runs that the rows and tombstones refer to. */
  readonly runs: readonly RunFacts[];
  /**
   * Newest first. For a deleted row, only runs before the one that deleted it, because that run did not receive the
   * record.
   */
  readonly published: readonly PublishedRun[];
};

/** What the target and the ledger contain about the rows of one record, from a single snapshot of the database. */
export async function readProvenance(
  session: Session,
  { resource, table }: { readonly resource: string; readonly table: Table },
  id: string,
): Promise<Provenance> {
  try {
    return await inSnapshot(session, async () => {
      // Users may have added columns with any name and type.
      const found = await session.printed(
        `SELECT * FROM ${ident(table.name)} WHERE ${ident(table.owner)} = $1 ORDER BY ${columnList(table.key)}`,
        [id],
      );
      const live = found.rows.map(
        (values) =>
          Object.fromEntries(found.columns.map((column, index) => [column, values[index]])) as TargetRow,
      );
      const gone = await session.rows<Omit<Tombstone, 'row'> & { readonly row: string }>(
        `SELECT run_id, deleted_at, "row"::text FROM tombstones WHERE table_name = $1 AND row_id = $2
         ORDER BY tombstone_id DESC`,
        [table.name, id],
      );
      const tombstones = gone.map((one) => ({ ...one, row: exactJson(one.row) as Tombstone['row'] }));
      const runIds = [
        ...live.flatMap(({ _first_run_id, _run_id }) => [_first_run_id, _run_id]),
        ...tombstones.map(({ run_id }) => run_id),
      ];
      const runs = await session.rows<RunFacts>(
        `SELECT run_id, status, address, simulated, started_at, finished_at, host, run_dir
         FROM runs WHERE run_id = ANY ($1) ORDER BY run_id`,
        [runIds],
      );
      const published = await session.rows<PublishedRun>(
        `SELECT r.run_id, r.host, r.run_dir, ${pagesSql()} AS pages
         FROM (SELECT DISTINCT ON (coalesce(o.chain_run_id, o.run_id)) o.*
               FROM run_resources o JOIN runs p USING (run_id)
               WHERE o.resource = $1 AND o.status = 'succeeded' AND p.status IN ('succeeded', 'partial')
                 AND ($2::text IS NULL OR o.run_id < $2)
               ORDER BY coalesce(o.chain_run_id, o.run_id), o.run_id DESC) rr JOIN runs r USING (run_id)
         ORDER BY r.run_id DESC`,
        [resource, live.length > 0 ? null : (tombstones[0]?.run_id ?? null)],
      );
      return { rows: live, tombstones, runs, published };
    });
  } catch (error) {
    throw databaseError(
      `explain ${table.name} ${id}`,
      error,
      'Create the tables with: spacex-pipeline migrate up',
    );
  }
}
