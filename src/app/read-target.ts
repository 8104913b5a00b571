import { hasDatabase } from '../adapters/postgres/database-folder.ts';
import { migrationStates } from '../adapters/postgres/migrate.ts';
import { anythingPublished } from '../adapters/postgres/published.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { inEachSchema, inSchemaOf, migrationDirs, READ_WAIT_MS, withDatabase } from './database.ts';
import { embeddedDir, type OpenDatabase, type AppDeps } from './runtime.ts';
import { sandboxDataDir } from './data-folders.ts';

export type TargetDeps = AppDeps & {
  /** True if the work writes or needs exclusive access, so that no other process may hold the database. */
  readonly alone?: boolean;
};

/**
 * Runs `work` on the published data. `what` is the command. Throws `database` if there is no embedded database yet, and
 * `busy` if a run holds it. Throws `migration` if a newer program has migrated the schema, because its tables may
 * differ from the tables that this program expects.
 */
export async function readTarget<T>(
  config: SourceConfig,
  what: string,
  deps: TargetDeps,
  work: (opened: OpenDatabase) => Promise<T>,
): Promise<T> {
  return readAsItStands(config, what, deps, async (opened) => {
    await migrationStates(opened.session, opened.database, migrationDirs(config.source));
    return work(opened);
  });
}

/**
 * Runs `work` on each source that was ever migrated. If there is none, runs it on the first source, which then reports
 * the error.
 */
export async function readTargets<T>(
  configs: readonly SourceConfig[],
  what: string,
  deps: TargetDeps,
  work: (config: SourceConfig, opened: OpenDatabase) => Promise<T>,
): Promise<T[]> {
  const [first] = configs;
  if (first === undefined) return [];
  return readAsItStands(first, what, deps, async (opened) => {
    const found: T[] = [];
    await inEachSchema(configs, opened, async (config, own) => {
      const states = await migrationStates(own.session, own.database, migrationDirs(config.source));
      if (states.some(({ applied_at }) => applied_at !== null)) found.push(await work(config, own));
    });
    return found.length === 0 ? [await work(first, opened)] : found;
  });
}

/**
 * Runs `work` without checking the migrations, for commands that read the list of tables from the database and
 * therefore also work on the schema of a newer program.
 */
export async function readAsItStands<T>(
  config: SourceConfig,
  what: string,
  deps: TargetDeps,
  work: (opened: OpenDatabase) => Promise<T>,
): Promise<T> {
  const { dataDir } = config;
  if (config.database.url === null) requireEmbedded(dataDir, what);
  const reads = deps.alone !== true;
  return withDatabase(config, { ...deps, dataDir, what, reads, waitMs: READ_WAIT_MS }, work);
}

/** What to do if nothing has been published yet; null if something has been published or the ledger cannot be read. */
async function emptyHint({ session }: OpenDatabase): Promise<string | null> {
  const found = await anythingPublished(session);
  if (found === null || found.published) return null;
  const { newest } = found;
  if (newest === null) return 'spacex-pipeline run';
  return `See why run ${newest} published nothing: spacex-pipeline runs show ${newest}`;
}

/** The first source's hint; null if any source has published. */
export async function emptyHintOfAll(
  others: readonly SourceConfig[],
  opened: OpenDatabase,
): Promise<string | null> {
  const hint = await emptyHint(opened);
  if (hint === null) return null;
  for (const config of others) {
    const found = await inSchemaOf(config, opened, ({ session }) => anythingPublished(session));
    if (found?.published === true) return null;
  }
  return hint;
}

/** Throws `database` if there is no embedded database yet. */
export function requireEmbedded(dataDir: string, what: string): void {
  if (hasDatabase(embeddedDir(dataDir))) return;
  const simulated = sandboxDataDir(dataDir);
  throw new PipelineError(`Cannot ${what}: there is no database in ${dataDir} yet`, {
    code: 'database',
    hint:
      simulated === null
        ? 'spacex-pipeline run'
        : `List the tables of simulated records with: spacex-pipeline --data-dir ${shellQuote(simulated)} tables`,
  });
}
