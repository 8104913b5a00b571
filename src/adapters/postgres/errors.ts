import pg from 'pg';

import { PipelineError } from '../../core/errors.ts';

/** The SQLSTATE of an error from PostgreSQL, the driver or this program; null if it has none. */
export function sqlState(error: unknown): string | null {
  if (error instanceof ConnectionLost || error instanceof PipelineError) return sqlState(error.cause);
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return null;
}

/** Node's code for a connection that TCP has given up on. */
export const NO_ANSWER = 'ETIMEDOUT';
export const CANCELLED = '57014';
export const LOCK_NOT_AVAILABLE = '55P03';
export const UNDEFINED_TABLE = '42P01';
export const NO_RIGHT = '42501';
export const WRONG_PASSWORD = '28P01';

/** The server's routine that refuses to hide rows by a policy. Its SQLSTATE is the one for any missing privilege. */
export const HIDDEN_ROWS = 'check_enable_rls';

/** The connection broke while a statement was in progress. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

/** The other end was silent for this long. */
export function noAnswer(milliseconds: number, more = ''): Error {
  return Object.assign(new Error(`no response for ${milliseconds / 1000} s${more}`), { code: NO_ANSWER });
}

/** Was the connection lost, so that the outcome of the last statement is unknown? */
export function isLost(error: unknown): boolean {
  return (
    error instanceof ConnectionLost ||
    (error instanceof pg.DatabaseError && /^(08|57P)/.test(sqlState(error) ?? ''))
  );
}

/** Did the database fail, and not something of our own? */
export function isDatabaseFailure(error: unknown): boolean {
  return error instanceof ConnectionLost || error instanceof pg.DatabaseError;
}

/** Is this the error of a database that was never migrated? */
export function isUnmigrated(error: unknown): boolean {
  return sqlState(error) === UNDEFINED_TABLE;
}

const OLDER_SCHEMA =
  'The schema may be older than this program, or closed to this role: spacex-pipeline migrate status';
const AGAIN = 'then try again.';
const LOST = `Wait until the server is up, ${AGAIN}`;
const CERTIFICATE =
  'Give the right file as sslrootcert; without it or ~/.postgresql/root.crt, sslmode=require encrypts without verifying the server.';

/** What to do next, by SQLSTATE or Node's code. */
export type Hints = Readonly<Record<string, string>>;

const HINTS: Hints = {
  '08006': LOST,
  '25P03': 'A run was waiting for it to end: try again when no run is active, or query less at a time.',
  '25006':
    'Connect to the primary, as a role and to a database that may write (default_transaction_read_only).',
  '3F000': OLDER_SCHEMA,
  [NO_RIGHT]: 'Ask the owner to GRANT this role the right, or connect as the owner.',
  '42703': OLDER_SCHEMA,
  [UNDEFINED_TABLE]: OLDER_SCHEMA,
  '53100': `Make room on the disk of the database, ${AGAIN}`,
  '53300': 'Wait until others have closed theirs, lower concurrency, or raise max_connections.',
  [LOCK_NOT_AVAILABLE]: `Find out in pg_stat_activity who holds it, ${AGAIN}`,
  [CANCELLED]: `Someone cancelled it on the server, as pg_cancel_backend does: ask there, ${AGAIN}`,
  '57P01': LOST,
  '57P02': LOST,
  '57P03': 'Wait a moment: the server is starting, stopping or recovering.',
  [HIDDEN_ROWS]:
    'Connect as a role that the policies of this table do not apply to: a superuser, one with BYPASSRLS, or the owner without FORCE ROW LEVEL SECURITY.',
  ECONNRESET: LOST,
  [NO_ANSWER]: `Check the server and the network to it, ${AGAIN}`,
  ENOSPC: 'Make room or give another --data-dir.',
  CERT_HAS_EXPIRED: 'Renew the certificate of the server.',
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  ERR_TLS_CERT_ALTNAME_INVALID: 'Give the host name that is in its certificate, or sslmode=verify-ca.',
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
};

