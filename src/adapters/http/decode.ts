import { pipeline, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';

/** Encodings of a body that we ask for. */
export const ENCODINGS = 'gzip, br';

/** A body without its content encodings. Ends with an error where it breaks off. Null for an encoding that nobody asked for. */
export function decodeBody(
  body: AsyncIterable<Uint8Array>,
  contentEncoding: string | undefined,
): AsyncIterable<Uint8Array> | null {
  const names = (contentEncoding ?? '').split(',').map((name) => name.trim().toLowerCase());
  const applied = names.filter((name) => name !== '' && name !== 'identity').toReversed();
  const decoders = applied.map((name) => DECODERS.get(name)?.() ?? null);
  if (decoders.includes(null)) return null;
  // The error reaches the reader of the last one; what is left for the callback is to be there.
  return decoders.reduce<AsyncIterable<Uint8Array>>(
    (stream, decoder) => (decoder === null ? stream : pipeline(stream, decoder, () => undefined)),
    body,
  );
}

const DECODERS: ReadonlyMap<string, () => Duplex> = new Map([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
]);
