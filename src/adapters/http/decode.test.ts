import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { decodeByBytes } from './decode.ts';

const TEXT = JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ id, name: `Merlin Ω ${id}` })));
const PAGE = '<!DOCTYPE html>\r\n\t<p>…';

void describe('decodeByBytes', () => {
  for (const [name, text, bytes, encoding] of [
    ['text', TEXT, Buffer.from(TEXT), 'identity'],
    ['text after a byte order mark', `\ufeff${TEXT}`, Buffer.from(`\ufeff${TEXT}`), 'identity'],
    ['HTML', PAGE, Buffer.from(PAGE), 'identity'],
    ['gzip', TEXT, gzipSync(TEXT), 'gzip'],
    ['brotli', TEXT, brotliCompressSync(TEXT), 'br'],
    ['gzip twice', TEXT, gzipSync(gzipSync(TEXT)), 'gzip, gzip'],
    ['gzip inside brotli', TEXT, brotliCompressSync(gzipSync(TEXT)), 'gzip, br'],
    ['an empty array in gzip', '[]', gzipSync('[]'), 'gzip'],
    ['an empty array in brotli', '[]', brotliCompressSync('[]'), 'br'],
    ['an empty array', '[]', Buffer.from('[]'), 'identity'],
    ['an empty body', '', Buffer.alloc(0), 'identity'],
  ] as const) {
    void it(`decodes ${name}, in one piece and byte by byte`, async () => {
      for (const pieces of [[bytes], [...bytes].map((byte) => Buffer.from([byte]))]) {
        const decoded = await decodeByBytes(Readable.from(pieces));
        assert.equal(decoded.encoding, encoding);
        assert.equal((await buffer(decoded.chunks)).toString(), text);
      }
    });
  }

  for (const [name, body, reason] of [
    ['truncated gzip', [gzipSync(TEXT).subarray(0, -20)], /unexpected end of file/],
    ['truncated brotli', [brotliCompressSync(TEXT).subarray(0, -20)], /unexpected end of file/],
    ['random bytes', [noise()], /Decompression failed/],
    ['too many layers', [gzipSync(gzipSync(gzipSync(gzipSync(TEXT))))], /compressed more than 3 times/],
    ['a body that ends with an error', failing(), /the connection was lost/],
  ] as const) {
    void it(`fails for ${name}`, async () => {
      await assert.rejects(async () => {
        const { chunks } = await decodeByBytes(Readable.from(body));
        await buffer(chunks);
      }, reason);
    });
  }
});

function noise(): Buffer {
  return Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 151 + 128) % 256));
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield gzipSync(TEXT).subarray(0, 100);
  throw new Error('the connection was lost');
}
