import { maskUrl } from '../../lib/mask-url.ts';

export const MAX_REDIRECTS = 5;

const STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export type Redirect =
  | { readonly to: URL }
  /** It leads somewhere that we do not follow. */
  | { readonly refused: string };

/** Where a response redirects to: only on the same host, and never from https to http. Null if it is not a redirect. */
export function redirectOf(from: URL, status: number, location: string | undefined): Redirect | null {
  if (!STATUSES.has(status)) return null;
  const to = location === undefined ? null : URL.parse(location, from.href);
  if (to === null) return { refused: `it responded with ${status} without a target address` };
  to.username = '';
  to.password = '';
  to.hash = '';
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:';
  if (to.hostname === from.hostname && (to.origin === from.origin || isUpgrade)) return { to };
  return { refused: `it redirects to ${maskUrl(to.href)}, ${differenceOf(from, to)}` };
}

function differenceOf(from: URL, to: URL): string {
  if (to.protocol !== 'http:' && to.protocol !== 'https:') return 'which is not an http address';
  if (to.hostname !== from.hostname) return 'another host';
  return to.protocol === from.protocol ? 'another port' : 'which is without TLS';
}
