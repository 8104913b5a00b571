import { parseRetryAfter } from '../../../lib/backoff.ts';
import { errorCode } from '../../../lib/error-code.ts';
import { createSlot } from '../../../lib/slot.ts';
import { createBudgets, type Budgets } from '../../../lib/token-bucket.ts';
import { createClient, type Answer, type Client, type ClientOptions, type ClientRules } from '../client.ts';
import { cannotGet, RequestError, TOO_MANY_REQUESTS, type Failure, type RequestTarget } from '../failures.ts';

export type HostOptions = ClientOptions & {
  readonly maxRetryAfterSeconds: number;
  readonly requestsPerSecond: number;
  readonly burst: number;
  /** Request budgets that outlive this host. By default, the host has its own budget. */
  readonly budgets?: Budgets;
};

export type HostRules = Pick<ClientRules, 'url' | 'setting'> & {
  /**
   * True if a response is a replay of an earlier response from a different host. In that case, its status says nothing
   * about this host.
   */
  readonly isReplayed: (headers: Answer['headers']) => boolean;
  /** The hint to show if the host refuses connections; null if a refusal only means that the host is down. */
  readonly refusedHint: string | null;
};

/**
 * A host that receives one request at a time. The next request starts only after `release` has been called for the
 * previous response.
 */
export type Host = Omit<Client, 'get' | 'limit'> & {
  readonly get: (url: URL, signal: AbortSignal) => Promise<Answer>;
};

/** The archive blocks a client for an hour if the client sends more requests within a minute of a 429 response. */
const LEAST_HOLD_MS = 60_000;
const CLOSED_MS = 3_600_000;
const SILENT_TRIES = 5;
const SILENT_MS = 15_000;

export function openHost(options: HostOptions, rules: HostRules): Host {
  const { burst, clock, log, requestsPerSecond, budgets = createBudgets() } = options;
  const { refusedHint } = rules;
  const slot = createSlot();
  const budget = budgets(rules.url.host, { perSecond: requestsPerSecond, burst, clock });
  const client = createClient(options, { ...rules, auth: null, accept: '*/*', turn: budget.take });
  /** The number of consecutive 429 responses. */
  let refusals = 0;
  /** Counts consecutive requests without a response. */
  let silence: { readonly since: number; readonly failures: number } | null = null;
  /** The time until which no requests may be sent, and the reason; null if requests are allowed. */
  let closed: (Pick<Failure, 'hint' | 'retryAt'> & { until: number; reason: string }) | null = null;

  function close(place: RequestTarget, reason: string, why: Failure): RequestError {
    const { hint, retryAt } = why;
    closed = { until: clock.elapsed() + CLOSED_MS, reason, hint, ...(retryAt && { retryAt }) };
    return cannotGet(place, reason, why);
  }

  /** Handles a 429 response. The returned error indicates whether a retry is allowed. */
  function refused(place: RequestTarget, retryAfter: string | undefined): RequestError {
    const asked = retryAfter === undefined ? null : parseRetryAfter(retryAfter, clock.now());
    const wait = Math.max(asked ?? 0, LEAST_HOLD_MS);
    refusals += 1;
    const reason = 'it responded with 429 (too many requests)';
    const status = TOO_MANY_REQUESTS;
    const hint = 'Try again in an hour.';
    const inMs = (milliseconds: number): Date => new Date(clock.now() + milliseconds);
    if (refusals > 1)
      return close(place, `${reason}, twice in a row`, { hint, status, retryAt: inMs(CLOSED_MS) });
    if (wait > Math.max(LEAST_HOLD_MS, options.maxRetryAfterSeconds * 1000)) {
      const seconds = Math.ceil(wait / 1000);
      const then = { hint: 'Start the run again after that time.', status, retryAt: inMs(wait) };
      return close(place, `${reason} and requested a wait of ${seconds} s`, then);
    }
    budget.hold(wait);
    return cannotGet(place, reason, { hint, retryable: true, status, retryAfter: String(wait / 1000) });
  }

  /**
   * Handles a failure to get a response. After a long time without a response, stops sending requests to the host, so
   * that other resources fail quickly.
   */
  function unreached(place: RequestTarget, error: unknown): unknown {
    const since = silence?.since ?? clock.elapsed();
    silence = { since, failures: (silence?.failures ?? 0) + 1 };
    const isLong = silence.failures >= SILENT_TRIES && clock.elapsed() - since >= SILENT_MS;
    if (!isLong || !(error instanceof RequestError)) return error;
    const hint = error.hint ?? 'Try again later.';
    return close(place, error.reason, { hint, cause: error });
  }

  function failure(place: RequestTarget, error: unknown): unknown {
    const isRefused = errorCode(error instanceof RequestError ? error.cause : error) === 'ECONNREFUSED';
    if (refusedHint === null || !isRefused || place.proxy !== null) return unreached(place, error);
    const retryAt = new Date(clock.now() + CLOSED_MS);
    return close(place, 'it refuses connections', { hint: refusedHint, cause: error, retryAt });
  }

  return {
    async get(url, signal) {
      const free = await slot.take(signal);
      try {
        const place = client.placeOf(url);
        if (closed !== null && clock.elapsed() < closed.until) throw cannotGet(place, closed.reason, closed);
        await budget.take(signal);
        log.debug(`GET ${place.url.href}`);
        const answer = await client.get(url, { endsBy: client.limit(), signal }).catch((error: unknown) => {
          throw signal.aborted ? error : failure(place, error);
        });
        if (answer.status === TOO_MANY_REQUESTS && !rules.isReplayed(answer.headers)) {
          answer.release();
          throw refused(place, answer.headers['retry-after']);
        }
        refusals = 0;
        silence = null;
        return {
          ...answer,
          release() {
            answer.release();
            free();
          },
        };
      } catch (error) {
        free();
        throw error;
      }
    },
    placeOf: client.placeOf,
    reach: client.reach,
    hide: client.hide,
    close: client.close,
  };
}
