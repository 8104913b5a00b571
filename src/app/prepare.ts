import { checkEncoding } from '../adapters/postgres/encoding.ts';
import { lockSchema, type Holder } from '../adapters/postgres/lock.ts';
import { migrateUp, migrationStates } from '../adapters/postgres/migrate.ts';
import { findUnready, type Unready } from '../adapters/postgres/readiness.ts';
import { checkRights } from '../adapters/postgres/rights.ts';
import { ledgerSchema } from '../adapters/postgres/sql.ts';
import { foreignStaging } from '../adapters/postgres/staging.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import type { Session } from '../adapters/postgres/session.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Source } from '../core/source.ts';
import type { Table } from '../core/table.ts';
import type { Dag } from '../engine/dag.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { migrationDirs } from './database.ts';
import type { OpenDatabase } from './runtime.ts';

/** If the embedded database is not in the configured folder, adds its folder to the command in the hint. */
export function hintAt(
  { database, ...config }: SourceConfig,
  dataDir: string,
  error: PipelineError,
): PipelineError {
  const { hint } = error;
  if (dataDir === config.dataDir || database.url !== null || hint === undefined) return error;
  const place = `spacex-pipeline --data-dir ${shellQuote(dataDir)} `;
  return error.withHint(hint.replace(/spacex-pipeline (?=query|migrate)/, place));
}

/** Applies `hintAt` to the errors of work on the database in that folder. */
export async function withHintsAt<T>(config: SourceConfig, dataDir: string, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    throw error instanceof PipelineError ? hintAt(config, dataDir, error) : error;
  });
}

/** What a command is about to do to the schema. */
export type Preparation = {
  readonly source: Source;
  readonly dag: Dag;
  /** Whether the command may apply pending migrations and recreate missing objects. */
  readonly mayMigrate: boolean;
  /** Whether the command writes to the target. If not, it only previews the changes. */
  readonly publishes: boolean;
};

/** A locked schema, with the objects that it lacks. */
export type Prepared = Pick<Preparation, 'dag' | 'source'> & {
  readonly unready: Unready;
  /** Whether anything has to be migrated or recreated before the run. */
  readonly migrates: boolean;
  /** Seconds spent waiting for the lock. */
  readonly lockSeconds: number;
};

export type PrepareDeps = {
  readonly clock: Clock;
  readonly log: Log;
  /** Called repeatedly while another run is using the schema. Without this function, a schema in use is an error. */
  readonly waitForLock?: (holder: Holder, session: Session, busy: PipelineError) => Promise<void>;
};

/**
 * Locks the schema. Throws `migration` if migrations are pending or the ledger lacks a table, and this command is not
 * allowed to migrate. Throws `database` if privileges are missing.
 */
export async function prepare(
  { database, session }: OpenDatabase,
  { dag, mayMigrate, publishes, source }: Preparation,
  { clock, log, waitForLock }: PrepareDeps,
): Promise<Prepared> {
  const { schema } = database;
  const asked = clock.elapsed();
  const wait =
    waitForLock === undefined
      ? null
      : (holder: Holder, busy: PipelineError): Promise<void> => waitForLock(holder, session, busy);
  await lockSchema(session, schema, wait);
  const lockSeconds = (clock.elapsed() - asked) / 1000;
  await checkEncoding(database, session);
  const tables = dag.resources.flatMap((resource): readonly Table[] => resource.tables);
  await checkRights(database, session, tables, publishes);
  for (const { owner, count, sql } of await foreignStaging(session, schema)) {
    const leftovers = `${count} staging ${count === 1 ? 'table' : 'tables'}`;
    log.warn(
      `Cannot drop ${leftovers} that a killed run left in schema ${schema}: ${owner} owns them. The run continues. To remove them, run the pipeline as ${owner}, or run this SQL as ${owner}: ${sql};`,
    );
  }
  const states = await migrationStates(session, database, migrationDirs(source));
  const pending = states.filter(({ applied_at }) => applied_at === null);
  const refuse = (reason: string, hint: string): never => {
    throw new PipelineError(`Cannot run on schema ${schema} in ${database.name}: ${reason}`, {
      code: 'migration',
      hint: publishes ? `Use --migrate, or run: ${hint}` : hint,
    });
  };
  if (pending.length > 0 && !mayMigrate)
    refuse(`${pending.length} of ${states.length} migrations are pending`, 'spacex-pipeline migrate up');
  const unready = await findUnready(database, session, dag.resources);
  const [lost] = unready.ledger;
  if (lost !== undefined && !mayMigrate)
    refuse(`table ${lost} is missing from schema ${ledgerSchema(schema)}`, 'spacex-pipeline migrate up');
  const isIncomplete = unready.ledger.length + unready.resources.size > 0;
  return {
    dag,
    source,
    unready,
    migrates: pending.length > 0 || (isIncomplete && mayMigrate),
    lockSeconds,
  };
}

/** Migrates if necessary. Returns the resources that still cannot be loaded, and why. */
export async function migrateIfNeeded(
  { database, session }: OpenDatabase,
  { dag, source, unready, migrates }: Prepared,
  { log }: { readonly log: Log },
): Promise<Unready['resources']> {
  if (!migrates) return unready.resources;
  const { made_again } = await migrateUp(session, database, migrationDirs(source));
  if (made_again.length > 0)
    log.warn(`recreated missing objects without their contents: ${made_again.join(', ')}`);
  return (await findUnready(database, session, dag.resources)).resources;
}
