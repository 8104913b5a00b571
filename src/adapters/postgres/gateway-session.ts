import { serialize } from 'pg-protocol';

import { EngineError, type Engine } from './engine.ts';
import { ident, literal } from './sql.ts';

/** The state that is restored for a client at its next turn. */
export type SavedSession = {
  /** The session's user. `role` is the role that the user has set, or `none`. */
  readonly user: string;
  readonly role: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly statements: readonly PreparedStatement[];
  /** The channels that the session listens on. */
  readonly channels: readonly string[];
};

/** `sql` is a PREPARE statement, or the text that a client prepared through the protocol. */
type PreparedStatement = {
  readonly name: string;
  readonly sql: string;
  readonly types: readonly number[];
  readonly by_sql: boolean;
};

/** The role of all clients. It can read everything. */
const READER = 'pg_read_all_data';

export const NEW_SESSION: SavedSession = {
  user: READER,
  role: 'none',
  settings: {},
  statements: [],
  channels: [],
};

/** The settings that PostgreSQL reports to every client when a session starts. */
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

/**
 * The engine does not survive a character that it cannot convert from UTF-8. Without these conversions, it rejects
 * clients with other encodings.
 */
const CONVERSIONS = `UPDATE pg_catalog.pg_conversion SET condefault = false
  WHERE condefault AND conforencoding = pg_catalog.pg_char_to_encoding('UTF8')`;

/**
 * Must be called before the first client is served. Leaves the session unchanged, except that its user becomes
 * postgres.
 */
export async function prepareEngine(engine: Engine): Promise<void> {
  await engine.exec(`SET SESSION AUTHORIZATION postgres; BEGIN READ WRITE; ${CONVERSIONS}; COMMIT`);
}

/** Settings that can make PostgreSQL end a session, which would make the engine hang. */
const SESSION_ENDING = [
  'idle_session_timeout',
  'idle_in_transaction_session_timeout',
  'transaction_timeout',
  'exit_on_error',
];

/** Whether the text may set one of these settings. */
export function mayEndSession(text: string): boolean {
  return /_timeout|exit_on_error/i.test(text);
}

export const RESET_SESSION_ENDING = serialize.query(SESSION_ENDING.map((name) => `RESET ${name}`).join('; '));

/** All changed settings, except transaction settings. */
const OWN_SETTINGS = `SELECT name, pg_catalog.current_setting(name) AS value FROM pg_catalog.pg_settings
  WHERE source = 'session' AND context IN ('user', 'superuser') AND NOT starts_with(name, 'transaction_')`;

/** PostgreSQL does not list custom settings such as `app.user`. After a RESET, they are empty. */
const OWN_NAMES = `SELECT name, pg_catalog.current_setting(name, true) FROM pg_catalog.unnest($1::text[]) AS name
  WHERE pg_catalog.current_setting(name, true) <> ''`;

const OWN_STATEMENTS = `SELECT name, statement AS sql, parameter_types::oid[]::bigint[] AS types, from_sql AS by_sql
  FROM pg_catalog.pg_prepared_statements`;

/** Names the kinds of objects that cannot be restored, worded for the client. */
const BINDING = `SELECT pg_catalog.concat_ws(', ',
  CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_depend WHERE refclassid = 'pg_catalog.pg_namespace'::regclass
    AND refobjid = pg_catalog.pg_my_temp_schema()) THEN 'temporary tables' END,
  CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_cursors WHERE is_holdable) THEN 'cursors WITH HOLD' END,
  CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory') THEN 'advisory locks' END,
  CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_prepared_statements WHERE from_sql
    AND pg_catalog.rtrim(statement, E'; \\t\\r\\n') LIKE '%;%') THEN 'statements prepared among others' END)`;

const SAVE = `SELECT session_user AS user, pg_catalog.current_setting('role') AS role,
  (SELECT coalesce(json_object_agg(name, value), '{}') FROM (${OWN_SETTINGS} UNION ALL ${OWN_NAMES}) s) AS settings,
  (SELECT coalesce(json_agg(s), '[]') FROM (${OWN_STATEMENTS}) s) AS statements,
  (SELECT coalesce(json_agg(c), '[]') FROM pg_catalog.pg_listening_channels() AS c) AS channels,
  (${BINDING}) AS binding`;

