import { AbsentError, PipelineError, reportError } from '../core/errors.ts';
import type { KeptPage } from '../core/ports.ts';
import { passRules, type Pass } from '../core/pull.ts';
import type { Resource } from '../core/resource.ts';
import { leavesRows, type RawFile } from '../core/run.ts';
import type { LastPublish } from '../core/target.ts';
import { derive, type Deriving } from '../steps/derive.ts';
import { extract, type Extracted } from '../steps/extract.ts';
import { exceeds, needError, type Derived, type Limit } from '../steps/publish.ts';
import type { Tally } from '../steps/tally.ts';
import { derivationKey, isUnchanged } from '../steps/unchanged.ts';
import { brokenText } from '../steps/unusable.ts';
import { runChanges } from './changes-task.ts';
import type { RunContext } from './context.ts';
import { readLookups, unmetNeed, type Needs } from './lookups.ts';
import { Progress } from './progress.ts';

/**
 * Runs one resource, from its request to its rows in staging. Its own failure is in the report; throws only what fails
 * the run.
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
  const { folder, ledger, settings } = context;
  const { name } = resource;
  const failed = [...needs.values()].find(({ report }) => !isSatisfied(report.status));
  if (failed !== undefined) return progress.end('skipped', { error: needError(name, failed.resource.name) });
  const refusal = context.unready.get(name);
  if (refusal !== undefined) throw refusal;
  progress.tell('extract');
  if (resource.changes !== undefined) return runChanges(resource, resource.changes, needs, progress, context);

  const ready = await context.readyRaw(resource);
  const published = ready === null ? await ledger.lastPublish(name) : null;
  if (published !== null && isOthers(published, context)) {
    return progress.end('kept', { left: published });
  }
  const lookups = await readLookups(resource, needs, context);
  const unmet = unmetNeed(name, needs, lookups);
  if (unmet !== null) return progress.end('skipped', { error: unmet });

  const deriveFrom = (pages: readonly AsyncIterable<Uint8Array>[]): Deriving =>
    derive(resource, pages, progress.restart(), {
      ...context,
      batchSize: settings.batchSize,
      transform: {
        transformedAt: context.run.started_at,
        lookup: (need, id) => lookups.get(need)?.get(id) ?? null,
      },
      onProgress: () => progress.tell('validate'),
    });
  const before = { ready, published: pageOf(published), kept: await keptOf(published, context) };
  const extracted = await extract(resource, before, deriveFrom, context);
  progress.keep(extracted);
  if (extracted.failure !== null) throw extracted.failure;
  const { how, pages } = extracted;
  const files = pages.map(({ file }) => file);
  tellPages(resource, how, files, context);
  const key = derivationKey(context.codeDigest, resource, files, lookups);

  if (
    how === 'not modified' &&
    published !== null &&
    (await isUnchanged(resource, key, published, context))
  ) {
    progress.carry(published);
    return progress.end('succeeded', { key, unchanged: published });
  }

  const deriving = extracted.deriving ?? deriveFrom(files.map((_, index) => folder.readRaw(name, index + 1)));
  const fault = await deriving.text;
  const broken = fault === null ? undefined : pages[fault.page - 1];
  if (fault !== null && broken !== undefined)
    throw brokenText(resource, broken, context.upstream, fault.error);
  await deriving.staged;
  checkRejects(resource, progress.tally, 'full', settings.rejects(name));
  return progress.end('succeeded', { key });
}

function isSatisfied(status: Derived['report']['status']): boolean {
  return status === 'succeeded' || leavesRows(status);
}

/**
 * Did another address publish it, and does this run keep that? Simulated records are never kept, because they would
 * count as real.
 */
function isOthers({ address, simulated }: LastPublish, { keepsOthers, run }: RunContext): boolean {
  return keepsOthers && address !== run.address && simulated !== true;
}

/** The page of a snapshot, which has only one. */
function pageOf(published: LastPublish | null): KeptPage | null {
  const [file] = published?.pages ?? [];
  return published === null || file === undefined ? null : { run_id: published.run_id, file };
}

/** The page that a 304 may confirm: from the same address, and intact. */
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

/** Does it have an ETag, or is it a copy whose URL identifies its bytes? */
function isComparable({ etag, proof }: RawFile): boolean {
  return etag !== null || proof !== null;
}

function tellPages(
  { name }: Resource,
  how: Extracted['how'],
  files: readonly RawFile[],
  { emit }: Pick<RunContext, 'emit'>,
): void {
  for (const [index, { bytes, received_by }] of files.entries())
    emit({ type: 'page.stored', resource: name, page: index + 1, how, bytes, received_by });
}

/**
 * Throws if too many of `all` records broke their contract, or if none arrived although there must be some. A repeated
 * record counts once.
 */
export function checkRejects(
  { name, shape }: Resource,
  { errored, received, repeated, superseded }: Readonly<Tally>,
  pass: Pass,
  limit: Limit,
  all = received - repeated - superseded,
): void {
  const broken = errored - superseded;
  if (shape === 'array' && received === 0 && !passRules(pass).mayBeEmpty) {
    throw new PipelineError(`Cannot publish ${name}: the source sent an empty collection`, {
      code: 'vanished',
      hint: 'The rows that are there stay. Try again later.',
    });
  }
  if (!exceeds(limit, broken, all)) return;
  throw new PipelineError(
    `Cannot publish ${name}: ${broken} of ${all} records broke the contract, more than limits.rejects allows (${limit.count} and ${limit.share * 100} %)`,
    { code: 'rejects', hint: `spacex-pipeline rejects list --resource ${name}` },
  );
}
