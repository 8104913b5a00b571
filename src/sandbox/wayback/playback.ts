import { gzipSync } from 'node:zlib';

import { applyContent, applyProof } from './alter.ts';
import { apiPath, type Bodies } from './copies.ts';
import type { WaybackFault, WaybackFaultName } from './faults.ts';
import { html, NOT_ARCHIVED, redirect, SERVER } from './pages.ts';
import type { Answer } from './send.ts';
import { httpDate, nearest, timeOf, timestampOf } from './timestamps.ts';

/** What a playback URL asks for. */
export type Visit = {
  readonly timestamp: string;
  /** As it stands in the URL. */
  readonly original: string;
  readonly resource: string;
  /** Is it the path at which the API serves the collection? */
  readonly exactPath: boolean;
};

type Faults = {
  /** Uses up a turn of each fault for this path. */
  readonly take: (effect: WaybackFault['effect'], path: string) => readonly WaybackFault[];
  /** Is there such a fault for this path, used up or not? */
  readonly has: (name: WaybackFaultName, path: string) => boolean;
};

type Playback = (
  visit: Visit,
  origin: string,
) => { readonly answer: Answer; readonly faults: readonly WaybackFault[] };

/** How far a capture is from the one that it leads to. */
const MOVED_MS = 7000;
const ORIGINAL =
  /^(?<scheme>https?):\/{1,2}api\.spacexdata\.com(?::\d+)?\/(?<version>v\d)\/(?<name>[a-z]+)\/?(?:[?#].*)?$/;

/** Null where the URL is no collection of the API. */
export function readVisit(timestamp: string, original: string): Visit | null {
  const { version, name } = ORIGINAL.exec(original)?.groups ?? {};
  if (name === undefined) return null;
  return { timestamp, original, resource: name, exactPath: `/${version}/${name}` === apiPath(name) };
}

export function createPlayback(
  captures: Readonly<Record<string, readonly string[]>>,
  bodies: Bodies,
  turns: Faults,
): Playback {
  return (visit, origin) => {
    const { timestamp, original, resource } = visit;
    const link = (to: string, url = original): string => `${origin}/web/${to}id_/${url}`;
    const only = (answer: Answer): ReturnType<Playback> => ({ answer, faults: [] });

    const listed = captures[resource] ?? [];
    const body = bodies('captures', resource);
    const at = nearest(listed, timestamp);
    if (at === undefined || body === null) return only(NOT_ARCHIVED);
    const path = `captures/${resource}/${at}`;
    if (!visit.exactPath && !turns.has('other-url', path)) return only(NOT_ARCHIVED);

    // The capture beside it is in no list.
    const beside = timestampOf(timeOf(at) + MOVED_MS);
    const isBeside = timestamp === beside && (turns.has('moved', path) || turns.has('loop', path));
    if (timestamp !== at && !isBeside) return only(redirect(link(at, canonical(original)), at));
    if (isBeside && turns.has('loop', path)) return only(redirect(link(at), at));
    if (!isBeside && visit.exactPath) {
      const [detour] = turns.take('redirect', path);
      const away = detour === undefined ? null : detourOf(detour.name, visit, beside);
      if (away !== null) return only(redirect(link(away.timestamp, away.original), away.timestamp));
    }

    const played = isBeside ? beside : at;
    const faults = ['replay', 'content', 'proof', 'encoding', 'sending'] as const;
    const taken = faults.flatMap((effect) => turns.take(effect, path));
    const answer = replay(visit, played, body, taken, origin, listed);
    return { answer, faults: taken };
  };
}

/** Where a capture leads instead of being played. */
function detourOf(
  name: WaybackFaultName,
  { timestamp, original, resource }: Visit,
  beside: string,
): Pick<Visit, 'timestamp' | 'original'> | null {
  if (name === 'other-url') return { timestamp, original: `https://api.spacexdata.com/v3/${resource}` };
  if (name !== 'plain-http') return { timestamp: beside, original };
  if (original.startsWith('http:')) return null;
  return { timestamp, original: `http://api.spacexdata.com:80${apiPath(resource)}` };
}

function replay(
  visit: Visit,
  timestamp: string,
  original: Buffer,
  faults: readonly WaybackFault[],
  origin: string,
  listed: readonly string[],
): Answer {
  const named = (name: WaybackFaultName): WaybackFault | undefined =>
    faults.find((fault) => fault.name === name);
  const memento = named('no-memento') === undefined ? mementoHeaders(visit, timestamp, origin, listed) : {};
  const shared = { ...SERVER, 'cache-control': 'max-age=1800', ...memento };

  const status = named('replayed')?.amount ?? 200;
  if (status !== 200 || named('error-page') !== undefined) {
    const location =
      status < 400 && status !== 200 ? { location: `${origin}/web/${timestamp}id_/${ELSEWHERE}` } : {};
    const headers = {
      ...shared,
      'Content-Type': 'text/html; charset=UTF-8',
      ...location,
      'x-ts': String(status),
    };
    const text = `Simulated page, captured with status ${status}.`;
    return { status, headers, body: html('api.spacexdata.com', text) };
  }
  const { body, whole } = applyContent(original, faults);
  const etag = applyProof(whole, faults);
  const headers = {
    ...shared,
    'Content-Type': 'application/json; charset=utf-8',
    'x-ts': '200',
    ...(named('no-memento') === undefined ? originalHeaders(timestamp, whole, etag) : {}),
  };
  return { status, headers, body };
}

const ELSEWHERE = 'https://github.com/r-spacex/SpaceX-API';

function mementoHeaders(
  { original }: Visit,
  timestamp: string,
  origin: string,
  listed: readonly string[],
): Record<string, string> {
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

/** As the API sent them. Its length is that of the compressed body. */
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

/** As captured: without what the archive does not tell apart. */
function canonical(original: string): string {
  return original.replace(/\/?(?:[?#].*)?$/, '').replace(/^(https?):\/+/, '$1://');
}
