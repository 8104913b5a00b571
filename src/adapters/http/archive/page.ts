import type { Copy, PageRequest, UpstreamResponse } from '../../../core/ports.ts';
import { decodeByBytes } from '../decode.ts';
import { brokenBody, noCopy } from './copy-error.ts';
import type { Answer } from '../client.ts';

/** A request for one page, and its progress so far. */
export type Page = PageRequest & {
  readonly signal: AbortSignal;
  /** The timestamps of the captures requested so far, including captures that redirected. */
  readonly tried: Set<string>;
};

/** The response for a copy that we already have and that never changes. */
export function keptResponse(copy: Copy, simulated: boolean | null): UpstreamResponse {
  return { url: copy.url, status: 304, headers: {}, simulated, encoding: 'identity', copy, body: nothing() };
}

// oxlint-disable-next-line require-yield -- a 304 has no body
async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Reads and decodes a body of at most `limit` bytes, then ends the request. */
export async function readAll({ body, release, place }: Answer, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const decoded = await decodeByBytes(body);
    for await (const chunk of decoded.chunks) {
      size += chunk.byteLength;
      if (size > limit) throw noCopy(place, 'unusable', `its response is larger than ${limit} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw brokenBody(place, error);
  } finally {
    release();
  }
  return Buffer.concat(chunks);
}
