import { AbsentError, PipelineError, reportError } from '../core/errors.ts';
import type { KeptPage } from '../core/ports.ts';
import { PASS_RULES, type Pass } from '../core/pull.ts';
import type { Lookups, Resource } from '../core/resource.ts';
import { leavesRows, type RawFile } from '../core/run.ts';
import type { LastPublish } from '../core/target.ts';
import { derive } from '../steps/derive.ts';
import { extract, type Derive } from '../steps/extract.ts';
import { exceeds, needError, type Derived, type Limit } from '../steps/publish.ts';
import type { Tally } from '../steps/tally.ts';
import { derivationKey, isUnchanged } from '../steps/unchanged.ts';
import { brokenText } from '../steps/unusable.ts';
import { runChanges, type DerivePages, type Known } from './changes-task.ts';
import type { RunContext } from './context.ts';
import { Progress } from './progress.ts';

/** The results of the resources that one resource needs. */
type Needs = ReadonlyMap<string, Derived>;

/**
 * Processes one resource, from its request to its rows in staging. The resource's own failure is reported; only errors
 * that fail the whole run are thrown.
 */
export async function runResource(resource: Resource, needs: Needs, context: RunContext): Promise<Derived> {
  const { log, signal } = context;
  const progress = new Progress(resource, context);
  try {
    return await runChain(resource, needs, progress, context);
  } catch (error) {
    if (signal.aborted) return progress.end('failed', { error: signal.reason });
    if (reportError(error).code === 'kind') throw error;
    log.debug('cause', { error });
    return progress.end(error instanceof AbsentError ? 'absent' : 'failed', { error });
  }
}

/**
 * open → unchanged? → keep raw → split → check → transform → stage. From the split on, the steps are part of `derive`.
 */
async function runChain(
  resource: Resource,
  needs: Needs,
  progress: Progress,
  context: RunContext,
): Promise<Derived> {
  const { folder, ledger, run, settings, upstream } = context;
  const { name } = resource;
  const failed = [...needs.values()].find(({ report }) => !isSatisfied(report.status));
  if (failed !== undefined) return progress.end('skipped', { error: needError(name, failed.resource.name) });
  const refusal = context.unready.get(name);
  if (refusal !== undefined) throw refusal;
  progress.report('extract');
  const ready = await context.readyRaw(resource);
  const last = ready === null ? await ledger.lastPublish(name) : null;
  const isSnapshot = resource.changes === undefined;
  if (isSnapshot && last !== null && isFromElsewhere(last, context))
    return progress.end('kept', { left: last });
  const lookups = await readLookups(resource, needs, context);
  const unmet = unmetNeed(name, needs, lookups);
  if (unmet !== null) return progress.end('skipped', { error: unmet });

  const start: Derive = (bodies, after = 0) =>
    derive(resource, bodies, progress.restart(after), {
      ...context,
      batchSize: settings.batchSize,
      transform: {
        transformedAt: run.started_at,
        lookup: (need, id) => lookups.get(need)?.get(id) ?? null,
      },
      onProgress: () => progress.report('validate'),
    });
  const derivePages: DerivePages = async (pages, { after = 0, all, deriving, pass = 'full' } = {}) => {
    const bodies = pages.map((_, index) => folder.readRaw(name, after + index + 1));
    const begun = deriving ?? start(bodies, after);
    const fault = await begun.text;
    const broken = fault === null ? undefined : pages[fault.page - after - 1];
    if (fault !== null && broken !== undefined) throw brokenText(resource, broken, upstream, fault.error);
    await begun.staged;
    checkReceived(resource, progress.tally, pass, settings.rejects(name), all);
  };
  const known = { ready, last, lookups };
  return resource.changes === undefined
    ? runSnapshot(resource, known, { start, derivePages }, progress, context)
    : runChanges(resource, resource.changes, known, derivePages, progress, context);
}

