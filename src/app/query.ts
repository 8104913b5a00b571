import { isUnmigrated } from '../adapters/postgres/errors.ts';
import { missingNames } from '../adapters/postgres/migrate.ts';
import { runQuery } from '../adapters/postgres/query.ts';
import type { RowSet } from '../adapters/postgres/session.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError, reportError } from '../core/errors.ts';
import { migrationDirs } from './database.ts';
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
        throw isUnmigrated(error) ? await tellMissing(first, opened, error) : error;
      },
    );
    return { ...result, empty_hint: options.write ? null : await hintOfAll(others, opened) };
  });
}

/** Some tables were dropped: that may be why. */
async function tellMissing(
  { source }: SourceConfig,
  { database, session }: OpenDatabase,
  error: unknown,
): Promise<unknown> {
  const missing = (await missingNames(session, database, migrationDirs(source)).catch(() => null)) ?? [];
  if (missing.length === 0) return error;
  const { code, message } = reportError(error);
  const hint = `Missing from the database: ${missing.join(', ')}. Make it again with: spacex-pipeline migrate up`;
  return new PipelineError(message, { code, hint, cause: error });
}
