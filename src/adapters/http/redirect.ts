import { maskUrl } from '../../lib/mask-url.ts';

export const MAX_REDIRECTS = 5;

const STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export type Redirect =
  | { readonly to: URL }
  /** Why we do not follow the redirect. */
  | { readonly refused: string };

/**
 * Where a response redirects to. Rejects a redirect to a different origin, except from http to https on the same host.
 * Null if the response is not a redirect.
 */
export function redirectOf(from: URL, status: number, location: string | undefined): Redirect | null {
  if (!STATUSES.has(status)) return null;
  const to = location === undefined ? null : URL.parse(location, from.href);
  if (to === null) return { refused: `it responded with ${status} but without a valid Location header` };
  to.username = '';
  to.password = '';
  to.hash = '';
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:';
  if (to.hostname === from.hostname && (to.origin === from.origin || isUpgrade)) return { to };
  return { refused: `it redirects to ${maskUrl(to.href)}, ${differenceOf(from, to)}` };
}

function differenceOf(from: URL, to: URL): string {
  if (to.protocol !== 'http:' && to.protocol !== 'https:') return 'which is not an http address';
  if (to.hostname !== from.hostname) return 'which is on a different host';
  return to.protocol === from.protocol ? 'which uses a different port' : 'which does not use TLS';
}
