import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import type { WaybackFault, WaybackFaultName } from './faults.ts';

export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly signal: AbortSignal;
};

export type Answer = {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
};

type Encoding = {
  /** Two values produce two header lines. */
  readonly header: string | string[] | null;
  readonly encode: (body: Buffer) => Buffer;
};

const CHUNK_BYTES = 64 * 1024;
const same = (body: Buffer): Buffer => body;
/** Quality 4, because the default quality takes a second per megabyte. */
const brotli = (body: Buffer): Buffer =>
  brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
const GZIP: Encoding = { header: 'gzip', encode: gzipSync };
const PLAIN: Encoding = { header: null, encode: same };

const ENCODINGS: Partial<Record<WaybackFaultName, Encoding>> = {
  gzip: GZIP,
  br: { header: 'br', encode: brotli },
  'false-encoding': { header: 'gzip', encode: same },
  'double-encoding': { header: ['', 'gzip'], encode: gzipSync },
  'empty-encoding': { header: '', encode: same },
  'bare-gzip': { header: null, encode: gzipSync },
};

/** Sends a response as specified by the faults. By default, compresses it if the client accepts gzip. */
export async function send(
  { request, response, signal }: Exchange,
  { status, headers, body }: Answer,
  faults: readonly WaybackFault[] = [],
): Promise<void> {
  const { header, encode } =
    faults.map(({ name }) => ENCODINGS[name]).find((encoding) => encoding !== undefined) ??
    (/\bgzip\b/.test(request.headers['accept-encoding'] ?? '') && body.length > 0 ? GZIP : PLAIN);
  const amount = (name: WaybackFaultName): number | undefined =>
    faults.find((fault) => fault.name === name)?.amount;
  if (header !== null) response.setHeader('Content-Encoding', header);
  response.writeHead(status, headers).flushHeaders();
  if (amount('stall') !== undefined) return;

  const breakAfter = amount('reset-body');
  const bytes = request.method === 'HEAD' ? Buffer.alloc(0) : encode(body).subarray(0, breakAfter);
  const wait = amount('slow');
  for (let sent = 0; sent < bytes.length; sent += CHUNK_BYTES) {
    if (wait !== undefined) await setTimeout(wait, undefined, { signal });
    const last = sent + CHUNK_BYTES >= bytes.length;
    const room = await write(response, bytes.subarray(sent, sent + CHUNK_BYTES), last);
    if (!room && !last) await once(response, 'drain', { signal });
  }
  if (breakAfter === undefined) response.end();
  else response.destroy();
}

/**
 * Returns false if the caller should wait before it writes more. After the last bytes, waits until they have been
 * handed to the operating system.
 */
async function write(response: ServerResponse, bytes: Buffer, last: boolean): Promise<boolean> {
  if (!last) return response.write(bytes);
  await new Promise((resolve) => void response.write(bytes, resolve));
  return true;
}
