import { isUnmigrated, statementFault } from '../adapters/postgres/errors.ts';
import { migrationStates, missingNames } from '../adapters/postgres/migrate.ts';
import { readMigrations } from '../adapters/postgres/migration-files.ts';
import { nameInFault } from '../adapters/postgres/query-hints.ts';
import { runQuery } from '../adapters/postgres/query.ts';
import type { RowSet } from '../adapters/postgres/session.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import { inSchemaOf, migrationDirs } from './database.ts';
import type { OpenDatabase, AppDeps } from './runtime.ts';
import { flagFor } from './source-flag.ts';
import { emptyHintOfAll, readAsItStands } from './read-target.ts';

/** `empty_hint` explains what to do if nothing has been published yet, because an empty result then means nothing. */
export type QueryAnswer = RowSet & { readonly empty_hint: string | null };

/**
 * Runs one statement on the target. Name lookup starts in the first source's schema. Throws `database` for an SQL
 * error, and `busy` if a run holds the embedded database.
 */
export async function queryTarget(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  sql: string,
  options: { readonly write: boolean },
  deps: AppDeps,
): Promise<QueryAnswer> {
  const [first, ...others] = configs;
  const schemas = configs.map(({ settings }) => settings.schema);
  return readAsItStands(first, 'query', { ...deps, alone: options.write }, async (opened) => {
    const result = await runQuery(opened.session, sql, { ...options, schemas }).catch(
      async (error: unknown) => {
        throw isUnmigrated(error) ? await withMissing(configs, opened, sql, error) : error;
      },
    );
    return { ...result, empty_hint: options.write ? null : await emptyHintOfAll(others, opened) };
  });
}

/** The position of an error in the statement, counted in characters from 1; null if PostgreSQL reports none. */
export function placeOf(error: unknown): number | null {
  return error instanceof PipelineError ? (statementFault(error.cause)?.position ?? null) : null;
}

/** Adds a hint about missing tables if they may be the cause of the error. */
async function withMissing(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  opened: OpenDatabase,
  sql: string,
  error: unknown,
): Promise<unknown> {
  const [{ source }] = configs;
  const { database, session } = opened;
  const missing = (await missingNames(session, database, migrationDirs(source)).catch(() => null)) ?? [];
  const { cause } = error instanceof PipelineError ? error : {};
  // PostgreSQL adds a hint only if the table exists.
  if ((statementFault(cause)?.hint ?? null) !== null) return error;
  const named = new Set(nameInFault(sql, cause));
  const isMeant = (name: string): boolean => name.split(/[ .]/).some((part) => named.has(part));
  if (!missing.some((name) => name.startsWith('everything') || isMeant(name))) {
    const absent = await neverLoaded(configs, opened, named).catch(() => null);
    if (absent === null) return error;
    return hinting(
      error,
      `Nothing from ${absent} has been loaded yet. Load it with: spacex-pipeline run${flagFor(absent)}`,
    );
  }
  const names = missing.join(', ');
  return hinting(
    error,
    `The database lacks ${names}. Recreate the missing objects with: spacex-pipeline migrate up`,
  );
}

function hinting(error: unknown, hint: string): unknown {
  return error instanceof PipelineError ? error.withHint(hint) : error;
}

/**
 * The first source that was never migrated and would have a table or view with one of these names; null if there is
 * none.
 */
async function neverLoaded(
  configs: readonly SourceConfig[],
  opened: OpenDatabase,
  named: ReadonlySet<string>,
): Promise<string | null> {
  for (const config of configs) {
    const dirs = migrationDirs(config.source);
    const states = await inSchemaOf(config, opened, ({ database, session }) =>
      migrationStates(session, database, dirs),
    );
    if (states.some(({ applied_at }) => applied_at !== null)) continue;
    const made = (await readMigrations(dirs)).filter(({ place }) => place === 'target');
    const names = made.flatMap(({ up }) => [...up.matchAll(/^CREATE (?:TABLE|VIEW) (\w+)/gm)]);
    if (names.some(([, name = '']) => named.has(name))) return config.source.name;
  }
  return null;
}
