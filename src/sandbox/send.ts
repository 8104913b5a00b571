import { once } from 'node:events';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { constants, createGzip } from 'node:zlib';

import { encodeChunks, firstBytes } from './chunks.ts';
import type { FaultSpec } from './fault-spec.ts';

const GZIP = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/;

/** A plain-text response, as for all errors. */
export function sendText(response: ServerResponse, status: number, text = STATUS_CODES[status] ?? ''): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text);
}

export function sendHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=UTF-8' });
  response.end(html);
}

/**
 * Streams a body as fast as the client reads it. Compresses the body if the client accepts gzip, and damages it as
 * specified by the faults. Rejects with the signal's reason if it aborts.
 */
export async function sendBody(
  request: IncomingMessage,
  response: ServerResponse,
  pieces: Iterable<string | Buffer>,
  faults: readonly FaultSpec[],
  signal: AbortSignal,
): Promise<void> {
  const amount = (name: string): number | undefined => faults.find((fault) => fault.name === name)?.amount;
  const contentType = amount('wrong-type') === undefined ? 'application/json' : 'text/plain';
  response.setHeader('Content-Type', `${contentType}; charset=utf-8`);
  const gzip = GZIP.test(request.headers['accept-encoding'] ?? '');
  if (gzip) response.setHeader('Content-Encoding', 'gzip');
  response.flushHeaders();

  const whole = encodeChunks(pieces);
  const chunks = firstBytes(whole, amount('truncate') ?? Infinity);
  const breakAfter = amount('reset-body');
  let left = breakAfter ?? Infinity;
  for await (const chunk of gzip ? compress(chunks) : chunks) {
    const wait = amount('slow');
    if (wait !== undefined) await setTimeout(wait, undefined, { signal });
    if (chunk.length >= left) {
      await flush(response, chunk.subarray(0, left));
      break;
    }
    left -= chunk.length;
    if (!response.write(chunk)) await once(response, 'drain', { signal });
  }
  if (breakAfter === undefined) response.end();
  else response.destroy();
}

/** Compression level 1, because the sandbox should be fast and its bandwidth does not matter. */
function compress(chunks: Iterable<Buffer>): AsyncIterable<Buffer> {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  // The code that reads from `gzip` receives the errors. The callback only has to exist.
  return pipeline(Readable.from(chunks), gzip, () => undefined);
}

/** Resolves when the bytes have been handed to the operating system. */
async function flush(response: ServerResponse, bytes: Buffer): Promise<void> {
  await new Promise((resolve) => void response.write(bytes, resolve));
}
