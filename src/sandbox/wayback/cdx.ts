import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { apiPath, type Bodies } from './copies.ts';
import type { FindFault } from './faults.ts';
import { html, SERVER } from './pages.ts';
import type { Answer } from './send.ts';
import { readVisit } from './visit.ts';

/** The path of the index of captures. */
export const CDX_PATH = '/cdx/search/cdx';

const FIELDS = ['urlkey', 'timestamp', 'original', 'mimetype', 'statuscode', 'digest', 'length'] as const;
type Row = Readonly<Record<(typeof FIELDS)[number], string>>;

/** The resource that a query is about; null if it is not about a resource. */
export function readCdxQuery(query: URLSearchParams): string | null {
  const visit = readVisit('', query.get('url') ?? '');
  return visit?.exactPath === true ? visit.resource : null;
}

/** The rows, oldest first. A captured page or error is listed with its type and status. */
export function rowsOf(
  resource: string,
  listed: readonly string[],
  bodies: Bodies,
  find: FindFault,
): readonly Row[] {
  const body = bodies('captures', resource);
  if (body === null) return [];
  return listed.toSorted().map((timestamp) => {
    const path = `captures/${resource}/${timestamp}`;
    const status = find('replayed', path)?.amount ?? 200;
    const isPage = status !== 200 || find('error-page', path) !== undefined;
    const captured = isPage ? html(String(status), resource) : body;
    return {
      urlkey: `com,spacexdata,api)${apiPath(resource)}`,
      timestamp,
      original: `https://api.spacexdata.com${apiPath(resource)}`,
      mimetype: isPage ? 'text/html' : 'application/json',
      statuscode: String(status),
      digest: base32(createHash('sha1').update(captured).digest()),
      // The length of the compressed record, including its headers.
      length: String(gzipSync(captured).length + 700),
    };
  });
}

export function cdxAnswer(rows: readonly Row[], query: URLSearchParams): Answer {
  const fields = (query.get('fl')?.split(',') ?? FIELDS).filter((field) => isField(field));
  const chosen = limited(
    rows.filter((row) => isWanted(row, query)),
    Number(query.get('limit') ?? 0),
  ).map((row) => fields.map((field) => row[field]));
  if (query.get('output') !== 'json') {
    const text = chosen.map((values) => `${values.join(' ')}\n`).join('');
    return answer('text/plain;charset=UTF-8', text);
  }
  const lines = chosen.length === 0 ? [] : [fields, ...chosen].map((values) => JSON.stringify(values));
  return answer('application/json', `[${lines.join(',\n')}]\n`);
}

/** The index's response for a blocked site. */
export function cdxBlocked(error: string): Answer {
  const blocked = answer('text/plain;charset=UTF-8', `${error}\n`);
  return {
    ...blocked,
    status: 403,
    headers: { ...blocked.headers, 'X-Archive-Wayback-Runtime-Error': error },
  };
}

function answer(type: string, text: string): Answer {
  return { status: 200, headers: { ...SERVER, 'Content-Type': type }, body: Buffer.from(text) };
}

function isWanted(row: Row, query: URLSearchParams): boolean {
  const { timestamp } = row;
  if (timestamp < (query.get('from') ?? '').padEnd(14, '0')) return false;
  if (timestamp > (query.get('to') ?? '').padEnd(14, '9')) return false;
  return query.getAll('filter').every((filter) => {
    const { not, field = '', pattern = '' } = FILTER.exec(filter)?.groups ?? {};
    return !isField(field) || new RegExp(`^(?:${pattern})$`).test(row[field]) === (not === '');
  });
}

const FILTER = /^(?<not>!?)(?<field>[a-z]+):(?<pattern>.*)$/;

/** A negative limit counts from the end. */
function limited(rows: readonly Row[], limit: number): readonly Row[] {
  if (limit === 0) return rows;
  return limit > 0 ? rows.slice(0, limit) : rows.slice(limit);
}

function isField(name: string): name is (typeof FIELDS)[number] {
  return FIELDS.some((field) => field === name);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => BASE32[Number.parseInt(five, 2)] ?? '').join('');
}
