import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Quota } from './quota.ts';

export type Limits = {
  readonly quota: Quota;
  readonly windowSeconds: number;
  /** The number of requests per window for clients without a token, and for clients with one. */
  readonly anonymous: number;
  readonly withToken: number;
  /** Whether 429 responses have a `Retry-After` header. */
  readonly retryAfter: boolean;
};

/** The client, identified by address or token, and its maximum number of requests. */
export function clientOf(
  { headers, socket }: IncomingMessage,
  { anonymous, withToken }: Limits,
): [ident: string, limit: number] {
  const token = /^Token (\S+)$/.exec(headers.authorization ?? '')?.[1];
  return token === undefined ? [socket.remoteAddress ?? 'unknown', anonymous] : [`token ${token}`, withToken];
}

/** The body of `api-throttle`. It does not contain the token. */
export function throttleState(request: IncomingMessage, limits: Limits): object {
  const [ident, limit] = clientOf(request, limits);
  const { used, wait } = limits.quota.state(ident, limit);
  return {
    your_request_limit: limit,
    limit_frequency_secs: limits.windowSeconds,
    current_use: used,
    next_use_secs: wait,
    ident: ident.startsWith('token ') ? 'simulated user' : ident,
  };
}

export function refuse(response: ServerResponse, seconds: number, limits: Limits): void {
  const detail = `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`;
  const header = limits.retryAfter ? { 'Retry-After': seconds } : {};
  response.writeHead(429, { 'Content-Type': 'application/json', ...header });
  response.end(JSON.stringify({ detail }));
}
