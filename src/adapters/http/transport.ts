import { createBrotliDecompress, createGunzip } from 'node:zlib';
import type { Readable, Transform } from 'node:stream';

import { Agent, errors, request as send, type Dispatcher } from 'undici';

import { PipelineError } from '../../core/errors.ts';
import type { Probe, SourceRequest, SourceResponse } from '../../core/ports.ts';
import { SIMULATED_HEADER } from '../../core/simulated.ts';
import { isJsonType } from '../../lib/content-type.ts';
import { maskUrl } from '../../lib/mask-url.ts';
import { quoteBytes } from '../../lib/quote-bytes.ts';

const PROBE_TIMEOUT_MS = 3000;
const QUOTED_BYTES = 120;

export type TransportOptions = {
  readonly baseUrl: string;
  readonly userAgent: string;
  readonly connectTimeoutSeconds: number;
  readonly headersTimeoutSeconds: number;
  readonly bodyTimeoutSeconds: number;
};

/** Single requests over HTTP. Whatever fails is a PipelineError `source` that says whether to try again. */
export type Transport = {
  /** `consume` gets 200 and 304; every other status throws. */
  readonly get: <T>(
    request: SourceRequest,
    consume: (response: SourceResponse) => Promise<T>,
    signal: AbortSignal,
  ) => Promise<T>;
  readonly probe: (path: string, signal: AbortSignal) => Promise<Probe>;
  readonly close: () => Promise<void>;
};

export function createTransport(options: TransportOptions): Transport {
  const agent = new Agent({
    connect: { timeout: options.connectTimeoutSeconds * 1000 },
    headersTimeout: options.headersTimeoutSeconds * 1000,
    bodyTimeout: options.bodyTimeoutSeconds * 1000,
  });
  const common = { dispatcher: agent };
  const headers = { 'user-agent': options.userAgent, accept: 'application/json' };

  return {
    async get({ path, etag }, consume, signal) {
      const url = `${options.baseUrl}${path}`;
      const response = await sending(url, () =>
        send(url, {
          ...common,
          signal,
          headers: {
            ...headers,
            'accept-encoding': acceptEncoding(options.baseUrl),
            ...(etag === null ? {} : { 'if-none-match': etag }),
          },
        }),
      );
      if (response.statusCode !== 200 && response.statusCode !== 304) {
        throw refused(url, response, await quote(response.body));
      }
      const flat = flatten(response.headers);
      const result = await consume({
        url: maskUrl(url),
        status: response.statusCode,
        headers: flat,
        simulated: flat[SIMULATED_HEADER] === 'true',
        body: decoded(url, response.body, flat['content-encoding']),
      });
      letGo(response.body);
      return result;
    },

    async probe(path, signal) {
      const url = `${options.baseUrl}${path}`;
      const timeout = AbortSignal.timeout(PROBE_TIMEOUT_MS);
      try {
        const response = await send(url, {
          ...common,
          headers,
          method: 'HEAD',
          signal: AbortSignal.any([signal, timeout]),
        });
        letGo(response.body);
        const flat = flatten(response.headers);
        const simulated = flat[SIMULATED_HEADER] === 'true';
        return { simulated, reason: probeReason(response.statusCode, flat['content-type'] ?? '') };
      } catch (error) {
        signal.throwIfAborted();
        const reason = timeout.aborted ? `no answer within ${PROBE_TIMEOUT_MS / 1000} s` : reasonOf(error);
        return { simulated: null, reason };
      }
    },

    close: () => agent.destroy(),
  };
}

/** To a server on this machine, compression costs four times what it saves (443 MB: 12.5 s against 3.2 s). */
function acceptEncoding(baseUrl: string): string {
  const host = URL.parse(baseUrl)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.') ? 'identity' : 'gzip, br';
}

/** A body that nobody reads to its end would hold the connection. */
function letGo(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

function probeReason(status: number, contentType: string): string | null {
  if (status >= 300) return `it answered ${status}`;
  if (!isJsonType(contentType))
    return `it answered with ${contentType || 'no content type'} where JSON is due`;
  return null;
}

async function sending<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failed(url, error);
  }
}

/** The body after content decoding; a break in it is an error that is worth another try. */
async function* decoded(
  url: string,
  body: Readable,
  encoding: string | undefined,
): AsyncGenerator<Uint8Array> {
  const decoder = decoderOf(encoding);
  const stream: AsyncIterable<Uint8Array> =
    decoder === null ? body : body.on('error', (error) => decoder.destroy(error)).pipe(decoder);
  try {
    yield* stream;
  } catch (error) {
    throw failed(url, error);
  }
}

function decoderOf(encoding: string | undefined): Transform | null {
  switch (encoding) {
    case undefined:
    case 'identity':
      return null;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'br':
      return createBrotliDecompress();
    default:
      throw new PipelineError(`Cannot decode a response: unknown content encoding "${encoding}"`, {
        code: 'source',
      });
  }
}

function failed(url: string, error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  return new PipelineError(`Cannot get ${maskUrl(url)}: ${reasonOf(error)}`, {
    code: 'source',
    cause: error,
    retryable: true,
    hint: 'Check the network and source.baseUrl, or try again later.',
  });
}

function refused(url: string, response: Dispatcher.ResponseData, start: string): PipelineError {
  const { statusCode: status } = response;
  const retryAfter = response.headers['retry-after'];
  return new PipelineError(`Cannot get ${maskUrl(url)}: it answered ${status}${start}`, {
    code: 'source',
    retryable: status === 429 || status >= 500,
    hint: status === 404 ? 'Check source.baseUrl.' : 'Try again later.',
    context: { status, retry_after: typeof retryAfter === 'string' ? retryAfter : null },
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.ConnectTimeoutError) return 'connecting took too long';
  if (error instanceof errors.HeadersTimeoutError) return 'no answer came in time';
  if (error instanceof errors.BodyTimeoutError) return 'the body stopped coming';
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ');
  if (error instanceof Error) return error.message;
  return String(error);
}

/** ` ("first bytes")` of a body, for a message. */
async function quote(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.byteLength;
      if (size >= QUOTED_BYTES) break;
    }
  } catch {
    // The status tells enough.
  }
  return size === 0 ? '' : ` (${quoteBytes(Buffer.concat(chunks), QUOTED_BYTES)})`;
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
