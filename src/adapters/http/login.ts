/** The (Proxy-)Authorization header for the userinfo of a URL; null if it has none. */
export function loginOf(url: URL): string | null {
  if (url.username === '' && url.password === '') return null;
  return `Basic ${Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString('base64')}`;
}

export function withoutLogin(url: URL): URL {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare;
}

/**
 * Returns a function that hides a token and the secrets in the userinfo of URLs, in any form in which a server might
 * echo them.
 */
export function createRedactor(
  urls: readonly (URL | null)[],
  token: string | null = null,
): (text: string) => string {
  const logins = urls.flatMap((url) => {
    const login = url === null ? null : loginOf(url);
    if (url === null || login === null) return [];
    const secret = url.password === '' ? url.username : url.password;
    return [login.slice('Basic '.length), secret, decoded(secret), encodeURIComponent(decoded(secret))];
  });
  const tokens = token === null ? [] : [token, encodeURIComponent(token), JSON.stringify(token).slice(1, -1)];
  const long = [...tokens, ...logins].filter(({ length }) => length >= SHORTEST);
  return (text) => long.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}

/** Anything shorter is too likely to occur in ordinary text. */
const SHORTEST = 4;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
