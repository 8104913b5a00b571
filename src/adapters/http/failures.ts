import { PipelineError } from '../../core/errors.ts';
import { maskUrl } from '../../lib/mask-url.ts';
import { TunnelError } from './dial.ts';

export const TOO_MANY_REQUESTS = 429;

/** Where a request was sent. */
export type RequestTarget = {
  readonly url: URL;
  readonly proxy: URL | null;
  /** The configuration key of the address, for hints. */
  readonly setting: string;
  /** What else to try, for hints: a sentence with a leading space. */
  readonly otherwise?: string;
};

export type Failure = {
  readonly hint: string;
  readonly retryable?: boolean;
  readonly cause?: unknown;
  /** The status of the response, if there was one. */
  readonly status?: number;
  /** The value of the Retry-After header. */
  readonly retryAfter?: string | undefined;
  /** True if the next attempt must not be a conditional request. */
  readonly unconditional?: boolean;
  /** The earliest time at which the server accepts another request. */
  readonly retryAt?: Date;
};

/** A failed request: a PipelineError `source` with the details that determine whether and how to retry. */
export class RequestError extends PipelineError {
  /** The reason, without the URL. */
  readonly reason: string;
  readonly status: number | null;
  readonly retryAfter: string | null;
  readonly unconditional: boolean;

  constructor(message: string, reason: string, failure: Failure) {
    const { cause, hint, retryable, retryAt } = failure;
    super(message, { code: 'source', cause, hint, retryable, retryAt });
    this.reason = reason;
    this.status = failure.status ?? null;
    this.retryAfter = failure.retryAfter ?? null;
    this.unconditional = failure.unconditional ?? false;
  }
}

export function cannotGet(place: RequestTarget, reason: string, failure: Failure): RequestError {
  const way = wayTo(place);
  const message = `Cannot get ${maskUrl(place.url.href)}${way === '' ? '' : ` ${way}`}: ${reason}`;
  return new RequestError(message, reasonAt(place, reason), failure);
}

/** The reason without the URL, for messages that name the URL elsewhere. */
export function reasonAt(place: RequestTarget, reason: string): string {
  const way = wayTo(place);
  return way === '' ? reason : `${way}: ${reason}`;
}

function wayTo({ proxy }: RequestTarget): string {
  return proxy === null ? '' : `through the proxy ${maskUrl(proxy.href).replace(/\/$/, '')}`;
}

/** Turns anything that is thrown while sending a request or reading its response into a RequestError. */
export function failed(place: RequestTarget, error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  const { setting } = place;
  const final = finalReason(error, setting);
  if (final !== null) return cannotGet(place, final.reason, { hint: final.hint, cause: error });
  const hint =
    place.proxy === null
      ? `Check the network and ${setting}, or try again later.${place.otherwise ?? ''}`
      : 'Check the proxy, or list the host in NO_PROXY to bypass it.';
  return cannotGet(place, reasonOf(error), { hint, cause: error, retryable: true });
}

const UNTRUSTED = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_UNTRUSTED|CERT_CHAIN_TOO_LONG)/;
const CERTIFICATE = /^(CERT_|CRL_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_)/;

/** The reason and the hint if a retry cannot help; null otherwise. */
function finalReason(
  error: unknown,
  setting: string,
): { readonly reason: string; readonly hint: string } | null {
  if (error instanceof TunnelError) {
    if (error.status >= 500) return null;
    const hint =
      error.status === 407
        ? LOGIN_OF_PROXY
        : 'Ask the proxy operator for access, or list the host in NO_PROXY.';
    return { reason: error.message, hint };
  }
  const { code, message } = rootOf(error);
  if (UNTRUSTED.test(code)) {
    return {
      reason: `its certificate is not signed by an authority that this machine trusts (${code})`,
      hint: 'If a private CA signed it, set NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    };
  }
  if (CERTIFICATE.test(code))
    return { reason: `its certificate is not valid: ${message} (${code})`, hint: `Check ${setting}.` };
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO')
    return {
      reason: `the TLS handshake failed (${code})`,
      hint: `Check the scheme and port of ${setting}.`,
    };
  return null;
}

export const LOGIN_OF_PROXY = 'Use a login that the proxy accepts: http://user:password@host:port';

function rootOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  return { code: 'code' in error ? String(error.code) : '', message: error.message };
}

/**
 * Node's parser errors for headers that a lenient parser could accept. Data that is not HTTP at all causes different
 * errors.
 */
const ODD_HEAD: ReadonlySet<string> = new Set([
  'HPE_INVALID_HEADER_TOKEN',
  'HPE_INVALID_TRANSFER_ENCODING',
  'HPE_INVALID_VERSION',
  'HPE_CR_EXPECTED',
]);

export function isOddHead(error: unknown): boolean {
  return ODD_HEAD.has(rootOf(error).code);
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ');
  const { code, message } = rootOf(error);
  if (code === 'HPE_HEADER_OVERFLOW') return 'its response headers are too long';
  if (code.startsWith('HPE_'))
    return `its response is not valid HTTP: ${message.replace('Parse Error: ', '')} (${code})`;
  // If no system call failed, the server closed the connection normally.
  if (code === 'ECONNRESET' && error instanceof Error && !('syscall' in error))
    return 'the connection was closed before the response was complete';
  return message;
}
