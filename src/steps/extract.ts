import { PipelineError } from '../core/errors.ts';
import type { Emit } from '../core/events.ts';
import type {
  Attempt,
  Clock,
  KeptPage,
  RawPage,
  ReadyRaw,
  Retry,
  RunFolder,
  FinishedAttempt,
  Tries,
  Upstream,
  UpstreamResponse,
} from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { isJsonType } from '../lib/content-type.ts';
import { tap } from '../lib/tap.ts';
import type { Deriving } from './derive.ts';
import type { KindGuard } from './kind.ts';
import { keptPageOf, pageMeta, pageOf } from './raw-page.ts';
import { brokenText, wrongType } from './unusable.ts';

/** How many chunks of a body may wait for the derivation while the raw file is written: about a megabyte. */
const CHUNKS_AHEAD = 16;

const REPORT_BYTES_MS = 100;

/** A page to request. A snapshot consists of one page. */
export type PageOf = {
  readonly resource: Resource;
  /** Relative to the base URL, including the query. */
  readonly path: string;
  /** From 1. */
  readonly page: number;
  /** Added to the meta file. */
  readonly meta?: Readonly<Record<string, unknown>>;
};

export type ExtractContext = {
  readonly upstream: Upstream;
  readonly folder: RunFolder;
  readonly run: { readonly run_id: string };
  readonly kind: KindGuard;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: Emit;
};

/** What is known about a resource before it is requested. */
export type Before = {
  /** The pages, if they do not have to be requested. */
  readonly ready: ReadyRaw | null;
  /** The page of the last publish, so that the same bytes are not stored twice. */
  readonly published: KeptPage | null;
  /** The page that a 304 response can confirm. */
  readonly kept: KeptPage | null;
};

export type Extracted = {
  readonly how: 'received' | 'not modified' | 'reused';
  readonly pages: readonly RawPage[];
  /** The derivation that started while the body arrived; null if none has started. */
  readonly deriving: Deriving | null;
  /** Why the last complete body, which is kept, is unusable. */
  readonly failure: PipelineError | null;
};

/**
 * Derives pages, the first of which has the number `after` + 1. Called again if a body was cut off and is requested
 * again.
 */
export type Derive = (pages: readonly AsyncIterable<Uint8Array>[], after?: number) => Deriving;

/**
 * Stores a resource's response in raw/, byte for byte, and derives its rows at the same time. On a 304, uses the page
 * kept from the last publish. Requests the page again if the body ended too early or came from an intermediary. Throws
 * PipelineError `source` if no complete body arrived, and AbsentError if none exists.
 */
export async function extract(
  resource: Resource,
  before: Before,
  derive: Derive,
  context: ExtractContext,
): Promise<Extracted> {
  const extracted =
    (before.ready === null ? null : await reuse(resource, before.ready, derive, context)) ??
    (await fetchPage({ resource, path: resource.path, page: 1 }, before, derive, context)) ??
    (await fetchPage({ resource, path: resource.path, page: 1 }, { ...before, kept: null }, derive, context));
  if (extracted !== null) return extracted;
  throw new PipelineError(`Cannot pull ${resource.name}: no pages were kept`, { code: 'internal' });
}

/** Null if the pages are not JSON and can be requested from the upstream instead. */
async function reuse(
  { name }: Resource,
  { pages, refetch, simulated }: ReadyRaw,
  derive: Derive,
  { folder, kind }: ExtractContext,
): Promise<Extracted | null> {
  await kind.admit(simulated, folder.path);
  const deriving = derive(pages.map((_, index) => folder.readRaw(name, index + 1)));
  // The code that continues the derivation handles any other failure.
  if (refetch && (await deriving.text.catch(() => null)) !== null) return null;
  return { how: 'reused', pages, deriving, failure: null };
}

/** Null if the kept page has changed since the request, because the 304 then confirms nothing. */
export async function fetchPage(
  wanted: PageOf,
  before: Pick<Before, 'kept' | 'published'>,
  derive: Derive,
  context: ExtractContext,
): Promise<Extracted | null> {
  const { emit, kind, signal, upstream } = context;
  const { kept } = before;
  const { path, resource } = wanted;
  const { name } = resource;
  const onRetry = (retry: Retry): void => emit({ type: 'request.retried', resource: name, ...retry });
  const onTried = (tried: FinishedAttempt): void => emit({ type: 'request.ended', resource: name, ...tried });
  const tries = upstream.open({ resource: name, path, kept: kept?.file ?? null, onRetry, onTried }, signal);
  let last: Kept | null = null;
  try {
    for (;;) {
      emit({ type: 'request.started', resource: name });
      const response = await tries.next();
      await kind.admit(response.simulated, response.url);
      if (response.status === 304 && kept !== null)
        return await linkKept(wanted, response, kept, tries, context);
      const stored = await store(wanted, response, derive, context);
      if (stored.failure === null) {
        const { deriving, failure, page } = stored;
        await finish(wanted, { page, response }, before, tries.end(), context);
        return { how: 'received', pages: [page], deriving, failure };
      }
      if (stored.page !== null) last = { page: stored.page, response };
      await tries.failed(stored.failure);
    }
  } catch (error) {
    if (!(error instanceof PipelineError) || error.code !== 'source') throw error;
    await keepFailure(wanted, last, error, tries.end(), context);
    if (last === null) throw error;
    return { how: 'received', pages: [last.page], deriving: null, failure: error };
  } finally {
    tries.end();
  }
}

