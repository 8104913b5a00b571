import { pipeline, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

/** The content encodings that we accept. */
export const ENCODINGS = 'gzip, br';

export type Decoded = {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What was undone, as in a Content-Encoding header; `identity` for nothing. */
  readonly encoding: string;
};

/**
 * Undoes the announced encodings of a body, last one first. A body that is already plain text is left as it is,
 * whatever was announced. Reading fails if the encoded data is truncated. Null for an encoding that we did not request.
 */
export async function decodeBody(
  body: AsyncIterable<Uint8Array>,
  announced: readonly string[],
): Promise<Decoded | null> {
  const undone: string[] = [];
  let chunks = body;
  for (const name of announced.toReversed()) {
    // A brotli body may start with any byte. No other encoding starts like plain text.
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

/** The encodings that headers announce, in lower case and in the order in which they were applied. */
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

/** How JSON and HTML begin: with a bracket, whitespace or a byte order mark. */
const CLEAR: ReadonlySet<number> = new Set([...Buffer.from('[{< \t\r\n'), 0xef]);

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

/** Everything but what a JSON or HTML document may hold in the clear. */
// oxlint-disable-next-line no-control-regex -- control characters distinguish compressed bytes from text
const NO_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

function isText(head: Uint8Array): boolean {
  try {
    // `stream`: the head may end within a character.
    return !NO_TEXT.test(new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true }));
  } catch {
    return false;
  }
}

function through(chunks: AsyncIterable<Uint8Array>, decoder: Duplex): AsyncIterable<Uint8Array> {
  // The decoder keeps an error for its reader, who may come later. Nobody else needs to know.
  decoder.on('error', () => undefined);
  return pipeline(chunks, decoder, () => undefined);
}

/** The first bytes (fewer only if the body is shorter), and all of them. */
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
