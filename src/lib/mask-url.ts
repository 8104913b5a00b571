import { rawCharacter } from './server-url.ts';

const MASK = '***';

/**
 * Replaces secrets in text with `***`. In a database URL, the secrets are the password and any parameter whose name
 * suggests a secret. In any other URL, they are all userinfo and everything after the path. Also works on text that is
 * not a URL, because a mistyped URL still contains its password.
 */
export function maskUrl(url: string): string {
  const masked = maskUserinfo(url);
  return /^postgres(ql)?:/i.test(url)
    ? maskParameters(masked)
    : maskParameters(masked.replace(/([?#]).+$/s, `$1${MASK}`));
}

/**
 * A database URL without its password, which PGPASSWORD can supply. Null if the URL has other secrets that no
 * environment variable can supply, such as `sslpassword`.
 */
export function withoutPassword(url: string): string | null {
  const bare = maskUrl(url)
    .replace(`:${MASK}@`, '@')
    .replace(/(?<=[?&])password=\*{3}&?/, '')
    .replace(/[?&]$/, '');
  return bare.includes(MASK) ? null : bare;
}

const PARTS = /^((?:[a-z][a-z0-9+.-]*:)?\/\/|[a-z][a-z0-9+.-]*:|)(.*)$/is;

function maskUserinfo(url: string): string {
  const [, start = '', rest = ''] = PARTS.exec(url) ?? [];
  if (!start.endsWith('//')) return url.replace(/^([^:@\s]*):(.*)@/s, `$1:${MASK}@`);
  const isServer = /^postgres(ql)?:/i.test(start);
  const isCut = isServer && /[#?/]/.test(rawCharacter(url) ?? '');
  const end = isCut ? rest.lastIndexOf('@') : userinfoEnd(rest);
  if (end === -1) return url;
  const userinfo = rest.slice(0, end);
  const colon = userinfo.indexOf(':');
  if (!isServer) return `${start}${MASK}${rest.slice(end)}`;
  return colon === -1 ? url : `${start}${userinfo.slice(0, colon)}:${MASK}${rest.slice(end)}`;
}

/**
 * The position of the `@` after the userinfo, or -1. An unencoded `/`, `?` or `#` in a password does not end the
 * userinfo.
 */
function userinfoEnd(rest: string): number {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const end = authority.lastIndexOf('@');
  return end === -1 && authority.includes(':') ? rest.lastIndexOf('@') : end;
}

const PARAMETER = /(^|[?&#;\s])([^=?&#;\s]+)(\s*=\s*)('(?:\\.|[^'\\])*'|[^&;\s]*)/gs;
const SECRET_NAME = /pass(?!file)|pwd|secret|token|auth|credential|signature|^sig$|api[-_]?key|^key$/i;

function maskParameters(text: string): string {
  return text.replace(PARAMETER, (all: string, before: string, name: string, equals: string) =>
    SECRET_NAME.test(decoded(name)) ? `${before}${name}${equals}${MASK}` : all,
  );
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
