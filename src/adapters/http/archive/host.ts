import { errorCode } from '../../../lib/error-code.ts';
import { isLoopback } from '../../../lib/loopback.ts';
import { createSlot } from '../../../lib/slot.ts';
import { createBudgets, type Budgets } from '../../../lib/token-bucket.ts';
import { parseRetryAfter } from '../../../lib/backoff.ts';
import type { Clock, Log } from '../../../core/ports.ts';
import { letGo } from '../body.ts';
import { openConnections, type Timeouts } from '../connections.ts';
import { ENCODINGS } from '../decode.ts';
import { cannotGet, failed, RequestError, type Place } from '../failures.ts';
import { headersOf } from '../headers.ts';
import { createHider, loginOf, withoutLogin } from '../login.ts';
import { paced } from '../pace.ts';
import { proxyFor, type ProxySettings } from '../proxy.ts';
import { createSender, reachPlace } from '../sender.ts';

export type HostOptions = Timeouts &
  ProxySettings & {
    readonly bodyTimeoutSeconds: number;
    readonly minBytesPerSecond: number;
    readonly responseTimeoutSeconds: number;
    readonly maxRetryAfterSeconds: number;
    readonly requestsPerSecond: number;
    readonly burst: number;
    /** Request budgets that outlive the host; its own by default. */
    readonly budgets?: Budgets;
    readonly userAgent: string;
    readonly clock: Clock;
    readonly log: Log;
  };

export type HostRules = {
  /** Its userinfo is the login of each request. */
  readonly url: URL;
  /** The key of the configuration that holds the URL. */
  readonly setting: string;
  /** Does a response replay what another host once answered? Then its status says nothing about this host. */
  readonly isReplayed: (headers: Answer['headers']) => boolean;
  /** What to do if it refuses connections; null if a refusal only means that it is down. */
  readonly refusedHint: string | null;
};

export type Answer = {
  readonly place: Place;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As received from the network. Errors while reading it are RequestErrors. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the request, so that the next one may start. */
  readonly letGo: () => void;
};

/** A host that gets one request at a time, including the response body. */
export type Host = {
  readonly get: (url: URL, signal: AbortSignal) => Promise<Answer>;
  readonly placeOf: (url: URL) => Place;
  readonly reach: (signal: AbortSignal) => Promise<string | null>;
  readonly hide: (text: string) => string;
  readonly close: () => void;
};

/** The archive blocks a client for an hour if it sends more requests within a minute of a 429. */
const LEAST_HOLD_MS = 60_000;
const CLOSED_MS = 3_600_000;
const SILENT_TRIES = 5;
const SILENT_MS = 15_000;

