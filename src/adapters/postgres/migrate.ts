import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ClientBase } from 'pg';

import { PipelineError } from '../../core/errors.ts';
import { commit } from './commit.ts';
import { databaseError, NO_RIGHT } from './errors.ts';
import { lockMigrationsInTransaction } from './lock.ts';
import { execute, rows, type Database, type Session } from './session.ts';
import { ident, ledgerSchema } from './sql.ts';

export type MigrationState = {
  readonly name: string;
  /** ISO 8601 UTC, null while pending. */
  readonly applied_at: string | null;
};

type Migration = {
  readonly name: string;
  readonly place: 'target' | 'ledger';
  readonly up: string;
  readonly down: string;
};

/** Every migration of this program and of the database, in order. Writes nothing. */
export async function migrationStates(
  session: Session,
  database: Database,
  dir: string,
): Promise<MigrationState[]> {
  const [migrations, applied] = await Promise.all([
    readMigrations(dir),
    appliedMigrations(session.client, database.schema),
  ]);
  const known = new Set(migrations.map(({ name }) => name));
  const newer = [...applied.keys()].find((name) => !known.has(name));
  if (newer !== undefined) {
    throw new PipelineError(
      `Cannot use schema ${database.schema}: it was migrated by a newer version of this program (${newer})`,
      { code: 'migration', hint: 'Use that version of spacex-pipeline, or another --schema.' },
    );
  }
  return migrations.map(({ name }) => ({ name, applied_at: applied.get(name) ?? null }));
}

/** Applies what is pending, all in one transaction. Gives the names that it applied. */
export async function migrateUp(session: Session, database: Database, dir: string): Promise<string[]> {
  const migrations = await readMigrations(dir);
  return migrating(session.client, database, async (client) => {
    await createSchemas(client, [database.schema, ledgerSchema(database.schema)]);
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${historyTable(database.schema)}
         (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const applied = await appliedMigrations(client, database.schema);
    const pending = migrations.filter(({ name }) => !applied.has(name));
    for (const migration of pending) {
      await runSql(client, database.schema, migration, migration.up);
      await execute(client, `INSERT INTO ${historyTable(database.schema)} (name) VALUES ($1)`, [
        migration.name,
      ]);
    }
    return pending.map(({ name }) => name);
  });
}

/** A role that may not create schemas may still be given them: those that are there stay untouched. */
async function createSchemas(client: ClientBase, schemas: readonly string[]): Promise<void> {
  const missing = await rows<{ name: string; role: string }>(
    client,
    `SELECT name, current_user AS role FROM unnest($1::text[]) AS name
     WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = name) ORDER BY length(name)`,
    [schemas],
  );
  const [first] = missing;
  try {
    for (const { name } of missing) await client.query(`CREATE SCHEMA ${ident(name)}`);
  } catch (error) {
    const statements = missing.map(
      ({ name, role }) => `CREATE SCHEMA ${ident(name)} AUTHORIZATION ${ident(role)};`,
    );
    throw databaseError(`create schema ${first?.name}`, error, undefined, {
      '42501': `Let a role that may create schemas type: ${statements.join(' ')}`,
    });
  }
}

/** Takes the newest applied migration back. Gives its name, or null where there is none. */
export async function migrateDown(session: Session, database: Database, dir: string): Promise<string | null> {
  const migrations = await readMigrations(dir);
  return migrating(session.client, database, async (client) => {
    const applied = await appliedMigrations(client, database.schema);
    const newest = migrations.findLast(({ name }) => applied.has(name));
    if (newest === undefined) return null;
    await runSql(client, database.schema, newest, newest.down);
    await execute(client, `DELETE FROM ${historyTable(database.schema)} WHERE name = $1`, [newest.name]);
    return newest.name;
  });
}

function historyTable(schema: string): string {
  return ident(ledgerSchema(schema), 'migrations');
}

async function runSql(client: ClientBase, schema: string, migration: Migration, sql: string): Promise<void> {
  const place = migration.place === 'ledger' ? ledgerSchema(schema) : schema;
  const owners = await ownersHint(client, schema);
  await client.query(`SELECT set_config('search_path', $1, true)`, [ident(place)]);
  try {
    await client.query(sql);
  } catch (error) {
    throw databaseError(`apply migration ${migration.name} to schema ${schema}`, error, undefined, owners);
  }
}

/** What only an owner may do, nobody can GRANT. */
async function ownersHint(client: ClientBase, schema: string): Promise<Readonly<Record<string, string>>> {
  const [found] = await rows<{ owners: string | null }>(
    client,
    `SELECT string_agg(DISTINCT pg_get_userbyid(relowner)::text, ', ') AS owners
     FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = ANY ($1) AND relkind IN ('r', 'v')`,
    [[schema, ledgerSchema(schema)]],
  );
  const owners = found?.owners ?? null;
  if (owners === null) return {};
  return { [NO_RIGHT]: `Connect as a superuser, or as the role that owns the tables: ${owners}` };
}

/** One transaction; whoever migrates the same schema at the same time waits for it. */
async function migrating<T>(
  client: ClientBase,
  database: Database,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  try {
    await client.query('BEGIN');
    await lockMigrationsInTransaction(client, database.schema);
    const result = await work(client);
    await commit(client, `schema ${database.schema} was migrated`, 'spacex-pipeline migrate status');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw databaseError(`migrate schema ${database.schema} in ${database.name}`, error);
  }
}

async function appliedMigrations(client: ClientBase, schema: string): Promise<Map<string, string>> {
  const [found] = await rows<{ there: boolean }>(client, 'SELECT to_regclass($1) IS NOT NULL AS there', [
    historyTable(schema),
  ]);
  if (found?.there !== true) return new Map();
  const applied = await rows<{ name: string; applied_at: string }>(
    client,
    `SELECT name, applied_at FROM ${historyTable(schema)} ORDER BY name`,
  );
  return new Map(applied.map(({ name, applied_at }) => [name, applied_at]));
}

async function readMigrations(dir: string): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) =>
      parseMigration(name.slice(0, -'.sql'.length), await readFile(join(dir, name), 'utf8')),
    ),
  );
}

/** A migration says where its objects go (`-- schema: target` or `ledger`), then `-- up`, then `-- down`. */
function parseMigration(name: string, sql: string): Migration {
  const match = /^-- schema: (target|ledger)\n\n-- up\n(.*)\n-- down\n(.*)$/s.exec(sql);
  const [, place, up, down] = match ?? [];
  if ((place !== 'target' && place !== 'ledger') || up === undefined || down === undefined) {
    throw new PipelineError(`Cannot read migration ${name}: it lacks "-- schema:", "-- up" or "-- down"`, {
      code: 'internal',
    });
  }
  return { name, place, up, down };
}
