import type { IncomingMessage } from 'node:http';

import type { Clock, Log, UpstreamResponse } from '../../core/ports.ts';
import { SIMULATED_HEADER } from '../../core/simulated.ts';
import { sameEtag } from '../../lib/etag.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { maskUrl } from '../../lib/mask-url.ts';
import { decode, letGo, quote } from './body.ts';
import { openConnections, type Timeouts } from './connections.ts';
import { encodingsOf, ENCODINGS } from './decode.ts';
import { cannotGet, LOGIN_OF_PROXY, type Place, type RequestError } from './failures.ts';
import { headersOf } from './headers.ts';
import { createHider, loginOf, withoutLogin } from './login.ts';
import { paced } from './pace.ts';
import { proxyFor, type ProxySettings } from './proxy.ts';
import { MAX_REDIRECTS, redirectOf } from './redirect.ts';
import { createSender, reachPlace } from './sender.ts';
import type { Asked } from './tries.ts';

export type TransportOptions = Timeouts &
  ProxySettings & {
    readonly bodyTimeoutSeconds: number;
    readonly minBytesPerSecond: number;
    readonly responseTimeoutSeconds: number;
    readonly clock: Pick<Clock, 'elapsed'>;
    /** Without a trailing slash. Its userinfo is the login of each request. */
    readonly baseUrl: string;
    /** How requests authenticate in place of such a login; null if the API has no tokens. */
    readonly auth: Token | null;
    /** The key of the configuration that holds the URL, for hints. */
    readonly setting: string;
    /** An alternative if the API is unreachable: a sentence after a space. */
    readonly otherwise?: string;
    readonly userAgent: string;
    /** Called before each request beyond the first, when a redirect needs one. */
    readonly turn: (signal: AbortSignal) => Promise<void>;
    readonly log: Log;
  };

/** Sent as `Authorization: <scheme> <token>`. */
export type Token = {
  readonly scheme: string;
  /** Null if none is configured. */
  readonly token: string | null;
  /** The key of the configuration that holds the token, for hints. */
  readonly setting: string;
};

/** Single requests over HTTP. Every failure is a RequestError. */
export type Transport = {
  /** Returns 200, or 304 to a request with an ETag; throws on any other response. */
  readonly get: (path: string, etag: string | null, signal: AbortSignal) => Promise<Asked>;
  readonly reach: (signal: AbortSignal) => Promise<string | null>;
  readonly hide: (text: string) => string;
  readonly close: () => void;
};

type Answer = {
  readonly place: Place;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: IncomingMessage;
  /** Is it the URL that we requested? Then its query is ours and contains no secret. */
  readonly isOwn: boolean;
};

