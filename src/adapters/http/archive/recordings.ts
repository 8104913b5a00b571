import type { UpstreamResponse } from '../../../core/ports.ts';
import { SIMULATED_HEADER } from '../../../core/simulated.ts';
import type { Recording } from '../../../core/source.ts';
import { isJsonType } from '../../../lib/content-type.ts';
import { sameEtag } from '../../../lib/etag.ts';
import { maskUrl } from '../../../lib/mask-url.ts';
import type { OpenResponse } from '../tries.ts';
import { readCassette, type Cassette } from './cassette.ts';
import { noCopy, refusedWith } from './copy-error.ts';
import type { Answer } from '../client.ts';
import type { Host } from './host.ts';
import { keptResponse, readAll, type Page } from './page.ts';
import { isSameOriginal } from './playback-url.ts';
import { canProve, disproof } from './proof.ts';
import { sha256Of } from '../../../lib/sha256.ts';

/**
 * The maximum size of a file. A file is read as a whole, because it is a single YAML document. The largest known file
 * is over 4 MB.
 */
const FILE_BYTES = 64_000_000;

export type Recordings = {
  readonly urlOf: (recording: Recording) => string;
  readonly get: (recording: Recording, page: Page) => Promise<OpenResponse>;
};

export type RecordingsOptions = {
  readonly folder: string;
  /** The API's base URL. */
  readonly original: string;
  /** The latest day from which a recording is accepted, as `YYYY-MM-DD`; null for any day. */
  readonly until: string | null;
};

/** A folder of an API's recorded responses. */
export function createRecordings(host: Host, { folder, original, until }: RecordingsOptions): Recordings {
  const placeOf = ({ file }: Recording) => host.placeOf(new URL(`${folder}/${file}`));
  const urlOf = (recording: Recording): string => maskUrl(placeOf(recording).url.href);

  return {
    urlOf,
    async get(recording, page) {
      const place = placeOf(recording);
      const url = urlOf(recording);
      const day = recording.recorded.slice(0, 10);
      if (until !== null && day > until)
        throw noCopy(place, 'absent', `it was recorded on ${day}, after ${until}`);
      // A file with the same URL is never requested again, so a folder with changed files needs a new URL.
      if (page.kept?.url === url) {
        const proof = canProve(page.kept.etag) ? 'etag' : recording.sha256 === null ? 'none' : 'sha256';
        const file = recording.sha256 === null ? null : { url, sha256: recording.sha256 };
        const copy = { url, captured_at: isoOf(recording.recorded), proof, file } as const;
        return { response: keptResponse(copy, null), release: () => undefined };
      }
      const answer = await host.get(place.url, page.signal);
      if (answer.status !== 200) {
        answer.release();
        const { status } = answer;
        if (status === 404) throw noCopy(place, 'absent', 'there is no such file', { status });
        throw refusedWith(answer);
      }
      const bytes = await readAll(answer, FILE_BYTES);
      const response = await readRecording(answer, bytes, recording, original + page.path);
      return { response, release: () => undefined };
    },
  };
}

/** Reads the response in a file and checks it against the expected recording. */
async function readRecording(
  { headers, place }: Answer,
  bytes: Buffer,
  known: Recording,
  original: string,
): Promise<UpstreamResponse> {
  const damaged = (reason: string, cause?: unknown) => noCopy(place, 'damaged', reason, { cause });
  const cassette = await readCassette(bytes).catch((error: unknown) => {
    throw damaged(`it is not a recording: ${error instanceof Error ? error.message : String(error)}`, error);
  });
  const simulated = [headers, cassette.headers].some((some) => some[SIMULATED_HEADER] === 'true');
  const sha256 = sha256Of(bytes);
  // The hash of simulated records cannot be known in advance. They are marked as simulated, so that they cannot be
  // mistaken for real records.
  const pinned = simulated ? { sha256: null, etag: null } : known;
  const fault = faultOf(cassette, sha256, pinned);
  if (fault !== null) throw damaged(fault);
  const reason = mismatchOf(cassette, original);
  if (reason !== null) throw noCopy(place, 'unusable', reason);
  const url = maskUrl(place.url.href);
  return {
    url,
    status: 200,
    headers: cassette.headers,
    simulated,
    encoding: 'identity',
    copy: {
      url,
      captured_at: cassette.recordedAt ?? isoOf(known.recorded),
      proof: canProve(cassette.headers['etag']) ? 'etag' : 'sha256',
      file: { url, sha256 },
    },
    body: inOnePiece(cassette.body),
  };
}

/** Why a cassette is not the expected recording; null if it is. */
function faultOf(
  { body, headers }: Cassette,
  sha256: string,
  pinned: Pick<Recording, 'sha256' | 'etag'>,
): string | null {
  const { etag } = headers;
  if (pinned.sha256 !== null && sha256 !== pinned.sha256)
    return `its SHA-256 is ${sha256}, not ${pinned.sha256}`;
  if (pinned.etag !== null && !sameEtag(etag ?? '', pinned.etag))
    return `its body has the ETag ${etag ?? '(none)'}, not ${pinned.etag}`;
  if (canProve(etag)) return disproof(body, etag);
  return pinned.sha256 === null ? 'it has neither a known SHA-256 nor an ETag that verifies its body' : null;
}

/** Why a cassette is not a JSON response to a request for an address; null if it is. */
function mismatchOf({ headers, status, url }: Cassette, original: string): string | null {
  if (!isSameOriginal(url, original)) return `it is a recording of ${maskUrl(url)}, not of ${original}`;
  if (status !== 200) return `it is a recording of an error response (${status})`;
  const type = headers['content-type'] ?? '(none)';
  return isJsonType(type) ? null : `its recorded content type is ${type}, not JSON`;
}

function isoOf(time: string): string {
  return new Date(time).toISOString();
}

async function* inOnePiece(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}
