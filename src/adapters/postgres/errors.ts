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

/** Node's error code for a connection that TCP has given up on. */
export const NO_ANSWER = 'ETIMEDOUT';
export const CANCELLED = '57014';
export const LOCK_NOT_AVAILABLE = '55P03';
export const UNDEFINED_TABLE = '42P01';
export const NO_RIGHT = '42501';
export const WRONG_PASSWORD = '28P01';

/**
 * The server routine that raises an error instead of letting a policy hide rows. Its SQLSTATE is the same as for any
 * missing privilege.
 */
export const HIDDEN_ROWS = 'check_enable_rls';

/** The connection was lost while a statement was in progress. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }
}

/** The error for a server that did not respond for this long. */
export function noAnswer(milliseconds: number, more = ''): Error {
  return Object.assign(new Error(`no response for ${milliseconds / 1000} s${more}`), { code: NO_ANSWER });
}

/** Whether the connection was lost, leaving the outcome of the last statement unknown. */
export function isLost(error: unknown): boolean {
  return (
    error instanceof ConnectionLost ||
    (error instanceof pg.DatabaseError && /^(08|57P)/.test(sqlState(error) ?? ''))
  );
}

/** Whether the database failed, as opposed to this program. */
export function isDatabaseFailure(error: unknown): boolean {
  return error instanceof ConnectionLost || error instanceof pg.DatabaseError;
}

/** Whether this is the error from a database that was never migrated. */
export function isUnmigrated(error: unknown): boolean {
  return sqlState(error) === UNDEFINED_TABLE;
}

const OLDER_SCHEMA =
  'The schema may be older than this program, or this role may lack access to it. Check with: spacex-pipeline migrate status';
const AGAIN = 'then try again.';
const LOST = `Wait until the server is up, ${AGAIN}`;
const CERTIFICATE =
  'Set sslrootcert to the right file. With neither sslrootcert nor ~/.postgresql/root.crt, sslmode=require encrypts without verifying the server.';

/** What to do next, by SQLSTATE or Node error code. */
export type Hints = Readonly<Record<string, string>>;

const HINTS: Hints = {
  '08006': LOST,
  '25P03':
    'The transaction kept a run waiting. Try again when no run is active, or query less data at a time.',
  '25006':
    'Connect to the primary, with a role and a database that allow writing (default_transaction_read_only).',
  '3F000': OLDER_SCHEMA,
  [NO_RIGHT]: 'Ask the owner to GRANT this role the privilege, or connect as the owner.',
  '42703': OLDER_SCHEMA,
  [UNDEFINED_TABLE]: OLDER_SCHEMA,
  '53100': `Free up space on the database's disk, ${AGAIN}`,
  '53300': 'Wait until other connections are closed, lower concurrency, or raise max_connections.',
  [LOCK_NOT_AVAILABLE]: `Look in pg_stat_activity for the session that holds the lock, ${AGAIN}`,
  [CANCELLED]: `Someone canceled the statement on the server, for example with pg_cancel_backend. Ask the administrator, ${AGAIN}`,
  '57P01': LOST,
  '57P02': LOST,
  '57P03': 'Try again in a moment: the server is starting, stopping or recovering.',
  [HIDDEN_ROWS]:
    "Connect as a role that this table's policies do not apply to: a superuser, a role with BYPASSRLS, or the owner without FORCE ROW LEVEL SECURITY.",
  ECONNRESET: LOST,
  [NO_ANSWER]: `Check the server and the network connection, ${AGAIN}`,
  ENOSPC: 'Free up disk space or use a different --data-dir.',
  CERT_HAS_EXPIRED: "Renew the server's certificate.",
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  ERR_TLS_CERT_ALTNAME_INVALID: "Use the host name in the server's certificate, or sslmode=verify-ca.",
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
};

/** Hints for statements that the configured limits apply to. Other statements have no limits. */
export const LIMIT_HINTS: Hints = {
  [LOCK_NOT_AVAILABLE]: `Look in pg_stat_activity for the session that holds the lock, or raise database.lockTimeoutSeconds, ${AGAIN}`,
  [CANCELLED]: `Unless someone canceled the statement on the server, raise database.statementTimeoutSeconds, ${AGAIN}`,
};

/**
 * "Cannot <what>: <reason> (<SQLSTATE>)", exit code 5. Returns our own errors unchanged. `otherwise` is the hint if the
 * error has no specific one.
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

/** Runs `work`. If it fails, throws `databaseError` with `what`. */
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

/** The position in the statement, and PostgreSQL's own hint. */
export type StatementFault = {
  readonly state: string;
  /** In characters, starting at 1; null if the error has no position. */
  readonly position: number | null;
  readonly hint: string | null;
};

/** Null unless the error is PostgreSQL's response to a statement. */
export function statementFault(error: unknown): StatementFault | null {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return null;
  const position = error.position === undefined ? null : Number(error.position);
  return { state: error.code, position, hint: error.hint ?? null };
}

/** The hint for an error that has no specific one. */
function hintOf(error: unknown, state: string | null): string {
  if (isLost(error)) return LOST;
  if (state === null || !/^[0-9A-Z]{5}$/.test(state)) return `See the database log, ${AGAIN}`;
  return `Fix what the database rejects, ${AGAIN} The PostgreSQL manual lists error code ${state}.`;
}

/** Our own error: either this one, or the reason why a connection was abandoned. Null if there is none. */
function ownReason(error: unknown): PipelineError | null {
  if (error instanceof ConnectionLost) return ownReason(error.cause);
  return error instanceof PipelineError ? error : null;
}

/**
 * Advice that Node appends to some TLS errors. It does not apply here, because this program reads root certificates
 * from sslrootcert.
 */
const NODE_ADVICE = /; if the root CA is installed locally, try running Node\.js with .*$/;

/** If a host has several addresses, connecting fails with one error per address and an empty message. */
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

/** What to do if connecting fails. `urlFrom` is the setting that specifies the server. */
export function connectHints(urlFrom: string): Hints {
  return {
    '28000': `Check the user, database and encryption (sslmode) in ${urlFrom} against the server's pg_hba.conf.`,
    [WRONG_PASSWORD]: `Check the user and password in ${urlFrom}, PGPASSWORD, ~/.pgpass or .env.`,
    '3D000': `Create it with createdb, or correct ${urlFrom}.`,
    ECONNREFUSED: `Check ${urlFrom}, and make sure that the server is up.`,
    ENOTFOUND: `Correct the host in ${urlFrom}.`,
    EAI_AGAIN: `Correct the host in ${urlFrom}, or wait until name resolution works again.`,
  };
}
