import { schemaOf, useSchema } from './catalog.ts';
import { commit } from './commit.ts';
import { databaseError, NO_RIGHT, reasonOf, sqlState, type Hints } from './errors.ts';
import { lockMigrationsInTransaction } from './lock.ts';
import { readMigrations, type Migration } from './migration-files.ts';
import { appliedByCatalog, findMissing, restoreMissing, type Missing } from './repair.ts';
import {
  createHistory,
  readHistory,
  recordApplied,
  recordReverted,
  refuseOtherHistory,
  type History,
} from './migration-history.ts';
import type { Database, Session } from './session.ts';
import { ident, ledgerSchema } from './sql.ts';

export type MigrationState = {
  readonly name: string;
  /** ISO 8601 UTC; null while pending. */
  readonly applied_at: string | null;
};

/**
 * All migrations in these folders, in order. Writes nothing. Throws `migration` if the schema was created from
 * different files.
 */
export async function migrationStates(
  session: Session,
  { schema }: Database,
  dirs: readonly string[],
): Promise<MigrationState[]> {
  const [migrations, history] = await Promise.all([readMigrations(dirs), readHistory(session, schema)]);
  refuseOtherHistory(schema, migrations, history);
  return migrations.map(({ name }) => ({ name, applied_at: history.get(name)?.applied_at ?? null }));
}

export type Migrated = {
  /** Names of the migrations that were applied. */
  readonly applied: readonly string[];
  /** Objects of earlier migrations that were missing and have been restored. */
  readonly made_again: readonly string[];
};

/** Restores missing objects of applied migrations and applies pending migrations, all in one transaction. */
export async function migrateUp(
  session: Session,
  database: Database,
  dirs: readonly string[],
): Promise<Migrated> {
  const migrations = await readMigrations(dirs);
  const { schema } = database;
  return migrating(session, database, async (hints) => {
    await createSchemas(session, [schema, ledgerSchema(schema)]);
    await createHistory(session, schema);
    let history = await readHistory(session, schema);
    if (history.size === 0) {
      for (const one of await appliedByCatalog(session, schema, migrations))
        await recordApplied(session, schema, { ...one, sha256: null });
      history = await readHistory(session, schema);
    }
    refuseOtherHistory(schema, migrations, history);
    const missing = await missingOf(session, schema, migrations, history);
    await restoreMissing(session, schema, missing, hints);
    const pending = migrations.filter(({ name }) => !history.has(name));
    for (const migration of pending) {
      await useSchema(session, schemaOf(migration.place, schema));
      await session.query(migration.up).catch((error: unknown) => {
        throw failure(`apply migration ${migration.name} to schema ${schema}`, 'migrate up', error, hints);
      });
      await recordApplied(session, schema, migration);
    }
    return { applied: pending.map(({ name }) => name), made_again: missing.names };
  });
}

/** Objects of applied migrations that no longer exist; null if this role or server cannot check. Makes no changes. */
export async function missingNames(
  session: Session,
  { schema }: Database,
  dirs: readonly string[],
): Promise<readonly string[] | null> {
  const migrations = await readMigrations(dirs);
  try {
    await session.query('BEGIN');
    return (await missingOf(session, schema, migrations, await readHistory(session, schema))).names;
  } catch (error) {
    if (CANNOT_MAKE.includes(sqlState(error) ?? '')) return null;
    throw error;
  } finally {
    await session.query('ROLLBACK').catch(() => undefined);
  }
}

/**
 * The check requires temporary tables, which a read-only server rejects and which a role may not be allowed to create.
 */
const CANNOT_MAKE = ['25006', NO_RIGHT];

async function missingOf(
  session: Session,
  schema: string,
  migrations: readonly Migration[],
  history: History,
): Promise<Missing> {
  const applied = migrations.filter(({ name }) => history.has(name));
  if (applied.length === 0) return { parts: [], names: [] };
  return findMissing(session, schema, applied);
}

/** A role that is not allowed to create schemas can use existing ones, which stay untouched. */
async function createSchemas(session: Session, schemas: readonly string[]): Promise<void> {
  const missing = await session.rows<{ name: string; role: string }>(
    `SELECT name, current_user AS role FROM unnest($1::text[]) AS name
     WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name) ORDER BY length(name)`,
    [schemas],
  );
  const [first] = missing;
  try {
    for (const { name } of missing) await session.query(`CREATE SCHEMA ${ident(name)}`);
  } catch (error) {
    const statements = missing.map(
      ({ name, role }) => `CREATE SCHEMA ${ident(name)} AUTHORIZATION ${ident(role)};`,
    );
    throw databaseError(`create schema ${first?.name}`, error, undefined, {
      [NO_RIGHT]: `Run this as a role that can create schemas: ${statements.join(' ')}`,
    });
  }
}

/** Reverts the newest applied migration. Returns its name, or null if there is none. */
export async function migrateDown(
  session: Session,
  database: Database,
  dirs: readonly string[],
): Promise<string | null> {
  const migrations = await readMigrations(dirs);
  const { schema } = database;
  return migrating(session, database, async (hints) => {
    const history = await readHistory(session, schema);
    refuseOtherHistory(schema, migrations, history);
    const newest = migrations.findLast(({ name }) => history.has(name));
    if (newest === undefined) return null;
    await useSchema(session, schemaOf(newest.place, schema));
    await session.query(newest.down).catch((error: unknown) => {
      const what = `revert migration ${newest.name} of schema ${schema}`;
      throw failure(what, 'migrate down --yes', error, hints);
    });
    await recordReverted(session, schema, newest.name);
    return newest.name;
  });
}

/** SQLSTATEs of errors about dependent objects. */
const IN_USE = ['2BP01', '0A000'];

/** PostgreSQL names the dependent objects only in the detail of its error. */
function failure(what: string, command: string, error: unknown, hints: Hints): Error {
  const state = sqlState(error) ?? '';
  const detail = typeof error === 'object' && error !== null && 'detail' in error ? error.detail : null;
  if (!IN_USE.includes(state) || typeof detail !== 'string')
    return databaseError(what, error, undefined, hints);
  const reason = `${reasonOf(error)}: ${detail.trim().replaceAll('\n', '; ')}`;
  const named = Object.assign(new Error(reason, { cause: error }), { code: state });
  return databaseError(what, named, undefined, {
    [state]: `Drop the dependent objects (you can recreate them afterwards), then run: spacex-pipeline ${command}`,
  });
}

/** Owner-only operations cannot be granted to other roles. */
async function ownersHint(session: Session, schema: string): Promise<Hints> {
  const { owners } = await session.one<{ owners: string | null }>(
    `SELECT string_agg(DISTINCT pg_get_userbyid(relowner)::text, ', ') AS owners
     FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = ANY ($1) AND relkind IN ('r', 'v')`,
    [[schema, ledgerSchema(schema)]],
  );
  if (owners === null) return {};
  return { [NO_RIGHT]: `Connect as a superuser, or as the role that owns the tables: ${owners}` };
}

/** Runs `work` in one transaction. Any other migration of the same schema waits for it. */
async function migrating<T>(
  session: Session,
  database: Database,
  work: (hints: Hints) => Promise<T>,
): Promise<T> {
  let hints: Hints = {};
  try {
    await session.query('BEGIN');
    await lockMigrationsInTransaction(session, database.schema);
    hints = await ownersHint(session, database.schema);
    const result = await work(hints);
    await commit(
      session,
      `schema ${database.schema} was migrated`,
      'Check with: spacex-pipeline migrate status',
    );
    return result;
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw databaseError(`migrate schema ${database.schema} in ${database.name}`, error, undefined, hints);
  }
}
