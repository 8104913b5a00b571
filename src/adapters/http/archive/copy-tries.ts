import { AbsentError, PipelineError } from '../../../core/errors.ts';
import type { PageRequest, Tries } from '../../../core/ports.ts';
import { RequestError } from '../failures.ts';
import {
  requestedWaitMs,
  backoffMs,
  openTries,
  type OpenResponse,
  type Next,
  type Retries,
} from '../tries.ts';
import { CopyError, OTHER_COPY, type CopyFault } from './copy-error.ts';

/** A way to get a copy. */
export type Way = {
  readonly ask: () => Promise<OpenResponse>;
  /** The URL of the copy; null if it is not known in advance. */
  readonly url: string | null;
  /** A fallback for the same kind of copy, tried before the next kind; null for none. */
  readonly instead: Way | null;
};

export type CopyTriesOptions = Retries &
  Pick<PageRequest, 'onRetry' | 'onTried'> & {
    readonly resource: string;
    /** In order of preference. */
    readonly ways: readonly Way[];
    /** The URL of the copy that we already have; null for none. */
    readonly keptUrl: string | null;
    /** The requested day, as `YYYY-MM-DD`; null for the newest copy. */
    readonly until: string | null;
    readonly signal: AbortSignal;
  };

/**
 * Tries a page's copies until one of them is usable. Retries temporary failures, and moves on to the next copy if the
 * copy itself is bad. If a host is unreachable, does not replace a newer copy that we already have with an older one.
 */
export function openCopyTries(options: CopyTriesOptions): Tries {
  const { keptUrl, maxAttempts, resource, until } = options;
  const ways = [...options.ways];
  const reasons: string[] = [];
  /** True as long as none of the copies tried so far exists. */
  let isAbsent = true;
  /** The hint for the first host that failed. It takes precedence, because such failures may be temporary. */
  let hostHint: string | null = null;
  /** The number of attempts to get the current copy. */
  let tries = 0;

  /** Moves on to the next copy, or returns the error that ends the request. */
  function moveOn(error: PipelineError): Next {
    const way = ways.shift();
    const fault = faultOf(error);
    if (fault === null) hostHint ??= error.hint ?? null;
    reasons.push(reasonOf(error, tries));
    tries = 0;
    // The fallback does not help if the host is down, or if the archive never captured the page, because its index does
    // not list the page either.
    const instead = fault === null || fault === 'absent' ? null : (way?.instead ?? null);
    if (fault !== 'absent' && (instead === null || fault === 'damaged')) isAbsent = false;
    if (instead !== null) ways.unshift(instead);
    const mayGoOn = fault !== null || keptUrl === null || ways.some(({ url }) => url === keptUrl);
    return ways.length === 0 || !mayGoOn ? ending(error) : { waitMs: 0, elsewhere: true };
  }

  function ending(cause: PipelineError | null): PipelineError {
    const all = reasons.join('; ');
    if (isAbsent) {
      const known = all === '' ? '' : ` (${all})`;
      const when = until === null ? '' : ` for ${until}`;
      return new AbsentError(`Cannot get ${resource}: there is no preserved copy${when}${known}`, {
        cause,
        hint: OTHER_COPY,
      });
    }
    const hint = hostHint ?? cause?.hint ?? OTHER_COPY;
    return new PipelineError(`Cannot get ${resource} from a preserved copy: ${all}`, {
      code: 'source',
      retryAt: cause?.retryAt,
      cause,
      hint,
    });
  }

  return openTries({
    ...options,
    async turn() {
      const [way] = ways;
      if (way === undefined) throw ending(null);
      return way.ask;
    },
    async judge(error) {
      tries += 1;
      const waitMs = tries < maxAttempts ? waitBefore(tries, error, options) : null;
      return waitMs === null ? moveOn(error) : { waitMs, elsewhere: false };
    },
  });
}

/**
 * What is wrong with the copy; null if the host is at fault. A copy whose body the reader rejected counts as damaged.
 */
function faultOf(error: PipelineError): CopyFault | null {
  if (error instanceof CopyError) return error.fault;
  return error instanceof RequestError ? null : 'damaged';
}

/** Milliseconds to wait before the next attempt; null to stop trying. */
function waitBefore(number: number, error: PipelineError, retries: Retries): number | null {
  // If the reader rejected a copy, requesting it again does not help.
  if (!(error instanceof RequestError) || !error.retryable) return null;
  return Math.max(requestedWaitMs(error, retries) ?? 0, backoffMs(number, retries));
}

function reasonOf({ message }: PipelineError, tries: number): string {
  return `${message.replace(/^Cannot \w+ /, '')}${tries > 1 ? ` (${tries} attempts)` : ''}`;
}
