import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { decodeByBytes } from './decode.ts';

const TEXT = JSON.stringify(Array.from({ length: 50 }, (_, id) => ({ id, name: `Merlin Ω ${id}` })));
const PAGE = '<!DOCTYPE html>\r\n\t<p>…';

void describe('a body is decoded according to its bytes', () => {
  for (const [name, text, bytes, encoding] of [
    ['text', TEXT, Buffer.from(TEXT), 'identity'],
    ['text behind a byte order mark', `\ufeff${TEXT}`, Buffer.from(`\ufeff${TEXT}`), 'identity'],
    ['HTML', PAGE, Buffer.from(PAGE), 'identity'],
    ['gzip', TEXT, gzipSync(TEXT), 'gzip'],
    ['brotli', TEXT, brotliCompressSync(TEXT), 'br'],
    ['gzip twice', TEXT, gzipSync(gzipSync(TEXT)), 'gzip, gzip'],
    ['gzip in brotli', TEXT, brotliCompressSync(gzipSync(TEXT)), 'gzip, br'],
    ['an empty array in gzip', '[]', gzipSync('[]'), 'gzip'],
    ['an empty array in brotli', '[]', brotliCompressSync('[]'), 'br'],
    ['an empty array', '[]', Buffer.from('[]'), 'identity'],
    ['nothing', '', Buffer.alloc(0), 'identity'],
  ] as const) {
    void it(`${name}, in one piece and byte by byte`, async () => {
      for (const pieces of [[bytes], [...bytes].map((byte) => Buffer.from([byte]))]) {
        const decoded = await decodeByBytes(Readable.from(pieces));
        assert.equal(decoded.encoding, encoding);
        assert.equal((await buffer(decoded.chunks)).toString(), text);
      }
    });
  }

  for (const [name, body, reason] of [
    ['gzip that breaks off', [gzipSync(TEXT).subarray(0, -20)], /unexpected end of file/],
    ['brotli that breaks off', [brotliCompressSync(TEXT).subarray(0, -20)], /unexpected end of file/],
    ['bytes that are nothing', [noise()], /Decompression failed/],
    ['endless layers', [gzipSync(gzipSync(gzipSync(gzipSync(TEXT))))], /compressed more than 3 times/],
    ['a body that fails', failing(), /the line is dead/],
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
  throw new Error('the line is dead');
}
