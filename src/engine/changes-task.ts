import { PipelineError } from '../core/errors.ts';
import type { RawPage, ReadyRaw } from '../core/ports.ts';
import { describeScope, scopeOf, type Pass } from '../core/pull.ts';
import type { Lookups, Resource, ResourceChanges } from '../core/resource.ts';
import type { RawFile } from '../core/run.ts';
import type { Chain, LastPublish } from '../core/target.ts';
import { sha256Of } from '../lib/sha256.ts';
import type { Deriving } from '../steps/derive.ts';
import { pullChanges, readPulled, type Pulled, type NextPull } from '../steps/pull-changes.ts';
import type { Derived } from '../steps/publish.ts';
import { openQuotas } from '../steps/quota.ts';
import { derivationKey } from '../steps/unchanged.ts';
import { readId } from '../steps/validate.ts';
import type { RunContext } from './context.ts';
import type { Progress } from './progress.ts';

const HOUR_MS = 3_600_000;

/**
 * Derives pages in the run's folder, and waits until all rows are staged. Throws if a page is not JSON, or if too many
 * records were rejected.
 */
export type DerivePages = (
  pages: readonly RawPage[],
  options?: {
    /** The number of pages before the first one. */
    readonly after?: number;
    readonly pass?: Pass;
    /** The number of records to which the reject limit applies; by default, the number received. */
    readonly all?: number;
    /** The derivation, if it has already begun. */
    readonly deriving?: Deriving | null;
  },
) => Promise<void>;

/** What is known about a resource before it is requested. */
export type Known = {
  /** Its pages, if they do not have to be requested. */
  readonly ready: ReadyRaw | null;
  /** Null if nothing has been published yet, or if the pages do not have to be requested. */
  readonly last: LastPublish | null;
  readonly lookups: Lookups;
};

/** Processes a resource whose changes are pulled, from its first request to its rows in staging. */
export async function runChanges(
  resource: Resource,
  changes: ResourceChanges,
  { last, lookups, ready }: Known,
  derivePages: DerivePages,
  progress: Progress,
  context: RunContext,
): Promise<Derived> {
  const { folder } = context;
  const { name } = resource;
  const key = derivationKey(context.codeDigest, resource, [], lookups);
  if (ready !== null) {
    await context.kind.admit(ready.simulated, folder.path);
    progress.keep({ how: 'reused', pages: ready.pages });
    await derivePages(ready.pages);
    return progress.end('succeeded', { key, chain: await chainOfReady(resource, context) });
  }

  const scope = scopeOf(context.run.address, context.pulling.narrowedTo);
  const { placed, pull } = await chooseNext(resource, last, scope, context);
  progress.passes(pull.pass);
  const { narrowedTo, pageSize, settleSeconds } = context.pulling;
  const quotas = openQuotas(context);
  const isSameScope = last?.chain?.scope === scope;
  const expected = isSameScope ? (last.tables[resource.tables[0].name]?.live_after ?? null) : null;
  const settings = { pageSize, narrowedTo, settleSeconds, expected };
  const pulled = await pullChanges(resource, changes, pull, placed, settings, { ...context, quotas });

  const before = pull.pass === 'full' ? [] : (last?.pages ?? []);
  const kept = before.map((file): RawPage => ({ file, head: new Uint8Array() }));
  const chain = chainOf(pull, last, pulled, context);
  const isNews = pull.pass === 'full' || !(await isNoNews(resource, pulled, context));
  if (!isNews) await folder.removeRaw(name);
  const pages = isNews ? [...kept, ...pulled.pages] : kept;
  progress.keep({ how: isNews ? 'received' : 'not modified', pages });
  if (pull.pass === 'changes' && last !== null && last.derivation_key === key) {
    if (!isNews) return progress.end('succeeded', { key, carries: last, chain });
    const all = last.tables[resource.tables[0].name]?.live_after ?? 0;
    await derivePages(pulled.pages, { after: pull.after, pass: pull.pass, all });
    return progress.end('succeeded', { key, chain, carries: last });
  }
  if (last !== null) await warnIfAltered(resource, last, context);
  await linkChain(resource, before, last, context);
  await derivePages(pages, { pass: pull.pass });
  const published = last?.chain ?? null;
  const replaces = published !== null && published.scope !== scope;
  return progress.end('succeeded', { key, chain, replaces });
}

/**
 * Warns if the digests carried from run to run differ from the actual digests of the tables. The derivation that
 * follows repairs the rows, as far as the pages allow.
 */
async function warnIfAltered(
  resource: Resource,
  last: LastPublish,
  { log, target }: RunContext,
): Promise<void> {
  const now = await target.contents(resource);
  for (const [table, { digest }] of Object.entries(last.tables)) {
    const found = now[table]?.digest;
    if (found === undefined || found === digest) continue;
    log.warn(
      `rows of ${table} were changed by something other than a run: digest ${digest} is now ${found}`,
      {
        resource: resource.name,
      },
    );
  }
}

type Chosen = { readonly pull: NextPull; readonly placed: readonly RawPage[] };