/**
 * Must be called outside a transaction. Returns what the user has changed in the session, or the changes that cannot be
 * restored. `names` lists possible custom settings.
 */
export async function saveSession(
  engine: Engine,
  names: readonly string[],
): Promise<SavedSession | { readonly binding: string }> {
  const [row] = await engine.query<SavedSession & { readonly binding: string }>(SAVE, [names]);
  if (row === undefined) throw new Error('the embedded database did not return its session state');
  const { binding, ...saved } = row;
  return binding === '' ? saved : { binding };
}

/** Must be called outside a transaction. `unnamed` prepares the unnamed statement. */
export async function restoreSession(
  engine: Engine,
  { user, role, settings, statements, channels }: SavedSession,
  unnamed: Buffer | null,
): Promise<void> {
  await engine.exec(
    'SET SESSION AUTHORIZATION postgres; RESET ALL; DEALLOCATE ALL; UNLISTEN *; DISCARD SEQUENCES',
  );
  if (Object.keys(settings).length > 0) await engine.query(SET_CONFIG, [settings]);
  const statementsOfUser = [`SET SESSION AUTHORIZATION ${ident(user)}`];
  if (role !== 'none') statementsOfUser.push(`SET ROLE ${ident(role)}`);
  statementsOfUser.push(...channels.map((channel) => `LISTEN ${ident(channel)}`));
  await engine.exec(statementsOfUser.join('; '));
  // Each statement is sent separately, because none of them would be prepared if they were sent as a single string.
  const messages = statements.flatMap(({ name, sql: text, types, by_sql: bySql }) =>
    bySql
      ? [serialize.parse({ text }), serialize.bind(), serialize.execute(), serialize.sync()]
      : [serialize.parse({ name, text, types: [...types] }), serialize.sync()],
  );
  if (unnamed !== null) messages.push(unnamed, serialize.sync());
  if (messages.length > 0) await engine.send(Buffer.concat(messages));
}

const SET_CONFIG = 'SELECT pg_catalog.set_config(key, value, false) FROM pg_catalog.json_each_text($1)';

/** Applies the settings and returns the ones that took effect. Forbidden and invalid settings are ignored. */
export async function startSettings(
  engine: Engine,
  wanted: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>();
  for (const [name, value] of wanted) {
    if (SESSION_ENDING.includes(name.toLowerCase())) continue;
    try {
      await engine.query(SET_CONFIG, [{ [name]: value }]);
      held.set(name, value);
    } catch (error) {
      if (sqlStateOf(error) === null) throw error;
    }
  }
  return held;
}

/**
 * Restores the settings that a client started with, in case the client has reset its session. Must be called outside a
 * transaction.
 */
export async function restoreStart(engine: Engine, start: ReadonlyMap<string, string>): Promise<void> {
  const [found] = await engine.query<{ user_reset: boolean; missing: readonly string[] }>(
    `SELECT pg_catalog.current_setting('session_authorization') = '' AS user_reset, ARRAY(
      SELECT n FROM pg_catalog.unnest($1::text[]) AS n LEFT JOIN pg_catalog.pg_settings s ON lower(s.name) = lower(n)
      WHERE CASE WHEN s.name IS NULL THEN coalesce(pg_catalog.current_setting(n, true), '') = ''
        ELSE s.source <> 'session' END) AS missing`,
    [[...start.keys()]],
  );
  const { user_reset: userReset = false, missing = [] } = found ?? {};
  const sql = missing.map(
    (name) => `SELECT pg_catalog.set_config(${literal(name)}, ${literal(start.get(name) ?? '')}, false)`,
  );
  if (userReset) sql.unshift(`SET SESSION AUTHORIZATION ${ident(READER)}`);
  if (sql.length > 0) await engine.exec(sql.join('; '));
}

/** Also works in a transaction, because it does not take the transaction's snapshot. */
export async function reportedSettings(engine: Engine): Promise<ReadonlyMap<string, string>> {
  const shown = await engine.exec(REPORTED.map((name) => `SHOW ${name}`).join('; '));
  return new Map(shown.map(([row], index) => [REPORTED[index] ?? '', String(Object.values(row ?? {})[0])]));
}

/** Null if it is not an SQL error. The engine survives SQL errors. */
export function sqlStateOf(error: unknown): string | null {
  return error instanceof EngineError ? error.failure.code : null;
}
