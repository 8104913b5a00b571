import { createHash, timingSafeEqual } from 'node:crypto';

import type { Context, MiddlewareHandler } from 'hono';

import { bracketed, isLoopback } from '../lib/loopback.ts';
import { Refusal } from './failure.ts';

export type GuardOptions = {
  /** The address that the server listens on. */
  readonly host: string;
  /** Null if no token is needed. */
  readonly token: string | null;
};

const READING = ['GET', 'HEAD'];

/** Checks the host, the site, the body's type and the token, in this order. */
export function guard({ host, token }: GuardOptions): MiddlewareHandler {
  return async (context, next) => {
    refuseHost(context, host);
    if (!READING.includes(context.req.method)) {
      refuseSite(context);
      refuseType(context);
    }
    if (token !== null) refuseToken(context, token);
    await next();
  };
}

/** A page on another site could reach this machine through the site's own host name. */
function refuseHost({ req }: Context, host: string): void {
  const named = req.header('host') ?? '';
  if (!isLoopback(bracketed(host)) || isLoopback(hostnameOf(named))) return;
  throw new Refusal(421, `Cannot accept a request for host ${named}: this server is ${host}`, {
    hint: 'Use the address that serve prints.',
  });
}

function refuseSite({ req }: Context): void {
  const site = req.header('sec-fetch-site') ?? 'none';
  const origin = req.header('origin');
  const isOwn = origin === undefined || hostOf(origin) === req.header('host');
  if (['none', 'same-origin'].includes(site) && isOwn) return;
  throw new Refusal(403, 'Cannot accept a request from a page on another site', {
    hint: 'Send it from a program such as curl.',
  });
}

function refuseType({ req }: Context): void {
  const type = req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  const length = req.header('content-length') ?? '0';
  const hasBody = length !== '0' || req.header('transfer-encoding') !== undefined;
  if (!hasBody || type === 'application/json') return;
  throw new Refusal(415, 'Cannot read the body: it is not application/json', {
    hint: 'Send no body.',
  });
}

function refuseToken({ req }: Context, token: string): void {
  const given = /^Bearer (.+)$/.exec(req.header('authorization') ?? '')?.[1] ?? '';
  if (isSame(given, token)) return;
  throw new Refusal(401, 'Cannot accept the request: the token is missing or invalid', {
    hint: 'Send the token that serve was started with, as Authorization: Bearer TOKEN.',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

/** Takes the same time no matter where the strings first differ. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function hostnameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}