/** A resumed run continues its own pull. For any other run, the published state determines what to pull. */
async function chooseNext(
  resource: Resource,
  last: LastPublish | null,
  scope: string,
  context: RunContext,
): Promise<Chosen> {
  const { folder, full, resumed } = context;
  const { name } = resource;
  if (resumed) {
    for (const after of new Set([0, last?.pages.length ?? 0])) {
      const meta = await readPulled(folder, name, after + 1);
      if (meta === null || meta.after !== after || meta.scope !== scope) continue;
      // Changes are useful only if they continue from the published state.
      if (meta.pass === 'changes' && meta.since !== last?.chain?.cursor) continue;
      const placed = (await folder.rawInPlace(name, after + 1))?.pages ?? [];
      return { pull: meta, placed };
    }
    // Pages of a different pull must not be mistaken for pages of this one.
    await folder.removeRaw(name);
  }
  const everything = (reason: string): Chosen => ({
    pull: { pass: 'full', reason, since: null, after: 0, scope },
    placed: [],
  });
  const chain = last?.chain ?? null;
  if (last === null || chain === null) return everything('nothing has been published yet');
  // A resumed run requests no more than the original run did.
  const wantsAll = full && !resumed;
  if (chain.scope !== scope && !wantsAll)
    throw otherScope(name, context.pulling.narrowedBy, chain.scope, scope);
  if (wantsAll) return everything('it was requested');
  const why = await whyFull(last, chain, context);
  if (why !== null) return everything(why);
  const pull: NextPull = {
    pass: 'changes',
    reason: null,
    since: chain.cursor,
    after: last.pages.length,
    scope,
  };
  return { pull, placed: [] };
}

/** Why the pull must be a full pull; null if the changes are enough. */
async function whyFull(
  { pages }: LastPublish,
  { cursor, folder_id, full_at }: Chain,
  { clock, pulling, run, store }: RunContext,
): Promise<string | null> {
  const age = clock.now() - Date.parse(full_at);
  if (cursor === null) return 'the time from which to request changes is unknown';
  if (age >= pulling.fullAfterHours * HOUR_MS)
    return `the last full pull was ${Math.floor(age / HOUR_MS)} h ago`;
  if (folder_id !== run.folder_id) return 'its earlier pages are in a different data folder';
  for (const [index, file] of pages.entries()) {
    if (!(await store.hasRaw({ run_id: file.received_by, file })))
      return `earlier page ${index + 1} is missing or damaged`;
  }
  return null;
}

function otherScope(name: string, setting: string, is: string, wanted: string): PipelineError {
  const [pulled, published] = [wanted, is].map((scope) => describeScope(scope, setting));
  return new PipelineError(`Cannot pull ${name} of ${pulled}: the published rows are from ${published}`, {
    code: 'usage',
    hint: 'Replace them with: spacex-pipeline run --full',
  });
}

function chainOf(pull: NextPull, last: LastPublish | null, { until }: Pulled, { run }: RunContext): Chain {
  const before = pull.pass === 'full' ? null : (last?.chain ?? null);
  const cursors = [before?.cursor, until].filter((time) => typeof time === 'string');
  return {
    run_id: before?.run_id ?? run.run_id,
    full_at: before?.full_at ?? run.started_at,
    // The cursor never moves backward.
    cursor: cursors.toSorted().at(-1) ?? null,
    scope: pull.scope,
    folder_id: run.folder_id,
  };
}

/** The chain for existing pages: like the chain of the run that they belong to, but started by this run. */
async function chainOfReady({ name }: Resource, { chainOf: known, run }: RunContext): Promise<Chain> {
  const before = await known(name);
  return {
    run_id: run.run_id,
    full_at: before?.full_at ?? run.started_at,
    cursor: before?.cursor ?? null,
    scope: before?.scope ?? '',
    folder_id: run.folder_id,
  };
}

/** Whether each record is identical, byte for byte, to the newest known version. */
async function isNoNews(resource: Resource, { records }: Pulled, { target }: RunContext): Promise<boolean> {
  const found = records.map(({ bytes, parsed }) => ({
    id: parsed.ok ? readId(parsed.record) : null,
    sha256: sha256Of(bytes),
  }));
  const ids = found.flatMap(({ id }) => id ?? []);
  if (ids.length < found.length) return false;
  const known = await target.newest(resource, ids);
  return found.every(({ id, sha256 }) => id !== null && known.get(id) === sha256);
}

/** Links the pages of the chain into this run's folder. */
async function linkChain(
  { name }: Resource,
  files: readonly RawFile[],
  last: LastPublish | null,
  { folder }: RunContext,
): Promise<void> {
  for (const [index, file] of files.entries()) {
    const body = await folder.linkRaw(name, index + 1, { run_id: file.received_by, file });
    if (body.sha256 !== file.sha256)
      throw new PipelineError(`Cannot derive ${name}: page ${index + 1} of run ${last?.run_id} has changed`, {
        code: 'source',
        hint: 'Try again. The next run will pull everything.',
      });
  }
}
