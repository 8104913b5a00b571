import { gzipSync } from 'node:zlib';

import { applyContent, applyCut, applyProof } from './alter.ts';
import type { WaybackFault, WaybackFaultName } from './faults.ts';
import { html, SERVER } from './pages.ts';
import type { Answer } from './send.ts';
import { httpDate } from './timestamps.ts';
import { canonical } from './visit.ts';

/** A capture of a URL. */
type Played = {
  readonly original: string;
  readonly timestamp: string;
  /** All captures of that URL. */
  readonly listed: readonly string[];
  /** The archive's origin. */
  readonly origin: string;
};

/** The captured response, with its status and the headers that every capture has. */
export function replay(played: Played, original: Buffer, faults: readonly WaybackFault[]): Answer {
  const named = (name: WaybackFaultName): WaybackFault | undefined =>
    faults.find((fault) => fault.name === name);
  const memento = named('no-memento') === undefined ? mementoHeaders(played) : {};
  const shared = { ...SERVER, 'cache-control': 'max-age=1800', ...memento };

  const status = named('replayed')?.amount ?? 200;
  if (status !== 200 || named('error-page') !== undefined) {
    return { status, headers: { ...shared, ...pageHeaders(status, played) }, body: pageBody(status) };
  }
  const whole = applyContent(original, faults);
  const etag = applyProof(whole, faults);
  const headers = {
    ...shared,
    'Content-Type': 'application/json; charset=utf-8',
    'x-ts': '200',
    ...(named('no-memento') === undefined ? originalHeaders(played.timestamp, whole, etag) : {}),
  };
  return { status, headers, body: applyCut(whole, faults) };
}

const ELSEWHERE = 'https://github.com/r-spacex/SpaceX-API';

/** The headers of a page that was captured instead of records. A redirect leads to the archive again. */
function pageHeaders(status: number, { origin, timestamp }: Played): Record<string, string> {
  return {
    'Content-Type': 'text/html; charset=UTF-8',
    'x-ts': String(status),
    ...(status >= 300 && status < 400 ? { location: `${origin}/web/${timestamp}id_/${ELSEWHERE}` } : {}),
    ...(status === 429 ? { 'x-archive-orig-retry-after': '6' } : {}),
  };
}

function pageBody(status: number): Buffer {
  return html('api.spacexdata.com', `Simulated page, captured with status ${status}.`);
}

function mementoHeaders({ original, timestamp, listed, origin }: Played): Record<string, string> {
  const url = canonical(original);
  const at = (relation: string, time: string): string =>
    `<${origin}/web/${time}/${url}>; rel="${relation}"; datetime="${httpDate(time)}"`;
  const sorted = listed.toSorted();
  const [first = timestamp, last = timestamp] = [sorted[0], sorted.at(-1)];
  return {
    'memento-datetime': httpDate(timestamp),
    link: [
      `<${url}>; rel="original"`,
      `<${origin}/web/timemap/link/${url}>; rel="timemap"; type="application/link-format"`,
      `<${origin}/web/${url}>; rel="timegate"`,
      at('first memento', first),
      at('memento', timestamp),
      at('last memento', last),
    ].join(', '),
    'x-archive-src': `sandbox-${timestamp.slice(0, 8)}/sandbox-${timestamp}-00000.warc.gz`,
  };
}

/** The headers that the API sent. The length is the length of the compressed body. */
function originalHeaders(timestamp: string, whole: Buffer, etag: string | null): Record<string, string> {
  return {
    'x-archive-orig-date': httpDate(timestamp),
    'x-archive-orig-content-encoding': 'gzip',
    'x-archive-orig-content-length': String(gzipSync(whole).length),
    'x-archive-orig-server': 'cloudflare',
    'x-archive-orig-spacex-api-cache': 'HIT',
    'x-archive-orig-vary': 'Accept-Encoding, Origin',
    ...(etag === null ? {} : { 'x-archive-orig-etag': etag }),
  };
}
