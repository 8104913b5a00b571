import { cannotGet, failed, RequestError, type RequestTarget } from '../failures.ts';
import type { Answer } from '../client.ts';

/**
 * What is wrong with a copy: it does not exist (`absent`), the host sent something else (`unusable`), or its contents
 * have changed since it was made (`damaged`). Retrying does not help in any of these cases.
 */
export type CopyFault = 'absent' | 'unusable' | 'damaged';

export class CopyError extends RequestError {
  readonly fault: CopyFault;

  constructor(fault: CopyFault, { message, reason, status, cause }: RequestError) {
    super(message, reason, { cause, hint: OTHER_COPY, ...(status === null ? {} : { status }) });
    this.fault = fault;
  }
}

export const OTHER_COPY = 'Choose a different day with --as-of, or a different address with --from.';

export function noCopy(
  place: RequestTarget,
  fault: CopyFault,
  reason: string,
  more: { readonly status?: number; readonly cause?: unknown } = {},
): CopyError {
  return new CopyError(fault, cannotGet(place, reason, { hint: OTHER_COPY, ...more }));
}

/** The error to throw if the host itself fails to serve a copy. Most such failures are temporary. */
export function refusedWith({ place, status, headers }: Answer): RequestError {
  const reason = `it responded with ${status}`;
  if (status < 500 && !PASSING.has(status)) return noCopy(place, 'unusable', reason, { status });
  const retryAfter = headers['retry-after'];
  return cannotGet(place, reason, { hint: 'Try again later.', retryable: true, status, retryAfter });
}

const PASSING: ReadonlySet<number> = new Set([408, 425]);

/**
 * The error to throw if a body cannot be read. A retry may help if the connection broke, but not if the body cannot be
 * decoded.
 */
export function brokenBody(place: RequestTarget, error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  return noCopy(place, 'damaged', `its body cannot be decoded: ${failed(place, error).reason}`, {
    cause: error,
  });
}
