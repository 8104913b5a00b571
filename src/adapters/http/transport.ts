import type { UpstreamResponse } from '../../core/ports.ts';
import { SIMULATED_HEADER } from '../../core/simulated.ts';
import { sameEtag } from '../../lib/etag.ts';
import { maskUrl } from '../../lib/mask-url.ts';
import { decode, quote } from './body.ts';
import { createClient, type Answer, type ClientOptions, type ClientRules } from './client.ts';
import { encodingsOf } from './decode.ts';
import { cannotGet, LOGIN_OF_PROXY, type RequestTarget, type RequestError } from './failures.ts';
import { withoutLogin } from './login.ts';
import { MAX_REDIRECTS, redirectOf } from './redirect.ts';
import type { OpenResponse } from './tries.ts';

export type TransportOptions = ClientOptions &
  Pick<ClientRules, 'otherwise' | 'setting' | 'turn'> & {
    /** The base URL, without a trailing slash. Its userinfo is sent as the login with each request. */
    readonly baseUrl: string;
    /** The token that is sent instead of this login, if one is configured; null if the API has no tokens. */
    readonly auth: Token | null;
  };

/** Sent as `Authorization: <scheme> <token>`. */
export type Token = {
  readonly scheme: string;
  /** Null if no token is configured. */
  readonly token: string | null;
  /** The configuration key of the token, for hints. */
  readonly setting: string;
};

/** Sends single requests over HTTP. Every failure is a RequestError. */
export type Transport = {
  /** Returns a 200 response, or a 304 response to a request with an ETag. Throws on any other response. */
  readonly get: (path: string, etag: string | null, signal: AbortSignal) => Promise<OpenResponse>;
  readonly reach: (signal: AbortSignal) => Promise<string | null>;
  readonly hide: (text: string) => string;
  readonly close: () => void;
};

export function createTransport(options: TransportOptions): Transport {
  const { auth, baseUrl, log, setting, turn } = options;
  const client = createClient(options, { ...options, url: new URL(baseUrl), accept: 'application/json' });

  /**
   * Sends one request and follows any redirects. `isOwn` is true if the response is from the URL that we requested,
   * whose query is our own and contains no secrets.
   */
  async function exchange(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer & { readonly isOwn: boolean }> {
    const endsBy = client.limit();
    let url = withoutLogin(new URL(`${baseUrl}${path}`));
    for (let redirects = 0; ; redirects += 1) {
      log.debug(`GET ${maskUrl(url.href)}`, { path, redirects });
      const answer = await client.get(url, { headers, endsBy, signal });
      const { place, status } = answer;
      const redirect = redirectOf(url, status, answer.headers['location']);
      if (redirect === null) return { ...answer, isOwn: redirects === 0 };
      answer.release();
      if ('refused' in redirect) {
        const hint = `If the API has moved there, set ${setting} to that address.`;
        throw cannotGet(place, redirect.refused, { hint, status });
      }
      if (redirects === MAX_REDIRECTS) {
        const reason = `it redirects more than ${MAX_REDIRECTS} times, most recently to ${maskUrl(redirect.to.href)}`;
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
      const answer = await exchange(path, own, signal);
      const { body, headers, isOwn, release, place, status } = answer;
      try {
        if (status === 304) checkNotModified(place, etag, headers['etag'] ?? null);
        else if (status !== 200) {
          const quoted = await quote(answer, encodingsOf(headers), client.hide);
          throw refused(place, status, headers, quoted, auth);
        }
        // A 304 response has no body, regardless of what its headers announce.
        const { chunks, encoding } = await decode(place, body, status === 304 ? [] : encodingsOf(headers));
        const response: UpstreamResponse = {
          url: isOwn ? place.url.href : maskUrl(place.url.href),
          status,
          headers,
          simulated: headers[SIMULATED_HEADER] === 'true',
          encoding,
          copy: null,
          body: chunks,
        };
        return { response, release };
      } catch (error) {
        release();
        throw error;
      }
    },

    reach: client.reach,
    hide: client.hide,
    close: client.close,
  };
}

/**
 * Throws unless a 304 response refers to the version that we asked about. After such an error, the next attempt is
 * unconditional.
 */
function checkNotModified(place: RequestTarget, asked: string | null, answered: string | null): void {
  if (asked !== null && (answered === null || sameEtag(asked, answered))) return;
  const reason =
    asked === null
      ? 'it responded with 304 to an unconditional request'
      : `it responded with 304 for version ${answered}, but the stored version is ${asked}`;
  throw cannotGet(place, reason, {
    retryable: true,
    hint: 'Check whether a proxy or cache between this machine and the API is broken.',
    status: 304,
    unconditional: true,
  });
}

function refused(
  place: RequestTarget,
  status: number,
  headers: Readonly<Record<string, string>>,
  quoted: string,
  auth: Token | null,
): RequestError {
  return cannotGet(place, `it responded with ${status}${quoted}`, {
    retryable: RETRYABLE.has(status) || status >= 500,
    hint: (hintOfToken(status, auth) ?? HINTS[status] ?? 'Try again later.').replace(
      'BASE_URL',
      place.setting,
    ),
    status,
    retryAfter: headers['retry-after'],
  });
}

/** The configuration key that would allow more requests; null if it is already set or does not exist. */
export function settingForMore(auth: Token | null): string | null {
  return auth === null || auth.token !== null ? null : auth.setting;
}

/** The hint about the token; null if the failure is not related to the token. */
function hintOfToken(status: number, auth: Token | null): string | null {
  if (status === 429) {
    const forMore = settingForMore(auth);
    return forMore === null ? null : `Try again later, or set ${forMore} for more requests.`;
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
