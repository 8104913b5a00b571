import { PipelineError } from '../core/errors.ts';
import type {
  Attempt,
  Clock,
  KeptRaw,
  RawBody,
  ReadyRaw,
  RunFolder,
  Source,
  SourceResponse,
} from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { RawFile } from '../core/run.ts';
import { kindOf } from '../core/simulated.ts';
import { isJsonType } from '../lib/content-type.ts';
import { JsonSyntaxError } from '../lib/json-records.ts';
import { quoteBytes } from '../lib/quote-bytes.ts';
import { tap } from '../lib/tap.ts';

const QUOTED_BYTES = 120;

/** Chunks of a body that wait for `derive` while raw is written: a megabyte or so. */
const CHUNKS_AHEAD = 16;

export type ExtractContext = {
  readonly source: Source;
  readonly folder: RunFolder;
  readonly runId: string;
  /** Do the source's records have to be simulated? */
  readonly simulated: boolean;
  /** The response, where it need not be asked for. */
  readonly ready: ReadyRaw | null;
  /** Of the last run that published from this source. */
  readonly published: KeptRaw | null;
  /** What `If-None-Match` may stand on. */
  readonly kept: KeptRaw | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Everything after raw. Called afresh when a body broke off and came again. */
  readonly derive: (chunks: AsyncIterable<Uint8Array>) => Promise<void>;
  /** Called when raw is whole; derive may go on. */
  readonly onStored: (extracted: Extracted) => void;
  /** After a 304: is what `derive` would make there already? Then it is not called. */
  readonly isDerived: (raw: RawFile) => Promise<boolean>;
};

export type Extracted = {
  readonly raw: RawFile;
  readonly notModified: boolean;
  /** Nothing was asked of the source. */
  readonly reused: boolean;
};

/**
 * Brings a resource's response to raw/, byte for byte, while `derive` reads it. On 304 the body that is kept of the
 * last published run is the response. Throws PipelineError `source` for what is no JSON; the body is kept then too.
 */
export async function extract(resource: Resource, context: ExtractContext): Promise<void> {
  const { ready } = context;
  if (ready === null) return fetchRaw(resource, context);
  context.onStored({ raw: ready.raw, notModified: false, reused: true });
  try {
    await context.derive(context.folder.readRaw(resource.name));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    if (!ready.refetch) throw broken(resource, ready.raw, quoteHead(ready.body, context), error);
    await fetchRaw(resource, context);
  }
}

async function fetchRaw(resource: Resource, context: ExtractContext): Promise<void> {
  const { folder, kept, published, source, signal } = context;
  const fetching = source.fetch(
    { path: resource.path, etag: kept?.raw.etag ?? null },
    async (response) => {
      checkKind(resource, response, context.simulated);
      if (response.status === 304 && kept !== null) {
        return { response, body: await folder.linkRaw(resource.name, kept), deriving: null };
      }
      if (!isJsonType(response.headers['content-type'] ?? '')) {
        return { response, body: await folder.writeRaw(resource.name, response.body), deriving: null };
      }
      return { response, ...(await storeAndDerive(resource, response, context)) };
    },
    signal,
  );
  const { result, attempts } = await fetching.catch(async (error: unknown) => {
    await writeFailedMeta(resource, folder, error);
    throw error;
  });
  const { response, body, deriving } = result;
  const notModified = response.status === 304;
  // The kept file changed while the source was asked: there is nothing left that its 304 could stand on.
  if (notModified && body.sha256 !== kept?.raw.sha256) return fetchRaw(resource, { ...context, kept: null });
  const raw: RawFile = {
    path: body.path,
    url: response.url,
    bytes: body.bytes,
    sha256: body.sha256,
    etag: response.headers['etag'] ?? kept?.raw.etag ?? null,
    received_by: notModified && kept !== null ? kept.raw.received_by : context.runId,
  };
  const receivedAt = new Date(context.clock.now()).toISOString();
  await folder.writeRawMeta(resource.name, meta(response, raw, attempts, receivedAt));
  if (!notModified) checkType(resource, response, body, quoteHead(body, context));
  if (!notModified && published?.raw.sha256 === raw.sha256) await folder.shareRaw(resource.name, published);
  context.onStored({ raw, notModified, reused: false });
  if (notModified && (await context.isDerived(raw))) return;
  try {
    await (deriving === null ? context.derive(folder.readRaw(resource.name)) : deriving());
  } catch (error) {
    throw error instanceof JsonSyntaxError ? broken(resource, raw, quoteHead(body, context), error) : error;
  }
}

