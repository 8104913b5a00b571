import { PipelineError } from '../../core/errors.ts';
import type { PageRequest, Tries } from '../../core/ports.ts';
import type { TokenBucket } from '../../lib/token-bucket.ts';
import type { Allowance } from './allowance.ts';
import { RequestError, TOO_MANY_REQUESTS } from './failures.ts';
import { requestedWaitMs, backoffMs, openTries, type OpenResponse, type Retries } from './tries.ts';

export type ApiRetries = Retries & {
  readonly maxRetryAfterSeconds: number;
  readonly budget: TokenBucket;
  readonly allowance: Allowance;
  /** The configuration key that would allow more requests; null if it is already set or does not exist. */
  readonly forMore: string | null;
};

export type UpstreamTriesOptions = ApiRetries &
  Pick<PageRequest, 'onRetry' | 'onTried'> & {
    /** Sends one request. If `conditional` is true, it may be a conditional request. */
    readonly ask: (conditional: boolean) => Promise<OpenResponse>;
    readonly signal: AbortSignal;
  };

/** Requests a page from an API until a response is usable, at most `maxAttempts` times. */
export function openUpstreamTries(options: UpstreamTriesOptions): Tries {
  const { allowance, ask, budget, maxAttempts, onTried, signal } = options;
  let conditional = true;
  return openTries({
    ...options,
    async turn() {
      await budget.take(signal);
      return () => ask(conditional);
    },
    count: allowance.count,
    onTried(tried) {
      const left = allowance.left();
      onTried({ ...tried, ...(left !== null && { quota_left: left }) });
    },
    async judge(error, status, number) {
      const waitMs = await waitBefore(number, error, options);
      if (typeof waitMs !== 'number' || number >= maxAttempts)
        return spent(waitMs instanceof PipelineError ? waitMs : error, number);
      if (error instanceof RequestError && error.unconditional) conditional = false;
      // The limit applies to all requests of the client, regardless of their paths.
      if (status === TOO_MANY_REQUESTS) budget.hold(waitMs);
      return { waitMs, elsewhere: false };
    },
  });
}

/** Milliseconds to wait before the next attempt, null to stop trying, or an error if the wait would be too long. */
async function waitBefore(
  number: number,
  error: PipelineError,
  options: UpstreamTriesOptions,
): Promise<number | PipelineError | null> {
  const { allowance, maxRetryAfterSeconds } = options;
  if (!error.retryable) return null;
  const asked = await requestedWait(error, options);
  // Retrying too soon may do more harm than good.
  if (asked === null && isTooMany(error) && allowance.isKnowable) return null;
  const backoff = backoffMs(number, options);
  if (asked === null) return backoff;
  return asked <= maxRetryAfterSeconds * 1000 ? Math.max(asked, backoff) : tooFarOff(error, asked, options);
}

/** The wait that the source requests, in milliseconds; null if it does not request one. */
async function requestedWait(error: PipelineError, options: UpstreamTriesOptions): Promise<number | null> {
  const asked = requestedWaitMs(error, options);
  if (asked !== null || !isTooMany(error)) return asked;
  const quota = await options.allowance.ask(options.signal);
  return quota === null ? null : quota.nextSeconds * 1000;
}

function isTooMany(error: PipelineError): boolean {
  return error instanceof RequestError && error.status === TOO_MANY_REQUESTS;
}

function tooFarOff(
  error: PipelineError,
  wait: number,
  { clock, forMore, maxRetryAfterSeconds }: UpstreamTriesOptions,
): PipelineError {
  const at = clock.now() + wait;
  const instead =
    isTooMany(error) && forMore !== null
      ? `set ${forMore} for more requests`
      : `raise maxRetryAfterSeconds (currently ${maxRetryAfterSeconds})`;
  return new PipelineError(`${error.message} and asked for a retry ${momentOf(at)}`, {
    code: 'source',
    retryAt: at > LATEST ? undefined : new Date(at),
    cause: error,
    hint: `Start the run again after that time, or ${instead}.`,
  });
}

/** Later times need a five-digit year or exceed the range of Date. */
const LATEST = Date.UTC(9999, 11, 31);

function momentOf(time: number): string {
  return time > LATEST ? 'after the year 9999' : `at ${new Date(time).toISOString()}`;
}

function spent(error: PipelineError, tries: number): PipelineError {
  const { hint, message, retryAt } = error;
  const counted = tries === 1 ? '' : ` (${tries} attempts)`;
  return new PipelineError(`${message}${counted}`, { code: 'source', retryAt, cause: error, hint });
}
