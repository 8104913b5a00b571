import { PipelineError } from '../core/errors.ts';
import { nextPageQuery, type PageQuery, type PageFacts } from '../core/paging.ts';
import type { RawPage, RunFolder } from '../core/ports.ts';
import type { Pass } from '../core/pull.ts';
import type { ResourceChanges, Resource } from '../core/resource.ts';
import type { JsonPage } from '../lib/json-page.ts';
import { JsonSyntaxError } from '../lib/json-records.ts';
import type { Deriving } from './derive.ts';
import { fetchPage, type ExtractContext } from './extract.ts';
import type { Quotas } from './quota.ts';
import { readPage } from './read-page.ts';

/** What one pull requests. */
export type NextPull = {
  readonly pass: Pass;
  /** Why it is a full pull; null if it is not one. */
  readonly reason: string | null;
  /** The time from which to request changes, ISO 8601; null to request everything. */
  readonly since: string | null;
  /** The number of earlier pages in the chain. The pull's own page numbers follow. */
  readonly after: number;
  readonly scope: string;
};

export type PullSettings = {
  readonly pageSize: number;
  readonly narrowedTo: string;
  /** Allows for differences between clocks and for records that appear late. */
  readonly settleSeconds: number;
  /** The number of records expected from a full pull; null if unknown. */
  readonly expected: number | null;
};

export type Pulled = {
  readonly pages: readonly RawPage[];
  /** The time from which the next pull starts; null if neither the clock nor a record provides it. */
  readonly until: string | null;
  /** The records of all pages, as received. */
  readonly records: JsonPage['records'];
};

/** What the meta file of a page stores about the pull that requested it. */
export type PulledMeta = NextPull & { readonly ask: PageQuery };

type Context = ExtractContext & { readonly quotas: Quotas };

/**
 * Requests the pages one after another and stores each one. Continues after the pages of the same pull that are already
 * in the folder. Throws PipelineError `source` if it cannot finish, but keeps the pages received, so that the pull can
 * be resumed.
 */
export async function pullChanges(
  resource: Resource,
  changes: ResourceChanges,
  pull: NextPull,
  placed: readonly RawPage[],
  settings: PullSettings,
  context: Context,
): Promise<Pulled> {
  const { emit, folder, quotas, signal } = context;
  const { name } = resource;
  const pages: RawPage[] = [];
  const records: JsonPage['records'][number][] = [];
  let greatest: string | null = null;
  let ask: PageQuery | null = { by: 'change', from: pull.since };
  let isSized = pull.pass === 'changes';

  function take(page: RawPage, { envelope, records: own }: JsonPage): PageFacts {
    pages.push(page);
    records.push(...own);
    const times = own.map(({ parsed }) => (parsed.ok ? timeOf(parsed.record, changes.changedAt) : null));
    for (const time of times) if (time !== null && (greatest === null || time > greatest)) greatest = time;
    return factsOf(envelope, times);
  }

  for (const page of placed) {
    const number = pull.after + pages.length + 1;
    const meta = await readPulled(folder, name, number);
    if (meta === null) break;
    ask = next(resource, meta.ask, take(page, await readPage(changes, folder.readRaw(name, number))));
  }
  if (ask !== null) {
    const requests = requestsFor(settings.expected, settings.pageSize, pages.length, pull);
    isSized ||= requests !== null;
    const { pass, reason, since } = pull;
    const started = { pass, reason, since, pages: pages.length, requests };
    emit({ type: 'pull.started', resource: name, ...started, ...(await quotas.facts()) });
  }
  while (ask !== null) {
    signal.throwIfAborted();
    await quotas.spend(name, pages.length);
    let read: JsonPage | null = null;
    const inspect = ([chunks]: readonly AsyncIterable<Uint8Array>[]): Deriving =>
      inspecting(async () => {
        read = await readPage(changes, chunks ?? empty());
      });
    const path = `${resource.path}?${changes.query(ask, { pageSize: settings.pageSize, scope: settings.narrowedTo })}`;
    const wanted = { resource, path, page: pull.after + pages.length + 1, meta: { pull: { ...pull, ask } } };
    const fetched = await fetchPage(wanted, { kept: null, published: null }, inspect, context);
    if (fetched === null)
      throw new PipelineError(`Cannot pull ${name}: no response arrived`, { code: 'internal' });
    if (fetched.failure !== null) throw fetched.failure;
    const [page] = fetched.pages;
    if (page === undefined || read === null)
      throw new PipelineError(`Cannot pull ${name}: its page was not read`, { code: 'internal' });
    const { bytes, received_by } = page.file;
    emit({ type: 'page.stored', resource: name, page: wanted.page, how: 'received', bytes, received_by });
    const facts = take(page, read);
    ask = next(resource, ask, facts);
    if (ask === null || isSized) continue;
    // The source decides how many records a page contains. The total in a page counts its own records and all later
    // ones.
    const requests = requestsFor(facts.total, facts.records, 1, pull);
    if (requests !== null) emit({ type: 'pull.sized', resource: name, requests, ...(await quotas.facts()) });
    isSized = true;
  }
  return { pages, records, until: await untilOf(folder, name, pull, greatest, settings) };
}

