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
      const { first, all } = await peek(chunks);
      chunks = all;
      if (first === null || CLEAR.has(first)) continue;
    }
    const decoder = DECODERS.get(name)?.();
    if (decoder === undefined) return null;
    // The decoder keeps an error for its reader, who may come later. Nobody else needs to know.
    decoder.on('error', () => undefined);
    chunks = pipeline(chunks, decoder, () => undefined);
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

/** The first byte (null if there is none), and all of them. */
async function peek(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly first: number | null; readonly all: AsyncIterable<Uint8Array> }> {
  const rest = chunks[Symbol.asyncIterator]();
  let head = await rest.next();
  while (head.done !== true && head.value.byteLength === 0) head = await rest.next();
  return { first: head.done === true ? null : (head.value[0] ?? null), all: resume(head, rest) };
}

async function* resume(
  head: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let next = head; next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
