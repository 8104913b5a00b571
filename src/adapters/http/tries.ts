import { AbsentError, PipelineError } from '../../core/errors.ts';
import type { Attempt, Clock, Retry, Tried, Tries, UpstreamResponse } from '../../core/ports.ts';
import { backoffDelay, parseRetryAfter } from '../../lib/backoff.ts';
import type { TokenBucket } from '../../lib/token-bucket.ts';
import type { Allowance } from './allowance.ts';
import { RequestError } from './failures.ts';

export type Retries = {
  readonly maxAttempts: number;
  readonly maxRetryAfterSeconds: number;
  readonly backoffBaseSeconds: number;
  readonly backoffCapSeconds: number;
  readonly random: () => number;
  readonly clock: Clock;
  readonly budget: TokenBucket;
  readonly allowance: Allowance;
  /** The key of the configuration that would allow more requests; null if it is set already or does not exist. */
  readonly forMore: string | null;
};

export type TriesOptions = Retries & {
  readonly onRetry: (retry: Retry) => void;
  readonly onTried: (tried: Tried) => void;
  /** One attempt. `conditional`: may the request be conditional? */
  readonly ask: (conditional: boolean) => Promise<Asked>;
  readonly signal: AbortSignal;
};

/** A response, and a function that releases its connection. */
export type Asked = { readonly response: UpstreamResponse; readonly letGo: () => void };

export const TOO_MANY_REQUESTS = 429;

/**
 * The only retry loop. It covers the complete request including the body, because the caller reports how reading went.
 */
export function openTries(options: TriesOptions): Tries {
  const { allowance, ask, budget, clock, maxAttempts, onRetry, onTried, signal } = options;
  const attempts: Attempt[] = [];
  let conditional = true;
  let started = clock.elapsed();
  /** The response that the caller is working on. */
  let current: Asked | null = null;

  function secondsSoFar(): number {
    return (clock.elapsed() - started) / 1000;
  }

  function add(attempt: Attempt): void {
    const { seconds, status } = attempt;
    attempts.push(attempt);
    const left = allowance.left();
    onTried({ status, seconds, ...(left !== null && { quota_left: left }) });
  }

  /** Releases the connection; returns the status of its response, null if there was none. */
  function letGo(): number | null {
    const status = current?.response.status ?? null;
    current?.letGo();
    current = null;
    return status;
  }

  /** Waits before the next attempt, or throws if there must be none. */
  async function fail(error: PipelineError, status: number | null): Promise<void> {
    signal.throwIfAborted();
    const number = attempts.length + 1;
    const seconds = secondsSoFar();
    allowance.count(status);
    const wait = await waitBefore(number, error, options);
    if (typeof wait !== 'number' || number >= maxAttempts) {
      add({ status, error: error.message, seconds, wait_seconds: null });
      if (error instanceof AbsentError) throw error;
      throw spent(wait instanceof PipelineError ? wait : error, attempts.length);
    }
    add({ status, error: error.message, seconds, wait_seconds: wait / 1000 });
    onRetry({ attempt: number, status, message: error.message, wait_seconds: wait / 1000, elsewhere: false });
    if (error instanceof RequestError && error.unconditional) conditional = false;
    // The limit applies to the client, whatever the path.
    if (status === TOO_MANY_REQUESTS) budget.hold(wait);
    await clock.sleep(wait, signal);
  }

  return {
    async next() {
      for (;;) {
        await budget.take(signal);
        started = clock.elapsed();
        try {
          current = await ask(conditional);
          return current.response;
        } catch (error) {
          if (!(error instanceof PipelineError) || error.code !== 'source') throw error;
          await fail(error, error instanceof RequestError ? error.status : null);
        }
      }
    },
    async failed(error) {
      await fail(error, letGo());
    },
    end() {
      const status = letGo();
      if (status === null) return attempts;
      allowance.count(status);
      add({ status, error: null, seconds: secondsSoFar(), wait_seconds: null });
      return attempts;
    },
  };
}

/** Milliseconds until the next attempt; null if there must be none, or an error if it is too far off. */
async function waitBefore(
  number: number,
  error: PipelineError,
  options: TriesOptions,
): Promise<number | PipelineError | null> {
  const { allowance, backoffBaseSeconds, backoffCapSeconds, maxRetryAfterSeconds, random } = options;
  if (!error.retryable) return null;
  const asked = await askedWait(error, options);
  // A request that comes too early may cost more than it gains.
  if (asked === null && isTooMany(error) && allowance.isKnowable) return null;
  const backoff = backoffDelay(number, {
    baseMs: backoffBaseSeconds * 1000,
    capMs: backoffCapSeconds * 1000,
    random,
  });
  if (asked === null) return backoff;
  return asked <= maxRetryAfterSeconds * 1000 ? Math.max(asked, backoff) : tooFarOff(error, asked, options);
}

/** Milliseconds that the source wants us to wait; null if it does not say. */
async function askedWait(
  error: PipelineError,
  { allowance, clock, signal }: TriesOptions,
): Promise<number | null> {
  const header = error instanceof RequestError ? error.retryAfter : null;
  const asked = header === null ? null : parseRetryAfter(header, clock.now());
  if (asked !== null || !isTooMany(error)) return asked;
  const quota = await allowance.ask(signal);
  return quota === null ? null : quota.nextSeconds * 1000;
}

function isTooMany(error: PipelineError): boolean {
  return error instanceof RequestError && error.status === TOO_MANY_REQUESTS;
}

function tooFarOff(
  error: PipelineError,
  wait: number,
  { clock, forMore, maxRetryAfterSeconds }: TriesOptions,
): PipelineError {
  const at = clock.now() + wait;
  const instead =
    isTooMany(error) && forMore !== null
      ? `give ${forMore} for more requests`
      : `raise maxRetryAfterSeconds (now ${maxRetryAfterSeconds})`;
  return new PipelineError(`${error.message}, and asks to come back ${momentOf(at)}`, {
    code: 'source',
    retryAt: at > LATEST ? undefined : new Date(at),
    cause: error,
    hint: `Start the run again then, or ${instead}.`,
  });
}

/** Later moments need a five-digit year, or exceed the range of Date. */
const LATEST = Date.UTC(9999, 11, 31);

function momentOf(time: number): string {
  return time > LATEST ? 'after the year 9999' : `at ${new Date(time).toISOString()}`;
}

function spent(error: PipelineError, tries: number): PipelineError {
  const { hint, message, retryAt } = error;
  const counted = tries === 1 ? '' : ` (${tries} tries)`;
  return new PipelineError(`${message}${counted}`, { code: 'source', retryAt, cause: error, hint });
}
