import type { Manifest } from '../adapters/files/history.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { parseServerUrl, userOf } from '../lib/server-url.ts';
import { sources } from '../sources/index.ts';

/** Did the run use the database and schema of this configuration? The user does not matter. */
export function isOurs(
  { config: own = {}, source: of }: Pick<Manifest, 'config' | 'source'>,
  { database, settings, source }: SourceConfig,
): boolean {
  if (sources.some((other) => other !== source && other.name === of)) return false;
  return (
    own[`sources.${source.name}.schema`] === settings.schema &&
    placeOf(own['database.url']) === placeOf(database.url)
  );
}

/** Host, port and database of a URL. Null means the embedded database in the data folder. */
function placeOf(text: unknown): string | null {
  if (text === null) return 'embedded';
  if (typeof text !== 'string') return null;
  const url = parseServerUrl(text);
  if (url === null) return null;
  const { hostname, port, pathname, searchParams } = url;
  const host = searchParams.get('host') ?? (hostname === '' ? 'localhost' : hostname);
  const name = pathname === '' || pathname === '/' ? `/${userOf(text) ?? ''}` : pathname;
  return `${host}:${searchParams.get('port') ?? (port === '' ? '5432' : port)}${name}`;
}
