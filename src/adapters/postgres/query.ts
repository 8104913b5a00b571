import { PipelineError } from '../../core/errors.ts';
import { commit } from './commit.ts';
import { databaseError, HIDDEN_ROWS, UNDEFINED_TABLE } from './errors.ts';
import { applyRoleLimits } from './role-limits.ts';
import { searchPath } from './session-settings.ts';
import type { RowSet, Session } from './session.ts';

/**
 * One statement on the target, names looked for in these schemas, or else in that of the session. Without `write` three things hold it: the extended protocol takes no second
 * statement, so nothing can end the read-only transaction; only statements that read are let through, as COPY and DO
 * can write files and start programs even there; and a superuser reads as `pg_read_all_data`, for whom functions
 * like lo_export are closed. Out of reach: a superuser who takes the role back inside of a function's SQL text, and
 * effects that PostgreSQL grants to whoever logs in (to cancel one's own other queries, advisory locks).
 */
export async function runQuery(
  session: Session,
  sql: string,
  options: { readonly write: boolean; readonly schemas?: readonly string[] },
): Promise<RowSet> {
  if (!options.write) checkReads(sql);
  refuseCopyOfClient(sql);
  let isLessened = false;
  let limits: Readonly<Record<string, string>> = {};
  try {
    // A query leaves out what the policies of the role that connected leave out, as in any other client.
    const begin = options.write ? 'BEGIN' : 'BEGIN READ ONLY';
    const path =
      options.schemas === undefined ? '' : `; SET LOCAL search_path TO ${searchPath(...options.schemas)}`;
    await session.query(`${begin}; SET LOCAL row_security TO DEFAULT${path}`);
    if (!options.write) isLessened = (await session.execute(LESSEN_SUPERUSER)) > 0;
    limits = await applyRoleLimits(session);
    const result = await session.printed(sql);
    if (options.write) await commit(session, 'the query took effect', 'Look at what it should have changed.');
    else await session.query('ROLLBACK');
    return result;
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw databaseError('run the query', error, undefined, {
      ...(options.write ? WRITE_HINTS : READ_HINTS),
      ...(isLessened ? LESSENED_HINTS : {}),
      ...limits,
    });
  }
}

const WRITE_HINT = 'Queries are read-only; give --write to change data.';
const WRITE_HINTS: Readonly<Record<string, string>> = {
  [UNDEFINED_TABLE]: 'A run or migrate up makes the tables that are told by: spacex-pipeline resources',
};
const READ_HINTS = { ...WRITE_HINTS, '25006': WRITE_HINT };
const LESSENED_HINTS = {
  [HIDDEN_ROWS]:
    'Without --write, the query of a superuser reads as pg_read_all_data, to which the policies of this table apply: give --write, or connect as a role with BYPASSRLS.',
};

/**
 * Until the end of the transaction. A query before the user's own also settles that the transaction is read-only.
 * Policies apply to that role and none to a superuser, from whom no row may be hidden.
 */
const LESSEN_SUPERUSER = `SELECT set_config('role', 'pg_read_all_data', true), set_config('row_security', 'off', true)
  FROM pg_roles WHERE rolname = current_user AND rolsuper`;

const READING = new Set(['select', 'with', 'values', 'table', 'show', 'explain']);

function checkReads(sql: string): void {
  const [word = ''] = /^\w*/.exec(afterComments(sql).toLowerCase()) ?? [];
  if (READING.has(word)) return;
  const what = word === '' ? 'no SELECT in it' : `${word.toUpperCase()} may change something`;
  throw new PipelineError(`Cannot run the query: ${what}`, { code: 'database', hint: WRITE_HINT });
}

/** Rows that COPY sends to the client would be lost, and PGlite waits forever for those that it wants from it. */
function refuseCopyOfClient(sql: string): void {
  if (!/^copy\b.*\b(?:from|to)\s+(?:stdin|stdout)\b/is.test(afterComments(sql))) return;
  throw new PipelineError('Cannot run the query: COPY through stdin or stdout needs psql', {
    code: 'database',
    hint: 'Give a SELECT, with --csv if you like; or INSERT … VALUES.',
  });
}

/** What follows white space, parentheses and comments, which nest in PostgreSQL. */
function afterComments(sql: string): string {
  let at = 0;
  let depth = 0;
  while (at < sql.length) {
    if (sql.startsWith('/*', at)) {
      depth++;
      at += 2;
    } else if (depth > 0) {
      const closes = sql.startsWith('*/', at);
      if (closes) depth--;
      at += closes ? 2 : 1;
    } else if (sql.startsWith('--', at)) {
      at += /^[^\r\n]*/.exec(sql.slice(at))?.[0].length ?? 0;
    } else if (/[\s(]/.test(sql.charAt(at))) {
      at++;
    } else {
      break;
    }
  }
  return sql.slice(at);
}
