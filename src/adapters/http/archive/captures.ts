import { SIMULATED_HEADER } from '../../../core/simulated.ts';
import { isJsonType } from '../../../lib/content-type.ts';
import { maskUrl } from '../../../lib/mask-url.ts';
import { decodeByBytes, type Decoded } from '../decode.ts';
import { MAX_REDIRECTS, redirectOf } from '../redirect.ts';
import type { OpenResponse } from '../tries.ts';
import { brokenBody, noCopy, refusedWith } from './copy-error.ts';
import type { Answer } from '../client.ts';
import type { Host } from './host.ts';
import { readIndex, type IndexRow } from './index-rows.ts';
import { keptResponse, readAll, type Page } from './page.ts';
import {
  formatPlayback,
  indexUrl,
  isFixed,
  isSameOriginal,
  momentOf,
  parsePlayback,
  type Playback,
} from './playback-url.ts';
import { canProve, proven } from './proof.ts';

export type Captures = {
  /** Requests the capture closest to the chosen day. */
  readonly nearest: (page: Page) => Promise<OpenResponse>;
  /**
   * Returns a function that requests the newest capture in the index that has not been tried. Every call of that
   * function requests the same capture.
   */
  readonly newest: (page: Page) => () => Promise<OpenResponse>;
};

const INDEX_BYTES = 8_000_000;

/** True for a captured response, regardless of its status. The archive's own responses lack this header. */
export function isReplayed(headers: Answer['headers']): boolean {
  return headers['memento-datetime'] !== undefined;
}

/** An API's captures in a web archive. `base.original` is the API's base URL. */
export function createCaptures(host: Host, base: Playback): Captures {
  const captureOf = ({ path }: Page): Playback => ({ ...base, original: base.original + path });

  async function readRows(page: Page): Promise<readonly IndexRow[]> {
    const capture = captureOf(page);
    const answer = await host.get(indexUrl(capture), page.signal);
    const blocked = blockOf(answer);
    if (blocked !== null || answer.status !== 200) answer.release();
    if (blocked !== null) throw noCopy(answer.place, 'absent', blocked);
    if (answer.status !== 200) throw refusedWith(answer);
    const text = (await readAll(answer, INDEX_BYTES)).toString();
    try {
      return readIndex(text, capture.original);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw noCopy(answer.place, 'unusable', `its response is not a list of captures: ${reason}`, {
        cause: error,
      });
    }
  }

  return {
    nearest: (page) => follow(host, captureOf(page), page),
    newest(page) {
      let found: IndexRow | null = null;
      return async () => {
        const capture = captureOf(page);
        if (found === null) {
          const rows = await readRows(page);
          const place = host.placeOf(indexUrl(capture));
          if (rows.length === 0) throw noCopy(place, 'absent', 'the index lists no usable capture');
          found = rows.find(({ timestamp }) => !page.tried.has(timestamp)) ?? null;
          // Not `absent`: captures exist, but all of them have been tried.
          if (found === null) throw noCopy(place, 'unusable', 'the index lists no other usable capture');
        }
        return follow(host, { ...capture, ...found }, page);
      };
    },
  };
}

/** Requests a capture and follows redirects as long as they point to captures of the same address. */
async function follow(host: Host, start: Playback, page: Page): Promise<OpenResponse> {
  const seen = new Set<string>();
  let answer: Answer | null = null;
  for (let capture = start; ;) {
    const url = new URL(formatPlayback(capture));
    const place = host.placeOf(url);
    if (seen.has(url.href)) throw noCopy(place, 'unusable', 'its captures redirect in a loop');
    if (seen.size > MAX_REDIRECTS)
      throw noCopy(place, 'unusable', `it redirects more than ${MAX_REDIRECTS} times`);
    seen.add(url.href);
    if (isFixed(capture) && page.kept?.url === maskUrl(place.url.href))
      return keptCapture(capture, page, answer);
    page.tried.add(capture.timestamp);
    answer = await host.get(url, page.signal);
    const redirect = redirectOf(place.url, answer.status, answer.headers['location']);
    if (redirect === null) return readCapture(answer, capture, seen.size === 1);
    answer.release();
    const { status } = answer;
    if ('refused' in redirect) throw noCopy(place, 'unusable', redirect.refused, { status });
    const next = parsePlayback(redirect.to.href);
    if (next === null || !isSameOriginal(next.original, start.original)) {
      const reason = `it redirects to ${maskUrl(redirect.to.href)}, which is not a capture of ${start.original}`;
      throw noCopy(place, 'unusable', reason, { status });
    }
    capture = next;
  }
}

