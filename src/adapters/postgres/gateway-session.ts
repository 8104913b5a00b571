import type { Engine } from './engine.ts';
import { ident } from './sql.ts';

/** What PostgreSQL reports to every client when it starts. */
const REPORTED = [
  'application_name',
  'client_encoding',
  'DateStyle',
  'default_transaction_read_only',
  'in_hot_standby',
  'integer_datetimes',
  'IntervalStyle',
  'is_superuser',
  'scram_iterations',
  'search_path',
  'server_encoding',
  'server_version',
  'session_authorization',
  'standard_conforming_strings',
  'TimeZone',
];

type Setting = { readonly name: string; readonly setting: string };

/** What the session's user has set since RESET ALL. */
export async function ownSettings(engine: Engine): Promise<Map<string, string>> {
  const { rows } = await engine.query<Setting>(
    `SELECT name, current_setting(name) AS setting FROM pg_settings WHERE source = 'session' AND context = 'user'`,
  );
  return byName(rows);
}

export async function reportedSettings(engine: Engine): Promise<Map<string, string>> {
  const { rows } = await engine.query<Setting>(
    `SELECT name, current_setting(name) AS setting FROM unnest($1::text[]) AS name`,
    [REPORTED],
  );
  return byName(rows);
}

/** What may not be set, or is nonsense, stays as it was. */
export async function applySettings(engine: Engine, settings: ReadonlyMap<string, string>): Promise<void> {
  const sql = 'SELECT set_config(key, value, false) FROM json_each_text($1)';
  try {
    await engine.query(sql, [Object.fromEntries(settings)]);
  } catch {
    for (const [name, value] of settings) await engine.query(sql, [{ [name]: value }]).catch(() => undefined);
  }
}

export async function forgetStatements(engine: Engine, prefix: string): Promise<void> {
  const { rows } = await engine.query<{ name: string }>(
    'SELECT name FROM pg_prepared_statements WHERE starts_with(name, $1)',
    [prefix],
  );
  for (const { name } of rows) await engine.exec(`DEALLOCATE ${ident(name)}`);
}

function byName(rows: readonly Setting[]): Map<string, string> {
  return new Map(rows.map(({ name, setting }) => [name, setting]));
}
