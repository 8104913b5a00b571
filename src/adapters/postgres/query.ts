import { PipelineError } from '../../core/errors.ts';
import { commit } from './commit.ts';
import { databaseError, HIDDEN_ROWS, statementFault, type Hints } from './errors.ts';
import { hintForStatement } from './query-hints.ts';
import { applyRoleLimits } from './role-limits.ts';
import { searchPath } from './session-settings.ts';
import type { RowSet, Session } from './session.ts';

/**
 * Runs one statement on the target. Looks up names in the given schemas, or in the session's schemas if none are given.
 * Without `write`, three restrictions apply. The extended protocol accepts no second statement, so nothing can end the
 * read-only transaction. Only reading statements are accepted, because COPY and DO can write files and start programs
 * even in a read-only transaction. A superuser reads as `pg_read_all_data`, which is not allowed to call functions such
 * as lo_export. Two things remain possible: a superuser can become a superuser again in the SQL text of a function, and
 * PostgreSQL allows every user some side effects (canceling the user's other queries, advisory locks).
 */
export async function runQuery(
  session: Session,
  sql: string,
  options: { readonly write: boolean; readonly schemas?: readonly string[] },
): Promise<RowSet> {
  const isCommand = isKnownCommand(sql, options.write);
  refuseCopyOfClient(sql);
  let isDemoted = false;
  let limits: Hints = {};
  try {
    // As in any other client, a query omits the rows that policies hide from the connected role.
    const begin = options.write ? 'BEGIN' : 'BEGIN READ ONLY';
    const path =
      options.schemas === undefined ? '' : `; SET LOCAL search_path TO ${searchPath(...options.schemas)}`;
    await session.query(`${begin}; SET LOCAL row_security TO DEFAULT${path}`);
    if (!options.write) isDemoted = (await session.execute(DEMOTE_SUPERUSER)) > 0;
    limits = await applyRoleLimits(session);
    if (!isCommand) await refuseUnknown(session, sql);
    const result = await session.printed(sql);
    if (options.write)
      await commit(session, 'the query took effect', 'Check the rows that the query should have changed.');
    else await session.query('ROLLBACK');
    return result;
  } catch (error) {
    await session.query('ROLLBACK').catch(() => undefined);
    throw databaseError('run the query', error, undefined, {
      ...(options.write ? {} : { '25006': WRITE_HINT }),
      ...(await hintForStatement(session, sql, error, options.schemas)),
      ...(isDemoted ? DEMOTED_HINTS : {}),
      ...limits,
    });
  }
}

const WRITE_HINT = 'Queries are read-only. Use --write to change data.';
const DEMOTED_HINTS = {
  [HIDDEN_ROWS]:
    "Without --write, a superuser's query reads as pg_read_all_data, which this table's policies apply to. Use --write, or connect as a role with BYPASSRLS.",
};

/**
 * Applies until the end of the transaction. Policies apply to pg_read_all_data but not to a superuser, and no row may
 * be hidden from a superuser. Running a query before the user's statement also ensures that the transaction stays
 * read-only.
 */
const DEMOTE_SUPERUSER = `SELECT set_config('role', 'pg_read_all_data', true), set_config('row_security', 'off', true)
  FROM pg_roles WHERE rolname = current_user AND rolsuper`;

const READING = new Set(['select', 'with', 'values', 'table', 'show', 'explain']);
const WRITING = new Set(
  `abort alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do
   drop end execute fetch grant import insert listen load lock merge move notify prepare reassign refresh reindex release
   reset revoke rollback savepoint security set start truncate unlisten update vacuum`.split(/\s+/),
);

/**
 * Whether the command is known and allowed; false if PostgreSQL has no command with that name. Throws `database` for
 * commands that are not allowed.
 */
function isKnownCommand(sql: string, write: boolean): boolean {
  const text = afterComments(sql);
  const [word = ''] = /^\w*/.exec(text.toLowerCase()) ?? [];
  const [other] = /^[\\.][^\s;]*/.exec(text) ?? [];
  if (other !== undefined) {
    throw refusal(
      `${other} is not SQL but a command for a different client`,
      'List tables, views and their columns with: spacex-pipeline tables',
    );
  }
  if (write || READING.has(word)) return true;
  if (WRITING.has(word)) throw refusal(`${word.toUpperCase()} may change data`, WRITE_HINT);
  if (word !== '') return false;
  throw refusal(
    text === '' ? 'the statement is empty' : 'it does not begin with a statement',
    'Use a statement that reads, such as SELECT, or use --write to change data.',
  );
}

function refusal(reason: string, hint: string): PipelineError {
  return new PipelineError(`Cannot run the query: ${reason}`, { code: 'database', hint });
}

const EXPLAINED = 'EXPLAIN (FORMAT TEXT) ';

/**
 * Throws PostgreSQL's own error for an unknown command. Sends the command with EXPLAIN, so that it is never executed.
 */
async function refuseUnknown(session: Session, sql: string): Promise<void> {
  await session.printed(`${EXPLAINED}${sql}`).catch((error: unknown) => {
    const position = statementFault(error)?.position ?? null;
    if (position === null) throw error;
    throw Object.assign(Object(error), { position: String(position - EXPLAINED.length) });
  });
  throw refusal('it may change data', WRITE_HINT);
}

/** Rows that COPY sends to the client would be lost, and PGlite would wait forever for rows from the client. */
function refuseCopyOfClient(sql: string): void {
  if (!/^copy\b.*\b(?:from|to)\s+(?:stdin|stdout)\b/is.test(afterComments(sql))) return;
  throw refusal(
    'COPY through stdin or stdout needs psql',
    'Use SELECT, optionally with --csv, or INSERT … VALUES.',
  );
}

/** The text after any leading white space, parentheses and comments. In PostgreSQL, comments can be nested. */
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
