import { PipelineError } from '../../core/errors.ts';
import type { TableChanges } from '../../core/preview.ts';
import type { Resource } from '../../core/resource.ts';
import type { PublishTransaction, Target } from '../../core/target.ts';
import { runChecks } from './checks.ts';
import { commitPublish, type CommitOptions } from './commit.ts';
import { wrapErrors, databaseError, LIMIT_HINTS, sqlState, UNDEFINED_TABLE } from './errors.ts';
import { isRunning, recordEnd } from './ledger.ts';
import { relockSchema } from './lock.ts';
import { countDangling, countVanishing, liveSql, mergeTable, readContents, survivingSql } from './merge.ts';
import { previewRejects, previewTable } from './preview.ts';
import { mergeTouched } from './merge-touched.ts';
import { readNewest } from './newest.ts';
import type { Database, Session } from './session.ts';
import { ident, literal } from './sql.ts';
import { createStagedResource, type StagedResource } from './staged-resource.ts';
import { createShared, dropStaging, openStaging, type StagingNames } from './staging.ts';

/** The target of one run. `session` is the session that holds the schema's lock. */
export function openTarget(
  database: Database,
  session: Session,
  run: {
    readonly id: string;
    readonly staging: StagingNames;
    readonly lockTimeoutSeconds: number;
    readonly statementTimeoutSeconds: number;
    readonly wait: CommitOptions['wait'];
  },
): Target {
  const names = run.staging;
  const stagedOf = (resource: Resource, deletes: boolean): StagedResource =>
    createStagedResource(names, resource, deletes);
  /** The limits for the rest of a transaction. */
  const limits = Object.entries({
    lock_timeout: run.lockTimeoutSeconds,
    statement_timeout: run.statementTimeoutSeconds,
  }).map(([name, seconds]) => `SET LOCAL ${name} = ${literal(`${seconds}s`)}`);

  let shared: Promise<void> | null = null;
  const staged = new Set<string>();

  const transaction: PublishTransaction = {
    countVanishing: (resource) => countVanishing(session, stagedOf(resource, true)),
    merge: (table, resource, deletes) => mergeTable(session, stagedOf(resource, deletes), table, run.id),
    mergeTouched: (table, resource, left) =>
      mergeTouched(session, stagedOf(resource, false), table, run.id, left),
    contents: (resource) => readContents(session, resource.tables),
    countDangling: (table) => countDangling(session, table),
    async record(end) {
      if (!(await recordEnd(session, names, run.id, end))) throw superseded(run.id);
    },
  };

  return {
    async stage(resource) {
      await (shared ??= createShared(session, names));
      staged.add(resource.name);
      return openStaging(database, names, resource);
    },

    async lookup(resource, column, deletes) {
      const sql = staged.has(resource.name)
        ? survivingSql(stagedOf(resource, deletes), column)
        : liveSql(resource, column);
      const found = await wrapErrors(`look up ${column} of ${resource.name}`, () =>
        session.rows<{ id: string; value: string | null }>(sql),
      );
      return new Map(found.map(({ id, value }) => [id, value]));
    },

    newest: (resource, ids) =>
      wrapErrors(`look up known records of ${resource.name}`, () => readNewest(session, resource.name, ids)),

    contents: (resource) =>
      wrapErrors(
        `read the tables of ${resource.name}`,
        () => readContents(session, resource.tables, limits),
        undefined,
        LIMIT_HINTS,
      ),

    preview: (resource, scope) =>
      wrapErrors(`compare ${resource.name} with the published data`, async () => {
        const stagedResource = stagedOf(resource, scope.deletes);
        const tables: Record<string, TableChanges> = {};
        for (const table of resource.tables) {
          tables[table.name] = await previewTable(session, stagedResource, table, scope);
        }
        return { tables, rejects: await previewRejects(session, stagedResource) };
      }),

    discard: () => dropStaging(session, database.schema),

    async check(resources, touched) {
      const limit = (seconds: number) =>
        session.execute(`SELECT set_config('statement_timeout', $1, false)`, [`${seconds}s`]);
      await limit(run.statementTimeoutSeconds);
      try {
        return await runChecks(session, run.id, resources, touched);
      } finally {
        await limit(0);
      }
    },

    async publish(tables, work) {
      try {
        await session.query('BEGIN');
        await session.query(limits.join('; '));
        if (!(await relockSchema(session, database.schema))) throw superseded(run.id);
        // Readers continue; other writers wait. All runs lock tables in the same order, so that no two runs ever wait
        // for each other.
        const lockOrder = tables.map(({ name }) => ident(name)).sort();
        await session.query(`LOCK TABLE ${lockOrder.join(', ')} IN SHARE ROW EXCLUSIVE MODE`);
        const result = await work(transaction);
        await commitPublish(session, database, { ...run, runId: run.id });
        await dropStaging(session, database.schema).catch(() => undefined);
        return result;
      } catch (error) {
        await session.query('ROLLBACK').catch(() => undefined);
        // Staging tables are missing if another run has started since then and has ended this one in the ledger.
        if (sqlState(error) === UNDEFINED_TABLE && !(await isRunning(session, run.id)))
          throw superseded(run.id);
        throw databaseError(
          `publish run ${run.id} to schema ${database.schema}`,
          error,
          'Nothing was published, and the existing rows are unchanged.',
          LIMIT_HINTS,
        );
      }
    },
  };
}

function superseded(runId: string): PipelineError {
  return new PipelineError(`Cannot publish run ${runId}: another run has since taken over the schema`, {
    code: 'busy',
    hint: 'Start a new run.',
  });
}