/** Writes raw and derives from it side by side. What went wrong in deriving waits in `deriving` until raw is whole. */
async function storeAndDerive(
  resource: Resource,
  response: SourceResponse,
  { derive, folder }: Pick<ExtractContext, 'derive' | 'folder'>,
): Promise<{ body: RawBody; deriving: () => Promise<void> }> {
  const { copy, drop, fail, main } = tap(response.body, CHUNKS_AHEAD);
  const derived = derive(copy).finally(drop);
  derived.catch(() => undefined);
  try {
    const body = await folder.writeRaw(resource.name, main);
    return { body, deriving: () => derived };
  } catch (error) {
    fail(error);
    // Before the next try, this one has to have let go of its files and tables.
    await derived.catch(() => undefined);
    throw error;
  }
}

function quoteHead({ head }: RawBody, { source }: Pick<ExtractContext, 'source'>): string {
  return quoteBytes(Buffer.from(source.hide(Buffer.from(head).toString())), QUOTED_BYTES);
}

function broken(resource: Resource, raw: RawFile, start: string, cause: JsonSyntaxError): PipelineError {
  return new PipelineError(
    `Cannot read ${resource.name} from ${raw.url}: ${cause.message}; the body starts ${start}`,
    { code: 'source', cause, hint: `The body is kept in ${raw.path} of the run folder.` },
  );
}

function checkKind(resource: Resource, response: SourceResponse, simulated: boolean): void {
  if (response.simulated === simulated) return;
  throw new PipelineError(
    `Cannot take ${resource.name} from ${response.url}: its records are ${kindOf(response.simulated)}, ${kindOf(simulated)} ones are due`,
    {
      code: 'kind',
      hint: 'Give the source by --source, with a --data-dir of its own.',
    },
  );
}

function checkType(resource: Resource, response: SourceResponse, body: RawBody, start: string): void {
  const type = response.headers['content-type'] ?? 'no content type';
  if (isJsonType(type)) return;
  throw new PipelineError(
    `Cannot read ${resource.name} from ${response.url}: it answered with ${type} where JSON is due, starting ${start}`,
    { code: 'source', hint: `The body is kept in ${body.path} of the run folder.` },
  );
}

/** The meta file of a request that brought no body tells what was tried. */
async function writeFailedMeta(resource: Resource, folder: RunFolder, error: unknown): Promise<void> {
  if (!(error instanceof PipelineError) || error.context['attempts'] === undefined) return;
  const { attempts, status = null } = error.context;
  await folder.writeRawMeta(resource.name, { path: resource.path, status, error: error.message, attempts });
}

/** Headers that may carry a secret or a session, by their names. */
const WITHHELD = /auth|cookie|token|secret|session|credential|signature|key|location/;

/** A value with a query, a fragment or a login of a URL in it: `link`, `refresh` and whatever else leads on. */
const LEADS_ON = /[?#@]/;

function meta(
  response: SourceResponse,
  raw: RawFile,
  attempts: readonly Attempt[],
  receivedAt: string,
): Record<string, unknown> {
  const headers = Object.entries(response.headers).filter(
    ([name, value]) => !WITHHELD.test(name) && !LEADS_ON.test(value),
  );
  return {
    url: response.url,
    status: response.status,
    headers: Object.fromEntries(headers),
    encoding: response.headers['content-encoding'] ?? 'identity',
    attempts,
    received_at: receivedAt,
    bytes: raw.bytes,
    sha256: raw.sha256,
    etag: raw.etag,
    received_by: raw.received_by,
  };
}
