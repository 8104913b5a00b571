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
  /** Its userinfo is the login of each request. */
  readonly url: URL;
  /** How requests authenticate in place of such a login, if a token is configured. */
  readonly auth: { readonly scheme: string; readonly token: string | null } | null;
  readonly accept: string;
  /** The key of the configuration that holds the URL, for hints. */
  readonly setting: string;
  /** An alternative if the host is unreachable: a sentence after a space. */
  readonly otherwise?: string;
  /** Called before a second request within one attempt. */
  readonly turn: (signal: AbortSignal) => Promise<void>;
};

export type Answer = {
  readonly place: RequestTarget;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As received from the network. Errors while reading it are RequestErrors. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the request. */
  readonly release: () => void;
};

/** Single requests to a host. Every failure is a RequestError. */
export type Client = {
  readonly get: (
    url: URL,
    request: {
      readonly headers?: Readonly<Record<string, string>>;
      /** When the body must be complete, by `clock.elapsed()`. */
      readonly endsBy: number;
      readonly signal: AbortSignal;
    },
  ) => Promise<Answer>;
  /** By when a body must be complete if its request begins now. */
  readonly limit: () => number;
  readonly placeOf: (url: URL) => RequestTarget;
  /** Why the host is unreachable; null if it is reachable. */
  readonly reach: (signal: AbortSignal) => Promise<string | null>;
  /** Removes our own credentials from a server's text. */
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
    // For a server on this machine, compression costs four times what it saves (443 MB: 12.5 s against 3.2 s).
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

/** If the head of a response violates HTTP, repeats the request and reads the response leniently. */
function createSender(connections: Connections, turn: ClientRules['turn'], log: Log): Send {
  /** Has a head violated HTTP? Then more will. */
  let lenient = false;

  return async (place, request) => {
    const strict = !lenient;
    try {
      return await connections.send({ ...place, ...request, lenient });
    } catch (error) {
      if (!strict || !isOddHead(error)) throw failed(place, error);
    }
    lenient = true;
    log.debug('the head of the response is not valid HTTP: requesting again, with a lenient parser');
    await turn(request.signal);
    return connections.send({ ...place, ...request, lenient }).catch((error: unknown) => {
      throw failed(place, error);
    });
  };
}

/** Why a place is unreachable, found by opening a connection without sending a request; null if it is reachable. */
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

/** Alternating names and values → values by lower-case name, values of the same name joined. */
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

/** These may occur only once: the first one counts. */
const SINGLE: ReadonlySet<string> = new Set(['content-length', 'content-type', 'etag', 'location']);

const CONTROLS = /[^\t -~\x80-\xff]/g;
