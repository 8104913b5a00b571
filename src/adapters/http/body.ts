import type { IncomingMessage } from 'node:http';

import { quoteBytes } from '../../lib/quote-bytes.ts';
import type { Answer } from './client.ts';
import { decodeBody, type Decoded } from './decode.ts';
import { cannotGet, failed, type RequestTarget } from './failures.ts';

/** Decodes a body. An error while reading it becomes a RequestError. */
export async function decode(
  place: RequestTarget,
  body: AsyncIterable<Uint8Array>,
  announced: readonly string[],
): Promise<Decoded> {
  const decoded = await decodeBody(body, announced).catch((error: unknown) => {
    throw failed(place, error);
  });
  if (decoded !== null) return { ...decoded, chunks: withRequestErrors(place, decoded.chunks) };
  const names = announced.join(', ');
  throw cannotGet(place, `it responded with an encoding that was not requested, "${names}"`, {
    hint: `Check ${place.setting}, and any proxy or cache in between.`,
  });
}

/** Turns errors while reading a body into RequestErrors. */
export async function* withRequestErrors(
  place: RequestTarget,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw failed(place, error);
  }
}

/** The start of a body, for a message: ` ("first bytes")`. */
export async function quote(
  { body, release: stop }: Pick<Answer, 'body' | 'release'>,
  announced: readonly string[],
  hide: (text: string) => string,
): Promise<string> {
  const timer = setTimeout(stop, QUOTED_MS);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    const decoded = await decodeBody(body, announced);
    for await (const chunk of decoded?.chunks ?? []) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= HIDDEN_BYTES) break;
    }
  } catch {
    // The status alone is informative enough.
  } finally {
    clearTimeout(timer);
  }
  if (size === 0) return '';
  const text = hide(Buffer.concat(chunks).toString());
  return ` (${quoteBytes(Buffer.from(text), QUOTED_BYTES)})`;
}

const QUOTED_BYTES = 120;
const QUOTED_MS = 1000;
/** Longer than the quote, so that a secret at the end of the quote is complete and can be masked. */
const HIDDEN_BYTES = 4096;

/**
 * An unread body would block the connection. If the whole body has arrived, keeps the connection for the next request;
 * otherwise, closes it.
 */
export function release(body: IncomingMessage): void {
  if (body.complete) body.resume();
  else body.destroy();
}