type Kept = { readonly page: RawPage; readonly response: UpstreamResponse };

/** A body stored in raw/, and the result so far. `page` is null if the body was cut off. */
type Stored =
  | { readonly failure: null; readonly page: RawPage; readonly deriving: Deriving }
  | { readonly failure: PipelineError; readonly page: RawPage | null };

/** Writes the raw file and, if it is JSON, derives its rows at the same time. */
async function store(
  { page: number, resource }: PageOf,
  response: UpstreamResponse,
  derive: Derive,
  context: ExtractContext,
): Promise<Stored> {
  const { folder, run, upstream } = context;
  const type = response.headers['content-type'] ?? '';
  const { copy, drop, fail, main } = tap(counting(response.body, resource.name, context), CHUNKS_AHEAD);
  const deriving = isJsonType(type) ? derive([copy]) : null;
  if (deriving === null) drop();
  else deriving.staged.then(drop, drop);
  try {
    const body = await folder.writeRaw(resource.name, number, main);
    const page = { file: pageOf(response, body, run.run_id), head: body.head };
    if (deriving === null) return { page, failure: wrongType(resource, page, upstream, type) };
    // The code that continues the derivation handles any other failure.
    const fault = await deriving.text.catch(() => null);
    if (fault !== null) return { page, failure: brokenText(resource, page, upstream, fault.error) };
    return { page, deriving, failure: null };
  } catch (error) {
    fail(error);
    // This attempt must release its files and tables before the next one starts.
    await deriving?.staged.catch(() => undefined);
    if (!(error instanceof PipelineError) || error.code !== 'source') throw error;
    return { page: null, failure: error };
  }
}

/** Passes the body through and reports how much has arrived, a few times per second. */
async function* counting(
  body: AsyncIterable<Uint8Array>,
  resource: string,
  { clock, emit }: Pick<ExtractContext, 'clock' | 'emit'>,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let reportedAt = -Infinity;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (clock.elapsed() - reportedAt >= REPORT_BYTES_MS) {
      emit({ type: 'body.received', resource, bytes });
      reportedAt = clock.elapsed();
    }
    yield chunk;
  }
}

/** Links the kept page into this run's folder. Null if the page has changed. */
async function linkKept(
  { page, resource: { name } }: PageOf,
  response: UpstreamResponse,
  kept: KeptPage,
  tries: Tries,
  { clock, folder }: ExtractContext,
): Promise<Extracted | null> {
  const body = await folder.linkRaw(name, page, kept);
  const attempts = tries.end();
  if (body.sha256 !== kept.file.sha256) return null;
  const file = keptPageOf(response, body, kept.file);
  await folder.writeRawMeta(name, page, pageMeta(response, file, attempts, clock.now()));
  return { how: 'not modified', pages: [{ file, head: body.head }], deriving: null, failure: null };
}

async function finish(
  { meta, page: number, resource: { name } }: PageOf,
  { page, response }: Kept,
  { published }: Pick<Before, 'published'>,
  attempts: readonly Attempt[],
  { clock, folder }: ExtractContext,
): Promise<void> {
  await folder.writeRawMeta(name, number, {
    ...pageMeta(response, page.file, attempts, clock.now()),
    ...meta,
  });
  if (published?.file.sha256 === page.file.sha256) await folder.shareRaw(name, number, published);
}

/** The meta file of a failed request lists the attempts, and describes the last complete body, if there was one. */
async function keepFailure(
  { page, path, resource: { name } }: PageOf,
  last: Kept | null,
  { message }: PipelineError,
  attempts: readonly Attempt[],
  { clock, folder }: ExtractContext,
): Promise<void> {
  const of =
    last === null
      ? { path, status: attempts.at(-1)?.status ?? null }
      : pageMeta(last.response, last.page.file, [], clock.now());
  await folder.writeRawMeta(name, page, { ...of, error: message, attempts });
}
