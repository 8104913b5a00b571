import { PipelineError } from '../core/errors.ts';
import type { Attempt, KeptRaw, RawBody, RunFolder, Source, SourceResponse } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { RawFile } from '../core/run.ts';
import { isJsonType } from '../lib/content-type.ts';
import { quoteBytes } from '../lib/quote-bytes.ts';

const QUOTED_BYTES = 120;

export type Extracted = { readonly raw: RawFile; readonly notModified: boolean };

/**
 * Brings a resource's response to raw/, byte for byte. On 304 the body that is kept of the last published run is
 * the response. Throws PipelineError `source` for what is no JSON by its type; the body is kept then too.
 */
export async function extract(
  resource: Resource,
  context: {
    readonly source: Source;
    readonly folder: RunFolder;
    readonly runId: string;
    /** Do the source's records have to be simulated? */
    readonly simulated: boolean;
    /** What `If-None-Match` may stand on. */
    readonly kept: KeptRaw | null;
    readonly signal: AbortSignal;
  },
): Promise<Extracted> {
  const { folder, kept, source, signal } = context;
  const { result, attempts } = await source.fetch(
    { path: resource.path, etag: kept?.raw.etag ?? null },
    async (response) => {
      checkKind(resource, response, context.simulated);
      const body =
        response.status === 304 && kept !== null
          ? await folder.linkRaw(resource.name, kept)
          : await folder.writeRaw(resource.name, response.body);
      return { response, body };
    },
    signal,
  );
  const { response, body } = result;
  const notModified = response.status === 304;
  const raw: RawFile = {
    path: body.path,
    url: response.url,
    bytes: body.bytes,
    sha256: body.sha256,
    etag: response.headers['etag'] ?? kept?.raw.etag ?? null,
    received_by: notModified && kept !== null ? kept.raw.received_by : context.runId,
  };
  await folder.writeRawMeta(resource.name, meta(response, raw, attempts));
  if (!notModified) checkType(resource, response, body);
  return { raw, notModified };
}

function checkKind(resource: Resource, response: SourceResponse, simulated: boolean): void {
  if (response.simulated === simulated) return;
  const [found, due] = simulated ? ['real', 'simulated'] : ['simulated', 'real'];
  throw new PipelineError(
    `Cannot take ${resource.name} from ${response.url}: its records are ${found}, ${due} ones are due`,
    {
      code: 'kind',
      hint: 'Give the source by --source, with a --data-dir of its own.',
    },
  );
}

function checkType(resource: Resource, response: SourceResponse, body: RawBody): void {
  const type = response.headers['content-type'] ?? 'no content type';
  if (isJsonType(type)) return;
  throw new PipelineError(
    `Cannot read ${resource.name} from ${response.url}: it answered with ${type} where JSON is due, starting ${quoteBytes(body.head, QUOTED_BYTES)}`,
    { code: 'source', hint: `The body is kept in ${body.path} of the run folder.` },
  );
}

/** Headers that may carry a secret or a session. */
const WITHHELD = new Set([
  'set-cookie',
  'authorization',
  'proxy-authenticate',
  'www-authenticate',
  'spacex-key',
]);

function meta(response: SourceResponse, raw: RawFile, attempts: readonly Attempt[]): Record<string, unknown> {
  const headers = Object.entries(response.headers).filter(([name]) => !WITHHELD.has(name));
  return {
    url: response.url,
    status: response.status,
    headers: Object.fromEntries(headers),
    encoding: response.headers['content-encoding'] ?? 'identity',
    attempts,
    bytes: raw.bytes,
    sha256: raw.sha256,
    etag: raw.etag,
    received_by: raw.received_by,
  };
}