/**
 * The estimated number of further requests in a full pull; null if unknown. Consecutive pages overlap by one record,
 * from which the next page continues.
 */
function requestsFor(
  records: number | null,
  pageSize: number,
  pages: number,
  { pass }: NextPull,
): number | null {
  if (pass === 'changes' || records === null) return null;
  return Math.max(1, Math.ceil((records - 1) / Math.max(1, pageSize - 1)) - pages);
}

/** It is not known whether the bytes form a page until all of them have arrived. */
function inspecting(read: () => Promise<void>): Deriving {
  const text = read().then(
    () => null,
    (error: unknown) => {
      if (error instanceof JsonSyntaxError) return { page: 1, error };
      throw error;
    },
  );
  // The caller may await it later, so a failure must not count as unhandled.
  text.catch(() => undefined);
  return { text, staged: text.then(() => undefined) };
}

async function* empty(): AsyncGenerator<Uint8Array> {}

/** ISO 8601 UTC; null if the record has no time. */
function timeOf(record: unknown, member: string): string | null {
  const time: unknown = typeof record === 'object' && record !== null ? Reflect.get(record, member) : null;
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

function factsOf(envelope: JsonPage['envelope'], times: readonly (string | null)[]): PageFacts {
  const { count, next: following } = envelope;
  const known = times.filter((time) => time !== null);
  return {
    records: times.length,
    first: known[0] ?? null,
    last: known.at(-1) ?? null,
    more: following !== null && following !== undefined,
    total: typeof count === 'number' ? count : null,
  };
}

function next({ name }: Resource, ask: PageQuery, page: PageFacts): PageQuery | null {
  try {
    return nextPageQuery(ask, page);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PipelineError(`Cannot pull ${name}: ${reason}`, { code: 'source', hint: 'Try again later.' });
  }
}

/** What a page's meta file records about the pull; null if it records nothing. */
export async function readPulled(
  folder: RunFolder,
  resource: string,
  page: number,
): Promise<PulledMeta | null> {
  const meta = await folder.readRawMeta(resource, page);
  return (meta?.['pull'] as PulledMeta | undefined) ?? null; // written only by pullChanges
}

/**
 * The time of the first response by the sender's clock. If that clock is unusable, the time of the latest change
 * received. Never uses our own clock, because if it were ahead, the changes in between would never be requested.
 */
async function untilOf(
  folder: RunFolder,
  resource: string,
  { after }: NextPull,
  greatest: string | null,
  { settleSeconds }: PullSettings,
): Promise<string | null> {
  const meta = await folder.readRawMeta(resource, after + 1);
  const headers = (meta?.['headers'] ?? {}) as Readonly<Record<string, string>>;
  const date = Date.parse(headers['date'] ?? '');
  const received = Date.parse(String(meta?.['received_at']));
  const settle = settleSeconds * 1000;
  const isSane = !Number.isNaN(date) && date <= received + settle;
  const from = isSane ? date : Date.parse(greatest ?? '');
  return Number.isNaN(from) ? null : new Date(from - settle).toISOString();
}
