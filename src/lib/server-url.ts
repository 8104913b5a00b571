/** Parses a database URL, including the form `postgresql://user@/database?host=…`, which `URL` refuses. */
export function parseServerUrl(url: string): URL | null {
  return URL.parse(url.replace('@/', '@localhost/'));
}

/** The user in a database URL; null if it has none. */
export function userOf(url: string): string | null {
  const parsed = parseServerUrl(url);
  return parsed?.searchParams.get('user') || parsed?.username || null;
}

/** Adds parameters to a URL. pg reads user, password, host and port from them if the address has none. */
export function addParameters(url: string, added: Iterable<readonly [name: string, value: string]>): string {
  const [address = '', ...fragment] = url.split('#');
  const text = [...added].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  if (text === '') return url;
  return [`${address}${address.includes('?') ? '&' : '?'}${text}`, ...fragment].join('#');
}

/**
 * The character in a login or name that appears to be unencoded and would end that part of the URL. A `#` has no other
 * meaning; for `/` and `?`, a sign is an `@` after them that belongs to neither a database nor a parameter.
 */
export function rawCharacter(text: string): '#' | '?' | '/' | '%' | null {
  if (text.includes('#')) return '#';
  const [, authority = '', path = '', query = ''] = /^[^:]*:\/\/([^/?]*)([^?]*)\??(.*)$/s.exec(text) ?? [];
  const isOpen = authority.includes(':') && !authority.includes('@') && !/:\d*$|\]$/.test(authority);
  if (/@.*\//.test(path) || (isOpen && path.includes('@'))) return '/';
  if (query.split('&').some((one) => one.includes('@') && (isOpen || !one.includes('=')))) return '?';
  return isDecodable(text) ? null : '%';
}

function isDecodable(text: string): boolean {
  try {
    return decodeURIComponent(text) !== '';
  } catch {
    return false;
  }
}
