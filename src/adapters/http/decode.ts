import { pipeline, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

/** The content encodings that we accept. */
export const ENCODINGS = 'gzip, br';

export type Decoded = {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The encodings that were removed, as in a Content-Encoding header; `identity` for none. */
  readonly encoding: string;
};

/**
 * Removes the declared encodings from a body, the last one first. Leaves a body that is already plain text unchanged,
 * regardless of the declared encodings. Reading fails if the encoded data is truncated. Returns null for an encoding
 * that we did not request.
 */
export async function decodeBody(
  body: AsyncIterable<Uint8Array>,
  announced: readonly string[],
): Promise<Decoded | null> {
  const undone: string[] = [];
  let chunks = body;
  for (const name of announced.toReversed()) {
    // A brotli body can start with any byte. The other encodings never start like plain text.
    if (name !== 'br') {
      const { head, all } = await peek(chunks, 1);
      chunks = all;
      const [first] = head;
      if (first === undefined || CLEAR.has(first)) continue;
    }
    const decoder = DECODERS.get(name)?.();
    if (decoder === undefined) return null;
    chunks = through(chunks, decoder);
    undone.unshift(name);
  }
  return { chunks, encoding: undone.join(', ') || 'identity' };
}

/** The encodings declared in the headers, in lowercase and in the order in which they were applied. */
export function encodingsOf(headers: Readonly<Record<string, string>>): readonly string[] {
  const both = `${headers['content-encoding'] ?? ''},${headers['transfer-encoding'] ?? ''}`;
  const names = both.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => !NO_ENCODING.has(name));
}

const NO_ENCODING: ReadonlySet<string> = new Set(['', 'identity', 'chunked']);

const DECODERS: ReadonlyMap<string, () => Duplex> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
]);

/** The bytes that JSON and HTML start with: a bracket, whitespace or a byte order mark. */
const CLEAR: ReadonlySet<number> = new Set([...Buffer.from('[{< \t\r\n'), 0xef]);

/** No body would be compressed more times than this by accident. */
const MAX_LAYERS = 3;

/** Enough bytes to recognize an encoding, because no compressed text of this length looks like plain text. */
const HEAD_BYTES = 64;

/**
 * Decodes a body according to its bytes, because the encoding that an archive announces may be missing, repeated, empty
 * or wrong. Gzip has a magic number. Brotli has none, so anything that is neither gzip nor text is decoded as brotli,
 * which fails for any other data.
 */
export async function decodeByBytes(body: AsyncIterable<Uint8Array>): Promise<Decoded> {
  const undone: string[] = [];
  let chunks = body;
  for (;;) {
    const { head, all } = await peek(chunks, HEAD_BYTES);
    chunks = all;
    const name = encodingOf(head);
    if (name === null) return { chunks, encoding: undone.join(', ') || 'identity' };
    if (undone.length === MAX_LAYERS) throw new Error(`its body is compressed more than ${MAX_LAYERS} times`);
    chunks = through(chunks, name === 'gzip' ? createGunzip() : createBrotliDecompress());
    undone.unshift(name);
  }
}

function encodingOf(head: Uint8Array): 'gzip' | 'br' | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return isText(head) ? null : 'br';
}

/** Control characters that never occur unescaped in a JSON or HTML document. */
// oxlint-disable-next-line no-control-regex -- control characters distinguish compressed bytes from text
const NO_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function isText(head: Uint8Array): boolean {
  try {
    // With `stream`, the head can end in the middle of a character.
    return !NO_TEXT.test(new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true }));
  } catch {
    return false;
  }
}

function through(chunks: AsyncIterable<Uint8Array>, decoder: Duplex): AsyncIterable<Uint8Array> {
  // Without a listener, an error would crash the process. The error is still reported when the decoder's output is
  // read.
  decoder.on('error', () => undefined);
  return pipeline(chunks, decoder, () => undefined);
}

/** Returns both the first `wanted` bytes (fewer if the body is shorter) and the complete body. */
async function peek(
  chunks: AsyncIterable<Uint8Array>,
  wanted: number,
): Promise<{ readonly head: Uint8Array; readonly all: AsyncIterable<Uint8Array> }> {
  const rest = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < wanted) {
    const next = await rest.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.byteLength;
  }
  return { head: Buffer.concat(first).subarray(0, wanted), all: resume(first, rest) };
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
