/** A database URL, also in the form `postgresql://user@/database?host=…`, which `URL` alone refuses. */
export function parseServerUrl(url: string): URL | null {
  return URL.parse(url.replace('@/', '@localhost/'));
}

/** The user that a database URL names; null where it leaves that open. */
export function userOf(url: string): string | null {
  const parsed = parseServerUrl(url);
  return parsed?.searchParams.get('user') || parsed?.username || null;
}

/** The same URL with more parameters. pg takes user, password, host and port from them where the address has none. */
export function addParameters(url: string, added: Iterable<readonly [name: string, value: string]>): string {
  const [address = '', ...fragment] = url.split('#');
  const text = [...added].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  if (text === '') return url;
  return [`${address}${address.includes('?') ? '&' : '?'}${text}`, ...fragment].join('#');
}

/**
 * The character of a login or name that seems to stand there as it is, and would end that part of the URL: a `#` has no
 * other meaning, behind `/` and `?` there would be an `@` that belongs to neither a database nor a parameter.
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
