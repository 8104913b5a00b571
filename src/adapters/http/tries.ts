import { AbsentError, PipelineError } from '../../core/errors.ts';
import type { Attempt, Clock, Retry, Tried, Tries, UpstreamResponse } from '../../core/ports.ts';
import { backoffDelay, parseRetryAfter } from '../../lib/backoff.ts';
import type { TokenBucket } from '../../lib/token-bucket.ts';
import { RequestError } from './failures.ts';

export type Retries = {
  readonly maxAttempts: number;
  readonly maxRetryAfterSeconds: number;
  readonly backoffBaseSeconds: number;
  readonly backoffCapSeconds: number;
  readonly random: () => number;
  readonly clock: Clock;
  readonly budget: TokenBucket;
};

export type TriesOptions = Retries & {
  readonly onRetry: (retry: Retry) => void;
  readonly onTried: (tried: Tried) => void;
  /** One try. `conditional`: may it ask what has changed? */
  readonly ask: (conditional: boolean) => Promise<Asked>;
  readonly signal: AbortSignal;
};

/** A response, and how to give up its connection. */
export type Asked = { readonly response: UpstreamResponse; readonly letGo: () => void };

const TOO_MANY_REQUESTS = 429;

/** The one retry loop: around the complete request, its body included, as the caller reports how it went. */
export function openTries(options: TriesOptions): Tries {
  const { ask, budget, clock, maxAttempts, onRetry, onTried, signal } = options;
  const attempts: Attempt[] = [];
  let conditional = true;
  let started = clock.elapsed();
  /** The response that the caller works on. */
  let current: Asked | null = null;

  function add(attempt: Omit<Attempt, 'seconds'>): void {
    const seconds = (clock.elapsed() - started) / 1000;
    attempts.push({ ...attempt, seconds });
    onTried({ status: attempt.status, seconds });
  }

  /** Gives up the connection; tells the status of its response, null where there was none. */
  function letGo(): number | null {
    const status = current?.response.status ?? null;
    current?.letGo();
    current = null;
    return status;
  }

  /** Waits until the next try, or throws where there must be none. */
  async function fail(error: PipelineError, status: number | null): Promise<void> {
    signal.throwIfAborted();
    const number = attempts.length + 1;
    const wait = number < maxAttempts ? waitBefore(number, error, options) : null;
    if (typeof wait !== 'number') {
      add({ status, error: error.message, wait_seconds: null });
      throw error instanceof AbsentError ? error : spent(wait ?? error, attempts.length);
    }
    add({ status, error: error.message, wait_seconds: wait / 1000 });
    onRetry({ attempt: number, status, message: error.message, wait_seconds: wait / 1000, elsewhere: false });
    if (error instanceof RequestError && error.unconditional) conditional = false;
    // It is told to the client, whatever the path was.
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
      if (status !== null) add({ status, error: null, wait_seconds: null });
      return attempts;
    },
  };
}

/** Milliseconds until the next try; null where there must be none, or the error that says why it is too far off. */
function waitBefore(
  number: number,
  error: PipelineError,
  { backoffBaseSeconds, backoffCapSeconds, clock, maxRetryAfterSeconds, random }: Retries,
): number | PipelineError | null {
  if (!error.retryable) return null;
  const asked = error instanceof RequestError ? error.retryAfter : null;
  const retryAfter = asked === null ? null : parseRetryAfter(asked, clock.now());
  const backoff = backoffDelay(number, {
    baseMs: backoffBaseSeconds * 1000,
    capMs: backoffCapSeconds * 1000,
    random,
  });
  if (retryAfter === null) return backoff;
  if (retryAfter <= maxRetryAfterSeconds * 1000) return Math.max(retryAfter, backoff);
  const at = clock.now() + retryAfter;
  return new PipelineError(`${error.message}, and asks to come back ${momentOf(at)}`, {
    code: 'source',
    retryAt: at > LATEST ? undefined : new Date(at),
    cause: error,
    hint: `Start the run again then, or raise maxRetryAfterSeconds (now ${maxRetryAfterSeconds}).`,
  });
}

/** The last moment that Date knows, and that a year in four digits can name. */
const LATEST = Date.UTC(9999, 11, 31);

function momentOf(time: number): string {
  return time > LATEST ? 'after the year 9999' : `at ${new Date(time).toISOString()}`;
}

function spent(error: PipelineError, tries: number): PipelineError {
  const { hint, message, retryAt } = error;
  const counted = tries === 1 ? '' : ` (${tries} tries)`;
  return new PipelineError(`${message}${counted}`, { code: 'source', retryAt, cause: error, hint });
}