/** The same while the configuration's limits apply; other statements have no limits. */
export const LIMIT_HINTS: Hints = {
  [LOCK_NOT_AVAILABLE]: `Find out in pg_stat_activity who holds it, or raise database.lockTimeoutSeconds, ${AGAIN}`,
  [CANCELLED]: `Unless someone cancelled the statement on the server, raise database.statementTimeoutSeconds, ${AGAIN}`,
};

/**
 * "Cannot <what>: <reason> (<SQLSTATE>)", exit code 5. Our own errors pass through. `otherwise` is the hint if `hints`
 * has none.
 */
export function databaseError(
  what: string,
  error: unknown,
  otherwise?: string,
  hints: Hints = {},
): PipelineError {
  const own = ownReason(error);
  if (own !== null) return own;
  const state = sqlState(error);
  const suffix = state === null ? '' : ` (${state})`;
  const key =
    error instanceof pg.DatabaseError && error.routine === HIDDEN_ROWS ? HIDDEN_ROWS : (state ?? '');
  return new PipelineError(`Cannot ${what}: ${oneLine(reasonOf(error))}${suffix}`, {
    code: 'database',
    cause: error,
    hint: hints[key] ?? HINTS[key] ?? otherwise ?? hintOf(error, state),
    context: { sqlstate: state },
  });
}

/** Does the work; if it fails, throws `databaseError` with what it was for. */
export async function wrapErrors<T>(
  what: string,
  work: () => Promise<T>,
  otherwise?: string,
  hints?: Hints,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseError(what, error, otherwise, hints);
  }
}

/** The place in the statement, and PostgreSQL's own advice. */
export type StatementFault = {
  readonly state: string;
  /** In characters, from 1; null if it names no place. */
  readonly position: number | null;
  readonly hint: string | null;
};

/** Null unless it is PostgreSQL's answer to a statement. */
export function statementFault(error: unknown): StatementFault | null {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return null;
  const position = error.position === undefined ? null : Number(error.position);
  return { state: error.code, position, hint: error.hint ?? null };
}

/** The hint for an error that has none of its own: only its reason can help. */
function hintOf(error: unknown, state: string | null): string {
  if (isLost(error)) return LOST;
  if (state === null || !/^[0-9A-Z]{5}$/.test(state)) return `See the log of the database, ${AGAIN}`;
  return `Correct what the database refuses, ${AGAIN} Its manual lists ${state} among its error codes.`;
}

/** Our own error, or the one because of which a connection was abandoned. */
function ownReason(error: unknown): PipelineError | null {
  if (error instanceof ConnectionLost) return ownReason(error.cause);
  return error instanceof PipelineError ? error : null;
}

/** Advice that Node adds to some TLS errors; this program gets root certificates from sslrootcert. */
const NODE_ADVICE = /; if the root CA is installed locally, try running Node\.js with .*$/;

/** A host with several addresses fails with one error for each, and no message of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof PipelineError && error.cause !== undefined) return reasonOf(error.cause);
  if (error instanceof AggregateError && error.message === '') return reasonOf(error.errors[0]);
  return error instanceof Error && error.message !== ''
    ? error.message.replace(NODE_ADVICE, '')
    : String(error);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** What to do when there is no connection. `urlFrom` is the setting that chose the server. */
export function connectHints(urlFrom: string): Hints {
  return {
    '28000': `Check user, database and encryption (sslmode) of ${urlFrom} against the pg_hba.conf of the server.`,
    [WRONG_PASSWORD]: `Check user and password: in ${urlFrom}, PGPASSWORD, ~/.pgpass or .env.`,
    '3D000': `Create it with createdb, or correct ${urlFrom}.`,
    ECONNREFUSED: `Check ${urlFrom}, and that the server is up.`,
    ENOTFOUND: `Correct the host in ${urlFrom}.`,
    EAI_AGAIN: `Correct the host in ${urlFrom}, or wait for the name service.`,
  };
}
