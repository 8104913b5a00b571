import { parseServerUrl, showFound } from './value.ts';
import { PipelineError } from '../core/errors.ts';

export type Variable = {
  readonly value: string;
  /** For messages: `PGHOST`, or `PGHOST in .env`. */
  readonly name: string;
  readonly origin: `environment ${string}` | `.env ${string}`;
};

/** The strongest of some variables that are set, the first name first. */
export type FindVariable = (...names: readonly string[]) => Variable | null;

/**
 * The server that libpq's variables name, else those of PostgreSQL's container image. Only a host makes one.
 * Throws `usage`.
 */
export function serverFromVariables(find: FindVariable): (Variable & { readonly url: string }) | null {
  const host = find('PGHOST', 'POSTGRES_HOST');
  if (host === null) return null;
  const port = find('PGPORT', 'POSTGRES_PORT');
  if (port !== null && !isPort(port.value)) throw wrong(port, 'a whole number from 1 to 65535');
  const parts = {
    host: host.value,
    port: port?.value,
    user: find('PGUSER', 'POSTGRES_USER')?.value,
    password: find('PGPASSWORD', 'POSTGRES_PASSWORD')?.value,
    database: find('PGDATABASE', 'POSTGRES_DB')?.value ?? '',
  };
  const url = host.value.startsWith('/') ? socketUrl(parts) : hostUrl(parts);
  if (parseServerUrl(url) === null) throw wrong(host, 'a host name, an address or the folder of a socket');
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

/** The host in the query is how pg takes a socket. */
function socketUrl({ database, ...parts }: Parts): string {
  const given = Object.entries(parts).filter(([, value]) => value !== undefined);
  const query = given.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&');
  return `postgresql:///${pathOf(database)}?${query}`;
}

/** pg decodes the path with decodeURI, which would leave `%2F` and the like as they are. */
function pathOf(database: string): string {
  return encodeURI(database).replaceAll('?', '%3F').replaceAll('#', '%23');
}

/** What libpq takes from its variables where a URL does not say it. */
const PARAMETERS: readonly (readonly [parameter: string, variable: string])[] = [
  ['password', 'PGPASSWORD'],
  ['passfile', 'PGPASSFILE'],
  ['sslmode', 'PGSSLMODE'],
  ['sslrootcert', 'PGSSLROOTCERT'],
  ['sslcert', 'PGSSLCERT'],
  ['sslkey', 'PGSSLKEY'],
  ['sslcrl', 'PGSSLCRL'],
];

/** A URL without password or password file, or without a word about TLS, takes those of libpq's variables, as libpq does. */
export function withParameters(url: string, find: FindVariable): string {
  const parsed = parseServerUrl(url);
  if (parsed === null) return url;
  const missing = PARAMETERS.flatMap(([parameter, name]) => {
    const variable = find(name);
    const said = parsed.searchParams.has(parameter) || (parameter === 'password' && parsed.password !== '');
    return variable === null || said ? [] : [`${parameter}=${encodeURIComponent(variable.value)}`];
  });
  if (missing.length === 0) return url;
  const [address = '', ...fragment] = url.split('#');
  const full = `${address}${address.includes('?') ? '&' : '?'}${missing.join('&')}`;
  return [full, ...fragment].join('#');
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function wrong({ name, value }: Variable, expected: string): PipelineError {
  return new PipelineError(`Cannot use ${name}: must be ${expected}, found ${showFound(value)}`, {
    code: 'usage',
    hint: `Correct or unset ${name}, or give the whole server as --database-url.`,
  });
}
