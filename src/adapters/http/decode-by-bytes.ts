import { pipeline, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

import type { Decoded } from './decode.ts';

/** More layers than anyone has applied by accident. */
const MAX_LAYERS = 3;

/** Enough bytes to recognise a body: no compressed text of this length looks like plain text. */
const HEAD_BYTES = 64;

/**
 * Decodes a body according to its bytes: what an archive announces may be missing, doubled, empty or wrong. Gzip has a
 * magic number. Brotli has none, so anything that is neither gzip nor text is treated as brotli, and fails if it is
 * not.
 */
export async function decodeByBytes(body: AsyncIterable<Uint8Array>): Promise<Decoded> {
  const undone: string[] = [];
  let chunks = body;
  for (;;) {
    const { head, all } = await peekHead(chunks);
    chunks = all;
    const name = encodingOf(head);
    if (name === null) return { chunks, encoding: undone.join(', ') || 'identity' };
    if (undone.length === MAX_LAYERS) throw new Error(`its body is compressed more than ${MAX_LAYERS} times`);
    const decoder: Duplex = name === 'gzip' ? createGunzip() : createBrotliDecompress();
    // The decoder keeps an error for its reader, who may come later. Nobody else needs to know.
    decoder.on('error', () => undefined);
    chunks = pipeline(chunks, decoder, () => undefined);
    undone.unshift(name);
  }
}

function encodingOf(head: Uint8Array): 'gzip' | 'br' | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return isText(head) ? null : 'br';
}

/** Everything but what a JSON or HTML document may hold in the clear. */
// oxlint-disable-next-line no-control-regex -- control characters are what tells compressed bytes from text
const NO_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function isText(head: Uint8Array): boolean {
  try {
    // `stream`: the head may end within a character.
    return !NO_TEXT.test(new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true }));
  } catch {
    return false;
  }
}

/** The first bytes (fewer only if the body is shorter), and all of them. */
async function peekHead(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly all: AsyncIterable<Uint8Array> }> {
  const rest = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < HEAD_BYTES) {
    const next = await rest.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.byteLength;
  }
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES), all: resume(first, rest) };
}

async function* resume(
  first: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
