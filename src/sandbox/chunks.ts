const CHUNK_BYTES = 64 * 1024;

/** The pieces as UTF-8, in chunks of about 64 kB. */
export function* encodeChunks(pieces: Iterable<string | Buffer>): Generator<Buffer, void, undefined> {
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let used = 0;
  for (const piece of pieces) {
    // A UTF-16 code unit takes at most three bytes in UTF-8.
    const room = typeof piece === 'string' ? piece.length * 3 : piece.length;
    if (used + room > chunk.length) {
      if (used > 0) yield chunk.subarray(0, used);
      chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, room));
      used = 0;
    }
    // Encodes piece by piece, because joining one-byte and two-byte strings first takes twice as long.
    used += typeof piece === 'string' ? chunk.write(piece, used) : piece.copy(chunk, used);
  }
  if (used > 0) yield chunk.subarray(0, used);
}

/** The chunks, truncated to this number of bytes. */
export function* firstBytes(chunks: Iterable<Buffer>, bytes: number): Generator<Buffer, void, undefined> {
  let left = bytes;
  for (const chunk of chunks) {
    if (left <= 0) return;
    yield chunk.subarray(0, left);
    left -= chunk.length;
  }
}