function keptCapture(capture: Playback, { kept }: Page, answer: Answer | null): OpenResponse {
  const proof = canProve(kept?.etag) ? 'etag' : 'none';
  const copy = { url: kept?.url ?? '', captured_at: momentOf(capture.timestamp), proof, file: null } as const;
  const simulated = answer === null || !isSimulated(answer.headers) ? null : true;
  return { response: keptResponse(copy, simulated), release: () => undefined };
}

/** Throws if the response is not a usable capture. */
async function readCapture(answer: Answer, capture: Playback, isFirst: boolean): Promise<OpenResponse> {
  const { headers, release, place, status } = answer;
  try {
    checkAnswer(answer, isFirst);
    const etag = headers['x-archive-orig-etag'];
    const decoded = await decodeByBytes(answer.body).catch((error: unknown) => {
      throw brokenBody(place, error);
    });
    const url = maskUrl(place.url.href);
    const captured_at = memento(headers) ?? momentOf(capture.timestamp);
    const response = {
      url,
      status,
      headers: canProve(etag) ? { ...headers, etag } : headers,
      simulated: isSimulated(headers),
      encoding: decoded.encoding,
      copy: { url, captured_at, proof: canProve(etag) ? 'etag' : 'none', file: null },
      body: readBody(answer, decoded, etag),
    } as const;
    return { response, release };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Throws unless the response is a capture of a JSON response with status 200. `isFirst` means that no earlier response
 * has shown that a capture exists.
 */
function checkAnswer(answer: Answer, isFirst: boolean): void {
  const { headers, place, status } = answer;
  const unusable = (reason: string): Error => noCopy(place, 'unusable', reason, { status });
  const blocked = blockOf(answer);
  if (blocked !== null) throw unusable(blocked);
  if (!isReplayed(headers)) {
    if (status === 404)
      throw noCopy(place, isFirst ? 'absent' : 'unusable', 'the archive has no capture of it', { status });
    throw status === 200
      ? unusable('it is not a capture, because it has no Memento-Datetime header')
      : refusedWith(answer);
  }
  if (status !== 200) throw unusable(`it is a capture of an error response (${status})`);
  const type = headers['content-type'] ?? '(none)';
  if (!isJsonType(type)) throw unusable(`its captured content type is ${type}, not JSON`);
}

/**
 * Why the archive blocks access; null if it does not. At the request of a site's owner, the archive may block the
 * captures as well as the index.
 */
function blockOf({ headers }: Answer): string | null {
  const error = headers['x-archive-wayback-runtime-error'];
  return error === undefined ? null : `the archive blocks it: ${error.slice(0, 200)}`;
}

async function* readBody(
  { release, place }: Answer,
  { chunks }: Decoded,
  etag: string | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    const damaged = (reason: string): Error => noCopy(place, 'damaged', reason);
    yield* canProve(etag) ? proven(chunks, etag, damaged) : chunks;
  } catch (error) {
    throw brokenBody(place, error);
  } finally {
    release();
  }
}

function memento(headers: Answer['headers']): string | null {
  const time = Date.parse(headers['memento-datetime'] ?? '');
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function isSimulated(headers: Answer['headers']): boolean {
  return headers[SIMULATED_HEADER] === 'true' || headers[`x-archive-orig-${SIMULATED_HEADER}`] === 'true';
}
