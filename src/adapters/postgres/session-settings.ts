import { CANCELLED, sqlState } from './errors.ts';
import type { Session } from './session.ts';
import { columnList, ledgerSchema } from './sql.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * The settings of every session, whatever the role, the database or the server has set. Everything else is up to the
 * administrator: where tables are stored, how much memory a statement takes, how durable a commit is, whether the role
 * may write.
 */
const SETTINGS: Settings = {
  // CSV, JSON and digests are made from the text forms of values.
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'iso_8601',
  extra_float_digits: '1',
  bytea_output: 'hex',
  // How our SQL is parsed: constants with a backslash, NULL in an array, = NULL, and names that format() quotes.
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  // Rows hidden by a policy would be missing from every count: the server refuses instead.
  row_security: 'off',
  // Publish first takes its locks and then reads: at a stricter level it would read the state before the locks.
  default_transaction_isolation: 'read committed',
  // An expected error, for example about a table that does not exist yet, must not end the session.
  exit_on_error: 'off',
  // A run waits for the API and for locks as long as the configuration says.
  statement_timeout: '0',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_session_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  // Compiling a merge of some forty columns takes longer than it saves.
  jit: 'off',
};

/** For servers, in addition: a server must soon notice that this program is out of reach, and release its locks. */
export const SERVER_SETTINGS: Settings = {
  tcp_keepalives_idle: '10s',
  tcp_keepalives_interval: '5s',
  tcp_keepalives_count: '3',
  // Linux uses this instead of the count.
  tcp_user_timeout: '25s',
};

const TRIES = 5;

/** Tries again if a limit of the role ended a statement that takes almost no time, as a limit of a millisecond may. */
export async function retryPastLimits<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || sqlState(error) !== CANCELLED) throw error;
    }
  }
}

/** Returns the process id of the backend. */
export async function configureSession(
  session: Session,
  schema: string,
  more: Settings = {},
): Promise<number> {
  const search_path = searchPath(schema);
  const settings = Object.entries({ search_path, ...SETTINGS, ...more });
  return retryPastLimits(async () => {
    // On its own, because what follows takes longer.
    await session.query('SET statement_timeout = 0');
    return applySettings(session, settings);
  });
}

/** The same for a session of a gateway: leaves out the limits, and turns off the gateway's read-only default. */
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
  // An older server does not know all of them.
  const [backend] = await session.rows<{ pid: number }>(
    `SELECT pg_backend_pid() AS pid, set_config(name, value, false)
     FROM unnest($1::text[], $2::text[]) AS wanted (name, value) WHERE current_setting(name, true) IS NOT NULL`,
    [settings.map(([name]) => name), settings.map(([, value]) => value)],
  );
  return backend?.pid ?? 0;
}

/** Where a session of these schemas looks for names, first schema first. */
export function searchPath(...schemas: readonly string[]): string {
  return columnList(schemas.flatMap((schema) => [schema, ledgerSchema(schema)]));
}
