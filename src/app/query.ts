import { isUnmigrated } from '../adapters/postgres/errors.ts';
import { migrationStates, missingNames } from '../adapters/postgres/migrate.ts';
import { readMigrations } from '../adapters/postgres/migration-files.ts';
import { runQuery } from '../adapters/postgres/query.ts';
import type { RowSet } from '../adapters/postgres/session.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError, reportError } from '../core/errors.ts';
import { sources } from '../sources/index.ts';
import { inSchemaOf, migrationDirs } from './database.ts';
import type { OpenDatabase } from './runtime.ts';
import type { HistoryDeps } from './history.ts';
import { hintOfAll, readAsItStands } from './read-target.ts';

/** `empty_hint` is what to do where nothing was ever published: no rows are no answer then. */
export type QueryAnswer = RowSet & { readonly empty_hint: string | null };

/** One statement on the target; names are looked for in the schema of the first source first. Throws `database` for an SQL error, `busy` when a run holds the embedded database. */
export async function queryTarget(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  sql: string,
  options: { readonly write: boolean },
  deps: HistoryDeps,
): Promise<QueryAnswer> {
  const [first, ...others] = configs;
  const schemas = configs.map(({ settings }) => settings.schema);
  return readAsItStands(first, 'query', { ...deps, alone: options.write }, async (opened) => {
    const result = await runQuery(opened.session, sql, { ...options, schemas }).catch(
      async (error: unknown) => {
        throw isUnmigrated(error) ? await tellMissing(configs, opened, sql, error) : error;
      },
    );
    return { ...result, empty_hint: options.write ? null : await hintOfAll(others, opened) };
  });
}

/** Some tables were dropped: that may be why. */
async function tellMissing(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  opened: OpenDatabase,
  sql: string,
  error: unknown,
): Promise<unknown> {
  const [{ source }] = configs;
  const { database, session } = opened;
  const { code, message } = reportError(error);
  const missing = (await missingNames(session, database, migrationDirs(source)).catch(() => null)) ?? [];
  if (missing.length === 0) {
    const absent = await neverLoaded(configs, opened, sql).catch(() => null);
    if (absent === null) return error;
    const flag = absent === sources[0].name ? '' : ` --source ${absent}`;
    const hint = `Nothing of ${absent} was loaded yet. Load it with: spacex-pipeline run${flag}`;
    return new PipelineError(message, { code, hint, cause: error });
  }
  const hint = `Missing from the database: ${missing.join(', ')}. Make it again with: spacex-pipeline migrate up`;
  return new PipelineError(message, { code, hint, cause: error });
}

/** The first source that was never migrated and would have a table or view that the statement names; null for none. */
async function neverLoaded(
  configs: readonly SourceConfig[],
  opened: OpenDatabase,
  sql: string,
): Promise<string | null> {
  const words = new Set(sql.match(/\w+/g));
  for (const config of configs) {
    const dirs = migrationDirs(config.source);
    const states = await inSchemaOf(config, opened, ({ database, session }) =>
      migrationStates(session, database, dirs),
    );
    if (states.some(({ applied_at }) => applied_at !== null)) continue;
    const made = (await readMigrations(dirs)).filter(({ place }) => place === 'target');
    const names = made.flatMap(({ up }) => [...up.matchAll(/^CREATE (?:TABLE|VIEW) (\w+)/gm)]);
    if (names.some(([, name = '']) => words.has(name))) return config.source.name;
  }
  return null;
}