/** Requests the complete collection and derives its rows, unless doing so is certain to change nothing. */
async function runSnapshot(
  resource: Resource,
  { last, lookups, ready }: Known,
  { derivePages, start }: { readonly start: Derive; readonly derivePages: DerivePages },
  progress: Progress,
  context: RunContext,
): Promise<Derived> {
  const { name } = resource;
  const before = { ready, published: pageOf(last), kept: await keptOf(last, context) };
  const extracted = await extract(resource, before, start, context);
  progress.keep(extracted);
  if (extracted.failure !== null) throw extracted.failure;
  const { how, pages } = extracted;
  const files = pages.map(({ file }) => file);
  for (const [index, { bytes, received_by }] of files.entries())
    context.emit({ type: 'page.stored', resource: name, page: index + 1, how, bytes, received_by });
  const key = derivationKey(context.codeDigest, resource, files, lookups);

  if (how === 'not modified' && last !== null && (await isUnchanged(resource, key, last, context))) {
    progress.carry(last);
    return progress.end('succeeded', { key, unchanged: last });
  }

  await derivePages(pages, { deriving: extracted.deriving });
  return progress.end('succeeded', { key });
}

/** Reads the values that a resource looks up in the resources that it needs. */
async function readLookups(resource: Resource, needs: Needs, { target }: RunContext): Promise<Lookups> {
  const lookups = new Map<string, ReadonlyMap<string, string | null>>();
  for (const [need, column] of Object.entries(resource.needs)) {
    const needed = needs.get(need);
    if (needed !== undefined) lookups.set(need, await target.lookup(needed.resource, column, needed.deletes));
  }
  return lookups;
}

/** The error for a needed resource that was absent or kept and has no rows; null if all needs are met. */
function unmetNeed(name: string, needs: Needs, lookups: Lookups): PipelineError | null {
  const unmet = [...needs.values()].find(
    ({ report, resource }) => leavesRows(report.status) && lookups.get(resource.name)?.size === 0,
  );
  if (unmet === undefined) return null;
  const { report, resource } = unmet;
  return new PipelineError(
    `Cannot load ${name}: it needs ${resource.name}, which is ${report.status} and has no rows from an earlier run`,
    {
      code: 'source',
      hint: `First load ${resource.name} from a different day with --as-of, or from a different address with --from.`,
    },
  );
}

function isSatisfied(status: Derived['report']['status']): boolean {
  return status === 'succeeded' || leavesRows(status);
}

/**
 * Whether the resource was published from a different address and this run keeps its rows. Simulated records are never
 * kept, because they would count as real.
 */
function isFromElsewhere({ address, simulated }: LastPublish, { keepsOthers, run }: RunContext): boolean {
  return keepsOthers && address !== run.address && simulated !== true;
}

/** The page of a snapshot, which has only one. */
function pageOf(published: LastPublish | null): KeptPage | null {
  const [file] = published?.pages ?? [];
  return published === null || file === undefined ? null : { run_id: published.run_id, file };
}

/** The page that a 304 response can confirm: it must be from the same address and intact. */
async function keptOf(
  published: LastPublish | null,
  { full, previews, run, store }: RunContext,
): Promise<KeptPage | null> {
  const page = pageOf(published);
  // A preview compares all rows, whether or not they are new.
  if (full || previews || page === null || published?.address !== run.address || !isComparable(page.file))
    return null;
  return (await store.hasRaw(page)) ? page : null;
}

/** Whether it has an ETag or is a copy whose URL identifies its bytes. */
function isComparable({ etag, proof }: RawFile): boolean {
  return etag !== null || proof !== null;
}

/**
 * Throws if too many of `all` records broke their contract, or if no records arrived although the collection cannot be
 * empty. A repeated record counts once.
 */
function checkReceived(
  { name, shape }: Resource,
  { errored, received, repeated, superseded }: Readonly<Tally>,
  pass: Pass,
  limit: Limit,
  all = received - repeated - superseded,
): void {
  const broken = errored - superseded;
  if (shape === 'array' && received === 0 && !PASS_RULES[pass].mayBeEmpty) {
    throw new PipelineError(`Cannot publish ${name}: the source sent an empty collection`, {
      code: 'vanished',
      hint: 'The existing rows are unchanged. Try again later.',
    });
  }
  if (!exceeds(limit, broken, all)) return;
  throw new PipelineError(
    `Cannot publish ${name}: ${broken} of ${all} records broke the contract, more than limits.rejects allows (${limit.count} and ${limit.share * 100}%)`,
    { code: 'rejects', hint: `spacex-pipeline rejects list --resource ${name}` },
  );
}