export function openHost(options: HostOptions, rules: HostRules): Host {
  const { burst, clock, log, requestsPerSecond, budgets = createBudgets() } = options;
  const { refusedHint, setting } = rules;
  const connections = openConnections(options);
  const slot = createSlot();
  const budget = budgets(rules.url.host, { perSecond: requestsPerSecond, burst, clock });
  const send = createSender({ connections, turn: budget.take, log });
  const hide = createHider([rules.url, ...[options.httpProxy, options.httpsProxy].map(parsed)]);
  const login = loginOf(rules.url);
  const headers = {
    'user-agent': options.userAgent,
    accept: '*/*',
    'accept-encoding': isLoopback(rules.url.hostname) ? 'identity' : ENCODINGS,
    ...(login === null ? {} : { authorization: login }),
  };
  /** Consecutive 429 responses. */
  let refusals = 0;
  /** Consecutive failures to get any response. */
  let silence: { readonly since: number; readonly failures: number } | null = null;
  /** Until when no request is sent, and why. */
  let closed: {
    readonly until: number;
    readonly reason: string;
    readonly hint: string;
    readonly retryAt?: Date;
  } | null = null;

  function placeOf(url: URL): Place {
    return { url: withoutLogin(url), proxy: proxyFor(url, options), setting };
  }

  function close(
    place: Place,
    reason: string,
    why: {
      readonly hint: string;
      readonly status?: number;
      readonly retryAt?: Date;
      readonly cause?: unknown;
    },
  ): RequestError {
    const { hint, retryAt } = why;
    closed = { until: clock.elapsed() + CLOSED_MS, reason, hint, ...(retryAt && { retryAt }) };
    return cannotGet(place, reason, why);
  }

  /** Handles a 429: the error says whether another attempt is allowed. */
  function refused(place: Place, retryAfter: string | undefined): RequestError {
    const asked = retryAfter === undefined ? null : parseRetryAfter(retryAfter, clock.now());
    const wait = Math.max(asked ?? 0, LEAST_HOLD_MS);
    refusals += 1;
    const reason = 'it answered 429: too many requests';
    const status = 429;
    const hint = 'Try again in an hour.';
    const inMs = (milliseconds: number): Date => new Date(clock.now() + milliseconds);
    if (refusals > 1)
      return close(place, `${reason}, twice in a row`, { hint, status, retryAt: inMs(CLOSED_MS) });
    if (wait > Math.max(LEAST_HOLD_MS, options.maxRetryAfterSeconds * 1000)) {
      const seconds = Math.ceil(wait / 1000);
      const then = { hint: 'Start the run again then.', status, retryAt: inMs(wait) };
      return close(place, `${reason}, for ${seconds} s`, then);
    }
    budget.hold(wait);
    return cannotGet(place, reason, { hint, retryable: true, status, retryAfter: String(wait / 1000) });
  }

  /** After that long without a response, other resources need not try. */
  function unreached(place: Place, error: unknown): unknown {
    const since = silence?.since ?? clock.elapsed();
    silence = { since, failures: (silence?.failures ?? 0) + 1 };
    const isLong = silence.failures >= SILENT_TRIES && clock.elapsed() - since >= SILENT_MS;
    if (!isLong || !(error instanceof RequestError)) return error;
    const hint = error.hint ?? 'Try again later.';
    return close(place, error.reason, { hint, cause: error });
  }

  function failure(place: Place, error: unknown): unknown {
    const isRefused = errorCode(error instanceof RequestError ? error.cause : error) === 'ECONNREFUSED';
    if (refusedHint === null || !isRefused || place.proxy !== null) return unreached(place, error);
    const retryAt = new Date(clock.now() + CLOSED_MS);
    return close(place, 'it refuses connections', { hint: refusedHint, cause: error, retryAt });
  }

  return {
    async get(url, signal) {
      const free = await slot.take(signal);
      try {
        const place = placeOf(url);
        if (closed !== null && clock.elapsed() < closed.until) throw cannotGet(place, closed.reason, closed);
        await budget.take(signal);
        const endsBy = clock.elapsed() + options.responseTimeoutSeconds * 1000;
        log.debug(`GET ${place.url.href}`);
        const message = await send(place, { headers, signal }).catch((error: unknown) => {
          throw signal.aborted ? error : failure(place, error);
        });
        const answered = headersOf(message.rawHeaders, hide);
        const status = message.statusCode ?? 0;
        if (status === 429 && !rules.isReplayed(answered)) {
          letGo(message);
          throw refused(place, answered['retry-after']);
        }
        refusals = 0;
        silence = null;
        const pauseMs = options.bodyTimeoutSeconds * 1000;
        const pace = { pauseMs, minBytesPerSecond: options.minBytesPerSecond, endsBy, clock };
        return {
          place,
          status,
          headers: answered,
          body: breakable(place, paced(message, pace)),
          letGo() {
            letGo(message);
            free();
          },
        };
      } catch (error) {
        free();
        throw error;
      }
    },
    placeOf,
    reach: (signal) => reachPlace(connections, placeOf(rules.url), signal),
    hide,
    close: connections.close,
  };
}

async function* breakable(place: Place, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw failed(place, error);
  }
}

function parsed(url: string | null): URL | null {
  return url === null ? null : URL.parse(url);
}