export function createTransport(options: TransportOptions): Transport {
  const { baseUrl, clock, log, minBytesPerSecond, otherwise = '', setting, turn } = options;
  const connections = openConnections(options);
  const send = createSender({ connections, turn, log });
  const base = new URL(baseUrl);
  const { auth } = options;
  const token = auth?.token ?? null;
  const hide = createHider([base, ...[options.httpProxy, options.httpsProxy].map(parsed)], token);
  const login = auth === null || token === null ? loginOf(base) : `${auth.scheme} ${token}`;
  const common = {
    'user-agent': options.userAgent,
    accept: 'application/json',
    // For a server on this machine, compression costs four times what it saves (443 MB: 12.5 s against 3.2 s).
    'accept-encoding': isLoopback(base.hostname) ? 'identity' : ENCODINGS,
    ...(login === null ? {} : { authorization: login }),
  };

  /** One request, and any redirects that follow. */
  async function exchange(
    path: string,
    own: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    let url = withoutLogin(new URL(`${baseUrl}${path}`));
    for (let redirects = 0; ; redirects += 1) {
      const place = { url, proxy: proxyFor(url, options), setting, otherwise };
      log.debug(`GET ${maskUrl(url.href)}`, { path, redirects });
      const body = await send(place, { signal, headers: { ...common, ...own } });
      const headers = headersOf(body.rawHeaders, hide);
      const status = body.statusCode ?? 0;
      const redirect = redirectOf(url, status, headers['location']);
      if (redirect === null) return { place, status, headers, body, isOwn: redirects === 0 };
      letGo(body);
      if ('refused' in redirect) {
        const hint = `If that is where the API has moved, give ${setting} its address.`;
        throw cannotGet(place, redirect.refused, { hint, status });
      }
      if (redirects === MAX_REDIRECTS) {
        const reason = `it redirects more than ${MAX_REDIRECTS} times, at last to ${maskUrl(redirect.to.href)}`;
        throw cannotGet(place, reason, { hint: `Check ${setting}.`, status });
      }
      url = redirect.to;
      log.debug(`redirected to ${maskUrl(url.href)}`, { path, status });
      await turn(signal);
    }
  }

  return {
    async get(path, etag, signal) {
      const own = etag === null ? {} : { 'if-none-match': etag };
      const endsBy = clock.elapsed() + options.responseTimeoutSeconds * 1000;
      const { body, headers, isOwn, place, status } = await exchange(path, own, signal);
      const pace = { pauseMs: options.bodyTimeoutSeconds * 1000, minBytesPerSecond, endsBy, clock };
      try {
        if (status === 304) checkNotModified(place, etag, headers['etag'] ?? null);
        else if (status !== 200)
          throw refused(place, status, headers, await quote(body, encodingsOf(headers), hide), auth);
        // A 304 has no body, whatever its headers announce.
        const announced = status === 304 ? [] : encodingsOf(headers);
        const { chunks, encoding } = await decode(place, paced(body, pace), announced);
        const response: UpstreamResponse = {
          url: isOwn ? place.url.href : maskUrl(place.url.href),
          status,
          headers,
          simulated: headers[SIMULATED_HEADER] === 'true',
          encoding,
          copy: null,
          body: chunks,
        };
        return { response, letGo: () => letGo(body) };
      } catch (error) {
        letGo(body);
        throw error;
      }
    },

    reach: (signal) =>
      reachPlace(connections, { url: base, proxy: proxyFor(base, options), setting }, signal),
    hide,
    close: connections.close,
  };
}

function parsed(url: string | null): URL | null {
  return url === null ? null : URL.parse(url);
}

/** A 304 must be about the version that we asked about; if it is not, the next attempt requests everything. */
function checkNotModified(place: Place, asked: string | null, answered: string | null): void {
  if (asked !== null && (answered === null || sameEtag(asked, answered))) return;
  const reason =
    asked === null
      ? 'it answered 304 though it was not asked what has changed'
      : `it answered 304 for the version ${answered}, where ${asked} is kept`;
  throw cannotGet(place, reason, {
    retryable: true,
    hint: 'Check what is between here and the API: a cache may be broken.',
    status: 304,
    unconditional: true,
  });
}

function refused(
  place: Place,
  status: number,
  headers: Readonly<Record<string, string>>,
  quoted: string,
  auth: Token | null,
): RequestError {
  return cannotGet(place, `it answered ${status}${quoted}`, {
    retryable: RETRYABLE.has(status) || status >= 500,
    hint: (hintOfToken(status, auth) ?? HINTS[status] ?? 'Try again later.').replace(
      'BASE_URL',
      place.setting,
    ),
    status,
    retryAfter: headers['retry-after'],
  });
}

/** The key of the configuration that would allow more requests; null if it is set already or does not exist. */
export function whatAllowsMore(auth: Token | null): string | null {
  return auth === null || auth.token !== null ? null : auth.setting;
}

/** How the token relates to the failure; null if it does not. */
function hintOfToken(status: number, auth: Token | null): string | null {
  if (status === 429) {
    const forMore = whatAllowsMore(auth);
    return forMore === null ? null : `Try again later, or give ${forMore} for more requests.`;
  }
  return (status === 401 || status === 403) && auth !== null && auth.token !== null
    ? `Check ${auth.setting}.`
    : null;
}

const RETRYABLE: ReadonlySet<number> = new Set([408, 425, 429]);
const HINTS: Readonly<Record<number, string>> = {
  401: 'Check the login in BASE_URL: https://user:password@host',
  403: 'Check the login in BASE_URL, if it needs one, or try again later.',
  404: 'Check BASE_URL.',
  407: LOGIN_OF_PROXY,
};
