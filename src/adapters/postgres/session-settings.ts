import { CANCELLED, sqlState } from './errors.ts';
import type { Session } from './session.ts';
import { columnList, ledgerSchema } from './sql.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * The settings of every session, regardless of the settings of the role, the database or the server. Everything else is
 * up to the administrator: where tables are stored, how much memory a statement may use, how durable a commit is, and
 * whether the role may write.
 */
const SETTINGS: Settings = {
  // CSV, JSON and digests are built from the text forms of values.
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'iso_8601',
  extra_float_digits: '1',
  bytea_output: 'hex',
  // How our SQL is parsed: constants with a backslash, NULL in an array, = NULL, and names quoted by format().
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  // Rows hidden by a policy would be missing from every count. With this setting, the server raises an error instead.
  row_security: 'off',
  // A publish first takes its locks and then reads. At a stricter level, it would read the state from before the locks.
  default_transaction_isolation: 'read committed',
  // An expected error, for example about a table that does not exist yet, must not end the session.
  exit_on_error: 'off',
  // A run waits for the API and for locks as long as the configuration allows.
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_session_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  // Compiling a merge of about forty columns takes more time than it saves.
  jit: 'off',
};

/**
 * Additional settings for servers: a server must soon notice that this program is unreachable, and release its locks.
 */
export const SERVER_SETTINGS: Settings = {
  tcp_keepalives_idle: '10s',
  tcp_keepalives_interval: '5s',
  tcp_keepalives_count: '3',
  // Linux uses this instead of the count.
  tcp_user_timeout: '25s',
};

const TRIES = 5;

/**
 * Retries a statement that takes almost no time, in case one of the role's limits ended it. This can happen with a
 * limit of one millisecond.
 */
export async function retryPastLimits<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || sqlState(error) !== CANCELLED) throw error;
    }
  }
}

/** Returns the backend's process id. */
export async function configureSession(
  session: Session,
  schema: string,
  more: Settings = {},
): Promise<number> {
  const search_path = searchPath(schema);
  const settings = Object.entries({ search_path, ...SETTINGS, ...more });
  return retryPastLimits(async () => {
    // Sent separately, because the next statement takes longer.
    await session.query('SET statement_timeout = 0');
    return applySettings(session, settings);
  });
}

/** Does the same for a gateway session, but omits the limits and turns off the gateway's read-only default. */
export async function configureServed(session: Session, schema: string): Promise<void> {
  const settings = { search_path: searchPath(schema), ...SETTINGS, default_transaction_read_only: 'off' };
  await applySettings(
    session,
    Object.entries(settings).filter(([name]) => !/_timeout$|^exit_on_error$/.test(name)),
  );
}

async function applySettings(
  session: Session,
  settings: readonly (readonly [name: string, value: string])[],
): Promise<number> {
  // An older server does not have all of these settings.
  const [backend] = await session.rows<{ pid: number }>(
    `SELECT pg_backend_pid() AS pid, set_config(name, value, false)
     FROM unnest($1::text[], $2::text[]) AS wanted (name, value) WHERE current_setting(name, true) IS NOT NULL`,
    [settings.map(([name]) => name), settings.map(([, value]) => value)],
  );
  return backend?.pid ?? 0;
}

/** The search path of a session for these schemas, in this order. */
export function searchPath(...schemas: readonly string[]): string {
  return columnList(schemas.flatMap((schema) => [schema, ledgerSchema(schema)]));
}
