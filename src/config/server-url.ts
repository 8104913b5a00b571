import { showFound } from './value.ts';
import { PipelineError } from '../core/errors.ts';
import { addParameters, parseServerUrl, userOf } from '../lib/server-url.ts';

export type Variable = {
  readonly value: string;
  /** For messages: `PGHOST`, or `PGHOST in .env`. */
  readonly name: string;
  readonly origin: `environment ${string}` | `.env ${string}`;
};

/** Returns the first of these variables that is set. */
export type FindVariable = (...names: readonly string[]) => Variable | null;

/**
 * The server described by the variables of libpq or of PostgreSQL's container image; null if none of them names a
 * host. Throws `usage`.
 */
export function serverFromVariables(find: FindVariable): (Variable & { readonly url: string }) | null {
  const host = find('PGHOST', 'POSTGRES_HOST');
  if (host === null) return null;
  const parts = {
    host: host.value,
    port: portFrom(find, 'PGPORT', 'POSTGRES_PORT')?.value,
    user: find('PGUSER', 'POSTGRES_USER')?.value,
    password: find('PGPASSWORD', 'POSTGRES_PASSWORD')?.value,
    database: find('PGDATABASE', 'POSTGRES_DB')?.value ?? '',
  };
  const url = host.value.startsWith('/') ? socketUrl(parts) : hostUrl(parts);
  if (parseServerUrl(url) === null) throw wrong(host, 'a host name, an address or a socket folder');
  return { ...host, url };
}

type Parts = {
  readonly host: string;
  readonly port: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
};

function hostUrl({ host, port, user, password, database }: Parts): string {
  const login = encodeURIComponent(user ?? '');
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`;
  const at = login === '' && secret === '' ? '' : '@';
  const address = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `postgresql://${login}${secret}${at}${address}${port === undefined ? '' : `:${port}`}/${pathOf(database)}`;
}

/** pg accepts a socket only as the `host` parameter in the query. */
function socketUrl({ database, ...parts }: Parts): string {
  const given = Object.entries(parts).filter(([, value]) => value !== undefined);
  const query = given.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&');
  return `postgresql:///${pathOf(database)}?${query}`;
}

/** pg decodes the path with decodeURI, which would leave escapes such as `%2F` as they are. */
function pathOf(database: string): string {
  return encodeURI(database).replaceAll('?', '%3F').replaceAll('#', '%23');
}

/**
 * The parts that a URL may omit, besides the host and the database, each with its variables: libpq's first, then the
 * image's.
 */
const PARAMETERS: readonly (readonly [parameter: string, variable: string, ofTheImage?: string])[] = [
  ['port', 'PGPORT', 'POSTGRES_PORT'],
  ['user', 'PGUSER', 'POSTGRES_USER'],
  ['password', 'PGPASSWORD', 'POSTGRES_PASSWORD'],
  ['passfile', 'PGPASSFILE'],
  ['sslmode', 'PGSSLMODE'],
  ['sslrootcert', 'PGSSLROOTCERT'],
  ['sslcert', 'PGSSLCERT'],
  ['sslkey', 'PGSSLKEY'],
  ['sslcrl', 'PGSSLCRL'],
];

/**
 * Fills in the missing parts of a URL from libpq's variables, then from the variables of PostgreSQL's container image.
 * If `POSTGRES_HOST` is set, the image's variables complete only a URL for that server. A password is used only with
 * the user that it belongs to. Throws `usage`.
 */
export function withParameters(url: string, find: FindVariable): string {
  const parsed = parseServerUrl(url);
  if (parsed === null) return url;
  const isOfImage = imageFits(url, parsed, find);
  const names = (variable: string, ofTheImage?: string): readonly string[] =>
    isOfImage && ofTheImage !== undefined ? [variable, ofTheImage] : [variable];
  const user = userOf(url) ?? find(...names('PGUSER', 'POSTGRES_USER'))?.value;
  const owner = find('POSTGRES_USER')?.value;
  const said: Readonly<Record<string, string | null>> = {
    port: parsed.port,
    user: userOf(url),
    password: parsed.password,
  };
  const missing = PARAMETERS.flatMap(([parameter, name, ofTheImage]) => {
    if (parsed.searchParams.has(parameter) || said[parameter]) return [];
    const isOfOtherUser = parameter === 'password' && (owner === undefined || user !== owner);
    const from = isOfOtherUser ? [name] : names(name, ofTheImage);
    const variable = parameter === 'port' ? portFrom(find, ...from) : find(...from);
    return variable === null ? [] : [[parameter, variable.value] as const];
  });
  const host = hostVariable(url, find);
  if (host !== null) missing.unshift(['host', host.value]);
  return addParameters(withDatabase(url, parsed, find, names('PGDATABASE', 'POSTGRES_DB')), missing);
}

/**
 * The variable that supplies the host for a URL without one. Null if the URL has a host or no such variable is set.
 */
export function hostVariable(url: string, find: FindVariable): Variable | null {
  return hostOf(url) === '' && !parseServerUrl(url)?.searchParams.has('host')
    ? find('PGHOST', 'POSTGRES_HOST')
    : null;
}

/** Empty if the URL has no host before its path. */
function hostOf(url: string): string {
  const [, host = ''] = /^[^:]*:\/\/(?:[^/?#]*@)?([^/?#:]*)/.exec(url) ?? [];
  return host;
}

/** Whether the image's variables describe the server in the URL. */
function imageFits(url: string, { searchParams }: URL, find: FindVariable): boolean {
  const named = find('POSTGRES_HOST');
  const host = searchParams.get('host') ?? (hostOf(url) || hostVariable(url, find)?.value);
  return named === null || host === named.value;
}

/**
 * Puts the database name into the path, the only place where pg looks for it. libpq also accepts it as a parameter or
 * a variable.
 */
function withDatabase(
  url: string,
  { pathname, searchParams }: URL,
  find: FindVariable,
  variables: readonly string[],
): string {
  const isOpen = pathname === '' || pathname === '/';
  const name = searchParams.get('dbname') ?? (isOpen ? find(...variables)?.value : undefined);
  if (name === undefined) return url;
  return url.replace(/^([^:]*:\/\/[^/?#]*)[^?#]*/, (_, server: string) => `${server}/${pathOf(name)}`);
}

function portFrom(find: FindVariable, ...names: readonly string[]): Variable | null {
  const port = find(...names);
  if (port !== null && !isPort(port.value)) throw wrong(port, 'a whole number from 1 to 65535');
  return port;
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function wrong({ name, value }: Variable, expected: string): PipelineError {
  return new PipelineError(`Cannot use ${name}: must be ${expected}, found ${showFound(value)}`, {
    code: 'usage',
    hint: `Correct or unset ${name}, or set --database-url to the URL of the server.`,
  });
}
