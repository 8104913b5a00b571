import { migrationStates } from '../../adapters/postgres/migrate.ts';
import { JOB_RIGHTS, checkRights } from '../../adapters/postgres/rights.ts';
import type { SourceConfig } from '../../config/for-source.ts';
import { PipelineError, reportError } from '../../core/errors.ts';
import { migrationDirs, withDatabase } from '../database.ts';
import { migrate, migrateJobQueue } from '../migrate.ts';
import type { AppDeps } from '../runtime.ts';

const POLL_MS = 500;

type Configs = readonly [SourceConfig, ...SourceConfig[]];

/**
 * Migrates the database if `mayMigrate` is true; otherwise throws `migration` if a migration is pending. Throws
 * `database` if this role is not allowed to record the results of jobs. Waits while another process is migrating or a
 * run is using the schema.
 */
export async function makeReady(configs: Configs, mayMigrate: boolean, deps: AppDeps): Promise<void> {
  await migrateAll(configs, mayMigrate, deps);
  for (const config of configs) await refuseUnready(config, deps);
}

async function migrateAll(configs: Configs, mayMigrate: boolean, deps: AppDeps): Promise<void> {
  for (;;) {
    const { migrations, missing } = await migrate(configs, 'status', deps);
    const pending = migrations.filter(({ applied_at }) => applied_at === null);
    const isReady = pending.length === 0 && (missing ?? []).length === 0;
    if (!mayMigrate) {
      if (isReady) return;
      throw pendingError(pending.length, migrations.length);
    }
    try {
      // A complete schema is not locked, because a run may be using it.
      await (isReady ? migrateJobQueue(configs[0], deps) : migrate(configs, 'up', deps));
      return;
    } catch (error) {
      // A process that holds an embedded database will not release it, so there is no point in waiting.
      const isServer = configs[0].database.url !== null;
      if (!isServer || !(error instanceof PipelineError) || error.code !== 'busy') throw error;
      await deps.clock.sleep(POLL_MS, deps.signal);
    }
  }
}

function pendingError(pending: number, all: number): PipelineError {
  return new PipelineError(`Cannot serve: ${pending} of ${all} migrations are pending`, {
    code: 'migration',
    hint: 'Use --migrate, or run: spacex-pipeline migrate up',
  });
}

/** The reasons why jobs on these schemas would fail; empty if there are none. */
export async function unreadyReasons(configs: Configs, deps: AppDeps): Promise<readonly string[]> {
  const reasons: string[] = [];
  for (const config of configs) {
    await refuseUnready(config, deps).catch((error: unknown) => {
      reasons.push(reportError(error).message);
    });
  }
  return reasons;
}

/**
 * Throws `migration` if the schema is older or newer than this program expects, and `database` if privileges are
 * missing.
 */
async function refuseUnready(config: SourceConfig, deps: AppDeps): Promise<void> {
  const options = { ...deps, dataDir: config.dataDir, what: 'serve', waitMs: 0 };
  await withDatabase(config, options, async ({ database, session }) => {
    const states = await migrationStates(session, database, migrationDirs(config.source));
    const pending = states.filter(({ applied_at }) => applied_at === null);
    if (pending.length > 0) throw pendingError(pending.length, states.length);
    await checkRights(database, session, [], true, JOB_RIGHTS);
  });
}
