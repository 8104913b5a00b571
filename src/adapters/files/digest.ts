import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

import type { RawBody } from '../../core/ports.ts';

/** More than is ever quoted, because secrets are removed first. */
const HEAD_BYTES = 4096;
const DIGESTED_BYTES = 1 << 18;

export type Digest = Omit<RawBody, 'path'>;

export function createDigest(): { update(chunk: Uint8Array): void; result(): Digest } {
  const hash = createHash('sha256');
  let bytes = 0;
  let head = Buffer.alloc(0);
  return {
    update(chunk) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      if (head.byteLength < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
    },
    result: () => ({ bytes, sha256: hash.digest('hex'), head }),
  };
}

export async function digestFile(path: string): Promise<Digest> {
  const digest = createDigest();
  const handle = await open(path);
  try {
    // One buffer for all reads: a stream allocates one for each chunk, faster than they are collected.
    const buffer = Buffer.allocUnsafe(DIGESTED_BYTES);
    for (;;) {
      const { bytesRead } = await handle.read(buffer);
      if (bytesRead === 0) return digest.result();
      digest.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
