import { PipelineError } from '../core/errors.ts';
import type {
  Attempt,
  Clock,
  KeptRaw,
  RawBody,
  ReadyRaw,
  RunFolder,
  Tries,
  Upstream,
  UpstreamResponse,
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
  readonly upstream: Upstream;
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
  /**
   * Everything after raw. Called afresh when a body broke off and came again. Calls `onComplete` once the text turned
   * out to be JSON to its end, whatever there is left to do then.
   */
  readonly derive: (chunks: AsyncIterable<Uint8Array>, onComplete: () => void) => Promise<void>;
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
 * last published run is the response. A body that ends too early, or is a page of something in between, is asked for again.
 * Throws PipelineError `source` for what is no JSON; the body is kept then too.
 */
export async function extract(resource: Resource, context: ExtractContext): Promise<void> {
  const { ready } = context;
  if (ready === null) return fetchRaw(resource, context);
  context.onStored({ raw: ready.raw, notModified: false, reused: true });
  try {
    await context.derive(context.folder.readRaw(resource.name), () => undefined);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    if (!ready.refetch) throw broken(resource, ready.raw.url, ready.body, context, error);
    await fetchRaw(resource, context);
  }
}

async function fetchRaw(resource: Resource, context: ExtractContext): Promise<void> {
  const { folder, kept, published, signal, upstream } = context;
  let stored: Stored | null = null;
  const tries = upstream.open(
    { resource: resource.name, path: resource.path, kept: kept?.raw ?? null },
    signal,
  );
  const fetching = untilUsable(tries, async (response) => {
    checkKind(resource, response, context.simulated);
    if (response.status === 304 && kept !== null) {
      return { response, body: await folder.linkRaw(resource.name, kept), deriving: null };
    }
    const { body, deriving, cut } = await store(resource, response, context);
    stored = { response, body };
    if (!isJsonType(typeOf(response))) throw wrongType(resource, stored, context);
    if (cut !== null) throw broken(resource, response.url, body, context, cut);
    return { response, body, deriving };
  });
  const result = await fetching.catch(async (error: unknown) => {
    await keepFailure(resource, stored, error, tries.end(), context);
    throw error;
  });
  const attempts = tries.end();
  const { response, body, deriving } = result;
  const notModified = response.status === 304;
  // The kept file changed while the source was asked: there is nothing left that its 304 could stand on.
  if (notModified && body.sha256 !== kept?.raw.sha256) return fetchRaw(resource, { ...context, kept: null });
  const received = rawOf(result, context);
  const raw: RawFile =
    notModified && kept !== null
      ? { ...received, etag: received.etag ?? kept.raw.etag, received_by: kept.raw.received_by }
      : received;
  await folder.writeRawMeta(resource.name, meta(response, raw, attempts, context));
  if (!notModified && published?.raw.sha256 === raw.sha256) await folder.shareRaw(resource.name, published);
  context.onStored({ raw, notModified, reused: false });
  if (notModified && (await context.isDerived(raw))) return;
  try {
    await (deriving?.() ?? context.derive(folder.readRaw(resource.name), () => undefined));
  } catch (error) {
    throw error instanceof JsonSyntaxError ? broken(resource, raw.url, body, context, error) : error;
  }
}

async function untilUsable<T>(tries: Tries, use: (response: UpstreamResponse) => Promise<T>): Promise<T> {
  for (;;) {
    const response = await tries.next();
    try {
      return await use(response);
    } catch (error) {
      if (!(error instanceof PipelineError) || error.code !== 'source') throw error;
      await tries.failed(error);
    }
  }
}

type Stored = { readonly response: UpstreamResponse; readonly body: RawBody };

/** The body in raw, and what became of it so far. */
type Storing = {
  readonly body: RawBody;
  /** What went wrong in deriving waits here. */
  readonly deriving: () => Promise<void>;
  /** The text ends too early. Then deriving is over. */
  readonly cut: JsonSyntaxError | null;
};

/** Writes raw and derives from it side by side, where it is JSON. */
async function store(
  resource: Resource,
  response: UpstreamResponse,
  { derive, folder }: Pick<ExtractContext, 'derive' | 'folder'>,
): Promise<Storing> {
  if (!isJsonType(typeOf(response))) {
    const body = await folder.writeRaw(resource.name, response.body);
    return { body, deriving: async () => undefined, cut: null };
  }
  const { copy, drop, fail, main } = tap(response.body, CHUNKS_AHEAD);
  const complete = Promise.withResolvers<void>();
  const derived = derive(copy, complete.resolve).finally(drop);
  derived.then(complete.resolve, complete.reject);
  const cut = complete.promise.then(
    () => null,
    (error: unknown) => (error instanceof JsonSyntaxError && error.truncated ? error : null),
  );
  try {
    const body = await folder.writeRaw(resource.name, main);
    return { body, deriving: () => derived, cut: await cut };
  } catch (error) {
    fail(error);
    // Before the next try, this one has to have let go of its files and tables.
    await derived.catch(() => undefined);
    throw error;
  }
}

function quoteHead({ head }: RawBody, { upstream }: Pick<ExtractContext, 'upstream'>): string {
  return quoteBytes(Buffer.from(upstream.hide(Buffer.from(head).toString())), QUOTED_BYTES);
}

/** Only a text that ends too early may be another one at the next try. */
function broken(
  resource: Resource,
  url: string,
  body: RawBody,
  context: ExtractContext,
  cause: JsonSyntaxError,
): PipelineError {
  return new PipelineError(
    `Cannot read ${resource.name} from ${url}: ${cause.message}; the body starts ${quoteHead(body, context)}`,
    { ...keptIn(body), cause, retryable: cause.truncated },
  );
}

function checkKind(resource: Resource, response: UpstreamResponse, simulated: boolean): void {
  if (response.simulated === null || response.simulated === simulated) return;
  throw new PipelineError(
    `Cannot take ${resource.name} from ${response.url}: its records are ${kindOf(response.simulated)}, ${kindOf(simulated)} ones are due`,
    {
      code: 'kind',
      hint: 'Give the source by --source, with a --data-dir of its own.',
    },
  );
}

/** A page, or nothing at all, is what a gateway says while the API is away: that may be another one at the next try. */
function wrongType(resource: Resource, { response, body }: Stored, context: ExtractContext): PipelineError {
  const type = typeOf(response) || 'no content type';
  return new PipelineError(
    `Cannot read ${resource.name} from ${response.url}: it answered with ${type} where JSON is due, starting ${quoteHead(body, context)}`,
    { ...keptIn(body), retryable: body.bytes === 0 || /^(text\/html|application\/xhtml\+xml)\b/i.test(type) },
  );
}

function keptIn({ path }: RawBody) {
  return {
    code: 'source',
    hint: `The body is kept in ${path} of the run folder.`,
  } as const;
}

function typeOf({ headers }: UpstreamResponse): string {
  return headers['content-type'] ?? '';
}

/** The meta file of a request that failed says what was tried, beside the last body that came to its end, if any did. */
async function keepFailure(
  resource: Resource,
  stored: Stored | null,
  error: unknown,
  attempts: readonly Attempt[],
  context: ExtractContext,
): Promise<void> {
  if (!(error instanceof PipelineError) || error.code !== 'source') return;
  const status = attempts.at(-1)?.status ?? null;
  const failure = { error: error.message, attempts };
  if (stored === null) {
    await context.folder.writeRawMeta(resource.name, { path: resource.path, status, ...failure });
    return;
  }
  const raw = rawOf(stored, context);
  await context.folder.writeRawMeta(resource.name, {
    ...meta(stored.response, raw, [], context),
    ...failure,
  });
  context.onStored({ raw, notModified: false, reused: false });
}

function rawOf({ response, body }: Stored, { runId }: ExtractContext): RawFile {
  const { path, bytes, sha256 } = body;
  const etag = response.headers['etag'] ?? null;
  return { path, url: response.url, bytes, sha256, etag, received_by: runId };
}

/** Headers that may carry a secret or a session, by their names. */
const WITHHELD = /auth|cookie|token|secret|session|credential|signature|key|location/;

/** A value with a query, a fragment or a login of a URL in it: `link`, `refresh` and whatever else leads on. */
const LEADS_ON = /[?#@]/;

function meta(
  response: UpstreamResponse,
  raw: RawFile,
  attempts: readonly Attempt[],
  { clock }: ExtractContext,
): Record<string, unknown> {
  const headers = Object.entries(response.headers).filter(
    ([name, value]) => !WITHHELD.test(name) && !LEADS_ON.test(value),
  );
  return {
    url: response.url,
    status: response.status,
    headers: Object.fromEntries(headers),
    encoding: response.encoding,
    attempts,
    received_at: new Date(clock.now()).toISOString(),
    bytes: raw.bytes,
    sha256: raw.sha256,
    etag: raw.etag,
    received_by: raw.received_by,
  };
}
