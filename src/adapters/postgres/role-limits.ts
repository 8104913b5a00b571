import { CANCELLED, LOCK_NOT_AVAILABLE, type Hints } from './errors.ts';
import type { Session } from './session.ts';

/** The settings that limit a single statement, by the SQLSTATE of the resulting error. */
const LIMITS: Readonly<Record<string, string>> = {
  [CANCELLED]: 'statement_timeout',
  [LOCK_NOT_AVAILABLE]: 'lock_timeout',
  '25P04': 'transaction_timeout',
};

/**
 * Applies the server's limits for the role and the database to this transaction, because an administrator may want to
 * limit users' statements. Returns the hints for statements that exceed a limit.
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
    const hint = `The server limits ${role} with ${name} = ${value}. Raise the limit there, for example with ALTER ROLE … SET ${name}.`;
    return [[state, hint]];
  });
  return Object.fromEntries(hints);
}
