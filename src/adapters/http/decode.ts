import { pipeline, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

/** Encodings of a body that we ask for. */
export const ENCODINGS = 'gzip, br';

export type Decoded = {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What was undone, in the words of a Content-Encoding header; `identity` for nothing. */
  readonly encoding: string;
};

/**
 * A body without the encodings that are announced for it, the last one undone first. Where the text is in the clear
 * already, there is nothing to undo, whatever was announced. Ends with an error where an encoding breaks off. Null for
 * an encoding that nobody asked for.
 */
export async function decodeBody(
  body: AsyncIterable<Uint8Array>,
  announced: readonly string[],
): Promise<Decoded | null> {
  const undone: string[] = [];
  let chunks = body;
  for (const name of announced.toReversed()) {
    // Any byte may be the first of brotli. No other encoding begins as a text in the clear does.
    if (name !== 'br') {
      const { first, all } = await peek(chunks);
      chunks = all;
      if (first === null || CLEAR.has(first)) continue;
    }
    const decoder = DECODERS.get(name)?.();
    if (decoder === undefined) return null;
    // An error waits in the decoder for its reader, who may come later. Nobody else has to know of it.
    decoder.on('error', () => undefined);
    chunks = pipeline(chunks, decoder, () => undefined);
    undone.unshift(name);
  }
  return { chunks, encoding: undone.join(', ') || 'identity' };
}

/** The names in headers that announce encodings, in lower case and in the order in which they were applied. */
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

/** How JSON and HTML begin: with a bracket, space or a byte order mark. */
const CLEAR: ReadonlySet<number> = new Set([...Buffer.from('[{< \t\r\n'), 0xef]);

/** The first byte, null where there is none, and all of them. */
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
