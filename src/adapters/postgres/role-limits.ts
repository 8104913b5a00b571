import { CANCELLED, LOCK_NOT_AVAILABLE, type Hints } from './errors.ts';
import type { Session } from './session.ts';

/** The limits that end a single statement, by SQLSTATE. */
const LIMITS: Readonly<Record<string, string>> = {
  [CANCELLED]: 'statement_timeout',
  [LOCK_NOT_AVAILABLE]: 'lock_timeout',
  '25P04': 'transaction_timeout',
};

/**
 * Applies the limits that the role or the database has on the server to this transaction: the administrator may limit
 * what a user types. Returns the hints for a statement that they end.
 */
export async function applyRoleLimits(session: Session): Promise<Hints> {
  const applied = await session.rows<{ name: string; value: string; role: string }>(
    `SELECT name, set_config(name, reset_val, true) AS value, session_user AS role FROM pg_settings
     WHERE name = ANY ($1) AND reset_val <> '0'`,
    [Object.values(LIMITS)],
  );
  const hints = Object.entries(LIMITS).flatMap(([state, limit]) => {
    const one = applied.find(({ name }) => name === limit);
    if (one === undefined) return [];
    const { name, role, value } = one;
    const hint = `${name} is ${value} for ${role} on the server: raise it there, as with ALTER ROLE … SET ${name}.`;
    return [[state, hint]];
  });
  return Object.fromEntries(hints);
}
