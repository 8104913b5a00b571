/** Parses a database URL, including the form `postgresql://user@/database?host=…`, which `URL` rejects. */
export function parseServerUrl(url: string): URL | null {
  return URL.parse(url.replace('@/', '@localhost/'));
}

/** The user in a database URL; null if it has none. */
export function userOf(url: string): string | null {
  const parsed = parseServerUrl(url);
  return parsed?.searchParams.get('user') || parsed?.username || null;
}

/**
 * Adds parameters to a URL. pg reads the user, password, host and port from the parameters if the address does not
 * contain them.
 */
export function addParameters(url: string, added: Iterable<readonly [name: string, value: string]>): string {
  const [address = '', ...fragment] = url.split('#');
  const text = [...added].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  if (text === '') return url;
  return [`${address}${address.includes('?') ? '&' : '?'}${text}`, ...fragment].join('#');
}

const CODES = { '#': '%23', '?': '%3F', '/': '%2F', '%': '%25' } as const;

/** Returns the expected form if the text is not a database URL, and null if it is. */
export function serverUrlFault(text: string): string | null {
  if (!/^postgres(?:ql)?:\/\//i.test(text)) return 'a postgresql:// or postgres:// URL';
  const raw = rawCharacter(text);
  if (raw !== null) return `a URL with "${raw}" encoded as ${CODES[raw]} in its password or names`;
  const port = Number(/^[^/]*\/\/[^/?]*:(?<port>\d+)(?:[/?]|$)/.exec(text)?.groups?.['port'] ?? 0);
  if (port > 65_535) return 'a URL with a port of at most 65535';
  const isUrl = text === text.trim() && parseServerUrl(text) !== null;
  return isUrl ? null : 'a postgresql:// or postgres:// URL';
}

/**
 * The character in a login or name that appears to be unencoded and would end that part of the URL; null if there is
 * none. A `#` is always considered unencoded, because it has no other meaning. A `/` or `?` is considered unencoded if
 * it is followed by an `@` that belongs to neither a database nor a parameter.
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
