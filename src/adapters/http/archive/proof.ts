import { createHash } from 'node:crypto';

/** What an ETag in the API's own format states about a body. */
type Stated = { readonly bytes: number; readonly sha1: string };

/**
 * The body's length in hex, then the first 27 base64 characters of its SHA-1, so that the ETag proves the body. Also
 * matches weak ETags.
 */
const OWN_FORM = /^(?:W\/)?"([0-9a-f]{1,12})-([A-Za-z0-9+/]{27})"$/;

/** Returns null for an ETag in a different format, which proves nothing. */
function statedBy(etag: string): Stated | null {
  const [, length, sha1] = OWN_FORM.exec(etag.trim()) ?? [];
  return length === undefined || sha1 === undefined ? null : { bytes: Number.parseInt(length, 16), sha1 };
}

/** True if this ETag can prove a body. */
export function canProve(etag: string | null | undefined): etag is string {
  return typeof etag === 'string' && statedBy(etag) !== null;
}

/** Forwards the chunks. Throws as soon as there are too many bytes, or at the end if they do not match the ETag. */
export async function* proven(
  chunks: AsyncIterable<Uint8Array>,
  etag: string,
  fail: (reason: string) => Error,
): AsyncGenerator<Uint8Array> {
  const proof = openProof(etag);
  for await (const chunk of chunks) {
    if (!proof.add(chunk)) break;
    yield chunk;
  }
  const reason = proof.end();
  if (reason !== null) throw fail(reason);
}

/** Why a body does not match an ETag; null if it does. */
export function disproof(body: Uint8Array, etag: string): string | null {
  const proof = openProof(etag);
  proof.add(body);
  return proof.end();
}

function openProof(etag: string) {
  const stated = statedBy(etag);
  const hash = createHash('sha1');
  let bytes = 0;
  return {
    /** Returns false if there are too many bytes. */
    add(chunk: Uint8Array): boolean {
      hash.update(chunk);
      bytes += chunk.byteLength;
      return stated === null || bytes <= stated.bytes;
    },
    end(): string | null {
      if (stated === null) return null;
      if (bytes !== stated.bytes) {
        const size = bytes > stated.bytes ? 'more bytes than' : `${bytes} bytes instead of`;
        return `its body has ${size} the ${stated.bytes} that its original ETag ${etag} states`;
      }
      const isSame = hash.digest('base64').startsWith(stated.sha1);
      return isSame ? null : `its body does not match its original ETag ${etag}`;
    },
  };
}
