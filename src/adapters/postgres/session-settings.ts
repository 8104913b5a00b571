import { CANCELLED, sqlState } from './errors.ts';
import type { Session } from './session.ts';
import { columnList, ledgerSchema } from './sql.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * What every session has, whatever the role, the database or the server has set. What is not here is for the
 * administrator to say: where tables are stored, what memory a statement takes, how durable a commit is, whether the
 * role may write.
 */
const SETTINGS: Settings = {
  // CSV, JSON and digests are made from the text forms of values.
  TimeZone: 'UTC',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'iso_8601',
  extra_float_digits: '1',
  bytea_output: 'hex',
  // How our SQL is read: constants with a backslash, NULL in an array, = NULL, and names that format() quotes.
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  quote_all_identifiers: 'off',
  // Rows that a policy hides would be missing from every count: the server refuses instead.
  row_security: 'off',
  // Publish takes its locks first and reads then: in a stricter level it would read what was there before.
  default_transaction_isolation: 'read committed',
  // An error that is expected, as of a table that is not there yet, must not end the session.
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

/** What a server has besides: it must soon notice that this program is out of reach, and release its locks. */
export const SERVER_SETTINGS: Settings = {
  tcp_keepalives_idle: '10s',
  tcp_keepalives_interval: '5s',
  tcp_keepalives_count: '3',
  // Linux goes by this instead of the count.
  tcp_user_timeout: '25s',
};

const TRIES = 5;

/** Tries again where a limit of the role ended a statement that takes next to no time, as one of a millisecond may. */
export async function despiteLimits<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || sqlState(error) !== CANCELLED) throw error;
    }
  }
}

/** Gives the process id of the backend. */
export async function configureSession(
  session: Session,
  schema: string,
  more: Settings = {},
): Promise<number> {
  const search_path = searchPath(schema);
  const settings = Object.entries({ search_path, ...SETTINGS, ...more });
  return despiteLimits(async () => {
    // On its own: what follows takes longer.
    await session.query('SET statement_timeout = 0');
    return applySettings(session, settings);
  });
}

/** The same for a session that a gateway lets in: it has no limits, and begins read-only. */
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
  // A server that is older does not know all of them.
  const [backend] = await session.rows<{ pid: number }>(
    `SELECT pg_backend_pid() AS pid, set_config(name, value, false)
     FROM unnest($1::text[], $2::text[]) AS wanted (name, value) WHERE current_setting(name, true) IS NOT NULL`,
    [settings.map(([name]) => name), settings.map(([, value]) => value)],
  );
  return backend?.pid ?? 0;
}

/** In which a session of these schemas looks for names, in the first one first. */
export function searchPath(...schemas: readonly string[]): string {
  return columnList(schemas.flatMap((schema) => [schema, ledgerSchema(schema)]));
}
