import type { IncomingMessage } from 'node:http';

import type { Clock, Log } from '../../core/ports.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { withRequestErrors, release } from './body.ts';
import { openConnections, type Connections, type HttpRequest, type Timeouts } from './connections.ts';
import { ENCODINGS } from './decode.ts';
import { failed, isOddHead, reasonAt, type RequestTarget } from './failures.ts';
import { createRedactor, loginOf, withoutLogin } from './login.ts';
import { paced } from './pace.ts';
import { proxyFor, type ProxySettings } from './proxy.ts';

const REACH_TIMEOUT_MS = 2500;

export type ClientOptions = Timeouts &
  ProxySettings & {
    readonly bodyTimeoutSeconds: number;
    readonly minBytesPerSecond: number;
    readonly responseTimeoutSeconds: number;
    readonly userAgent: string;
    readonly clock: Clock;
    readonly log: Log;
  };

export type ClientRules = {
  /** Its userinfo is sent as the login with each request. */
  readonly url: URL;
  /** The token that is sent instead of this login, if one is configured. */
  readonly auth: { readonly scheme: string; readonly token: string | null } | null;
  readonly accept: string;
  /** The configuration key of the URL, for hints. */
  readonly setting: string;
  /** What else to try if the host is unreachable: a sentence with a leading space. */
  readonly otherwise?: string;
  /** Called before each additional request within an attempt. */
  readonly turn: (signal: AbortSignal) => Promise<void>;
};

export type Answer = {
  readonly place: RequestTarget;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as received from the network. Errors while reading it are RequestErrors. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the request. */
  readonly release: () => void;
};

/** Sends single requests to a host. Every failure is a RequestError. */
export type Client = {
  readonly get: (
    url: URL,
    request: {
      readonly headers?: Readonly<Record<string, string>>;
      /** The `clock.elapsed()` time by which the body must be complete. */
      readonly endsBy: number;
      readonly signal: AbortSignal;
    },
  ) => Promise<Answer>;
  /** The `clock.elapsed()` time by which the body must be complete if the request starts now. */
  readonly limit: () => number;
  readonly placeOf: (url: URL) => RequestTarget;
  /** Why the host is unreachable; null if it is reachable. */
  readonly reach: (signal: AbortSignal) => Promise<string | null>;
  /** Removes our own credentials from text that a server sent. */
  readonly hide: (text: string) => string;
  readonly close: () => void;
};

export function createClient(options: ClientOptions, rules: ClientRules): Client {
  const { clock, httpProxy, httpsProxy, log, minBytesPerSecond } = options;
  const { accept, auth, otherwise = '', setting, turn } = rules;
  const connections = openConnections(options);
  const send = createSender(connections, turn, log);
  const proxies = [httpProxy, httpsProxy].map((url) => (url === null ? null : URL.parse(url)));
  const token = auth?.token ?? null;
  const hide = createRedactor([rules.url, ...proxies], token);
  const login = auth === null || token === null ? loginOf(rules.url) : `${auth.scheme} ${token}`;
  const common = {
    'user-agent': options.userAgent,
    accept,
    // For a server on this machine, compression makes a transfer four times slower (443 MB: 12.5 s instead of 3.2 s).
    'accept-encoding': isLoopback(rules.url.hostname) ? 'identity' : ENCODINGS,
    ...(login === null ? {} : { authorization: login }),
  };

  function placeOf(url: URL): RequestTarget {
    return { url: withoutLogin(url), proxy: proxyFor(url, options), setting, otherwise };
  }

  return {
    async get(url, { endsBy, headers = {}, signal }) {
      const place = placeOf(url);
      const message = await send(place, { signal, headers: { ...common, ...headers } });
      const pace = { pauseMs: options.bodyTimeoutSeconds * 1000, minBytesPerSecond, endsBy, clock };
      return {
        place,
        status: message.statusCode ?? 0,
        headers: headersOf(message.rawHeaders, hide),
        body: withRequestErrors(place, paced(message, pace)),
        release: () => release(message),
      };
    },
    limit: () => clock.elapsed() + options.responseTimeoutSeconds * 1000,
    placeOf,
    reach: (signal) => reachPlace(connections, placeOf(rules.url), signal),
    hide,
    close: connections.close,
  };
}

type Send = (
  place: RequestTarget,
  request: Omit<HttpRequest, 'lenient' | keyof RequestTarget>,
) => Promise<IncomingMessage>;

/** If the headers of a response are not valid HTTP, repeats the request with a lenient parser. */
function createSender(connections: Connections, turn: ClientRules['turn'], log: Log): Send {
  /** True after the first response with invalid headers, because later responses are likely to have the same fault. */
  let lenient = false;

  return async (place, request) => {
    const strict = !lenient;
    try {
      return await connections.send({ ...place, ...request, lenient });
    } catch (error) {
      if (!strict || !isOddHead(error)) throw failed(place, error);
    }
    lenient = true;
    log.debug('the response headers are not valid HTTP; requesting again with a lenient parser');
    await turn(request.signal);
    return connections.send({ ...place, ...request, lenient }).catch((error: unknown) => {
      throw failed(place, error);
    });
  };
}

/** Opens a connection without sending a request. Returns the reason if the target is unreachable; otherwise, null. */
async function reachPlace(
  connections: Connections,
  place: RequestTarget,
  signal: AbortSignal,
): Promise<string | null> {
  const timeout = AbortSignal.timeout(REACH_TIMEOUT_MS);
  try {
    await connections.reach(place, AbortSignal.any([signal, timeout]));
    return null;
  } catch (error) {
    signal.throwIfAborted();
    const late = `no connection within ${REACH_TIMEOUT_MS / 1000} s`;
    return timeout.aborted ? reasonAt(place, late) : failed(place, error).reason;
  }
}

/**
 * Converts a list of alternating header names and values to an object with lowercase names. Joins the values of a
 * repeated header.
 */
function headersOf(raw: readonly string[], hide: (text: string) => string): Record<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    // RFC 9110, 5.5
    const value = hide((raw[i + 1] ?? '').replaceAll(CONTROLS, ' '));
    const before = headers.get(name);
    if (before === undefined) headers.set(name, value);
    else if (!SINGLE.has(name)) headers.set(name, `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

/** Headers that may occur only once. If one is repeated, the first value counts. */
const SINGLE: ReadonlySet<string> = new Set(['content-length', 'content-type', 'etag', 'location']);

const CONTROLS = /[^\t -~\x80-\xff]/g;
