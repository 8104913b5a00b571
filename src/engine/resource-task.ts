import { PipelineError, reportError } from '../core/errors.ts';
import { loadCheck } from '../core/load-check.ts';
import type { Clock, KeptRaw, Log, ReadyRaw, RunFolder, RunStore, Upstream } from '../core/ports.ts';
import type { Lookups, Resource } from '../core/resource.ts';
import {
  NO_ROWS,
  rowCounts,
  STEPS,
  type RawFile,
  type ResourceReport,
  type ResourceStatus,
  type Step,
} from '../core/run.ts';
import type { LastPublish, Ledger, Target } from '../core/target.ts';
import { createTally, derive, type DeriveContext, type Tally } from '../steps/derive.ts';
import { extract, type Extracted } from '../steps/extract.ts';
import { exceeds, needError, type Derived, type Limit, type Limits } from '../steps/publish.ts';
import { derivationKey, isUnchanged } from '../steps/unchanged.ts';

export type ResourceProgress = {
  readonly resource: string;
  readonly step: Step | 'done' | 'failed';
  readonly received: number;
  readonly validated: number;
  readonly errored: number;
  readonly seconds: number;
};

export type TaskContext = {
  readonly runId: string;
  readonly simulated: boolean;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  /** Of the code that makes rows. */
  readonly codeDigest: string;
  readonly upstream: Upstream;
  readonly store: RunStore;
  readonly folder: RunFolder;
  readonly ledger: Ledger;
  readonly target: Target;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly batchSize: number;
  readonly deletes: boolean;
  /** Ask for everything, whatever was published before. */
  readonly full: boolean;
  /** The raw file to work on instead of a request, in the run's folder; null to ask the source. */
  readonly readyRaw: (resource: Resource) => Promise<ReadyRaw | null>;
  /** Resources that cannot be loaded, and why. */
  readonly unready: ReadonlyMap<string, PipelineError>;
  readonly rejects: Limits;
  readonly onProgress: (progress: ResourceProgress) => void;
};

/** The chain of one resource: extract → validate → transform → load. Its own failure is in the report. */
export async function runResource(
  resource: Resource,
  needs: ReadonlyMap<string, Derived>,
  context: TaskContext,
): Promise<Derived> {
  const { clock, log, signal } = context;
  const started = clock.elapsed();
  let tally = createTally();
  let raw: RawFile | null = null;
  let notModified = false;
  let extractSeconds = 0;
  let key: string | null = null;
  let unchanged: LastPublish | null = null;

  const tell = (step: ResourceProgress['step']): void => {
    const { received, validated, errored } = tally;
    const seconds = (clock.elapsed() - started) / 1000;
    context.onProgress({ resource: resource.name, step, received, validated, errored, seconds });
  };
  const tellRaw = ({ bytes }: RawFile, how: string): void =>
    log.info(`${resource.name}: ${how}`, { resource: resource.name, bytes });
  const end = (status: ResourceStatus, error: unknown): Derived => {
    tell(status === 'succeeded' ? 'done' : 'failed');
    const seconds = (clock.elapsed() - started) / 1000;
    const report = makeReport(status, tally, { seconds, notModified, error });
    tally.seconds.extract = extractSeconds;
    const steps = status === 'skipped' ? {} : stepReports(tally, status === 'failed');
    const deletes = context.deletes && tally.deletable;
    const { staged, whole } = tally;
    const ofRows = status === 'succeeded' ? key : null;
    return { resource, report, raw, steps, staged, deletes, whole, key: ofRows, unchanged };
  };

  const missing = [...needs.values()].find(({ report }) => report.status !== 'succeeded');
  if (missing !== undefined) return end('skipped', needError(resource.name, missing.resource.name));
  try {
    const refusal = context.unready.get(resource.name);
    if (refusal !== undefined) throw refusal;
    tell('extract');
    const ready = await context.readyRaw(resource);
    const published =
      ready === null ? await context.ledger.lastPublish(resource.name, context.upstream.address) : null;
    const lookups = await readLookups(resource, needs, context);
    const check = once(() => loadCheck(resource.contract));
    await extract(resource, {
      ...context,
      ready,
      published,
      kept: published !== null && (await isKept(published, context)) ? published : null,
      derive: async (chunks, onComplete) => {
        tally = createTally();
        await deriveStaged(resource, chunks, tally, {
          ...context,
          check: await check(),
          transform: {
            transformedAt: context.startedAt,
            lookup: (need, id) => lookups.get(need)?.get(id) ?? null,
          },
          onComplete,
          onProgress: () => tell('validate'),
        });
      },
      onStored: (extracted) => {
        ({ raw, notModified } = extracted);
        key = derivationKey(context.codeDigest, resource, raw, lookups);
        extractSeconds = (clock.elapsed() - started) / 1000;
        if (!notModified) tellRaw(raw, toldAs(extracted));
      },
      async isDerived(of) {
        const since = `not modified since run ${of.received_by}`;
        if (published === null || key === null || !(await isUnchanged(resource, key, published, context))) {
          tellRaw(of, since);
          return false;
        }
        const { received, run_id } = published;
        unchanged = published;
        tally = { ...createTally(), received, validated: received, deletable: false };
        tellRaw(of, `${since}, and its tables are as run ${run_id} left them`);
        return true;
      },
    });
    checkRejects(resource, tally, context.rejects(resource.name));
    const { received, validated, errored } = tally;
    if (tally.whole) {
      const told = { resource: resource.name, received, validated, errored };
      log.info(`${resource.name}: ${validated} of ${received} records validated, ${errored} errored`, told);
    }
    return end('succeeded', null);
  } catch (error) {
    if (signal.aborted) return end('failed', signal.reason);
    const report = reportError(error);
    log.error(report.message, { resource: resource.name, code: report.code });
    log.debug('cause', { error });
    return end('failed', error);
  }
}

/** May If-None-Match stand on it? */
async function isKept(published: KeptRaw, { full, store }: TaskContext): Promise<boolean> {
  return !full && published.raw.etag !== null && (await store.hasRaw(published));
}

async function deriveStaged(
  resource: Resource,
  chunks: AsyncIterable<Uint8Array>,
  tally: Tally,
  context: Omit<DeriveContext, 'staging'> & Pick<TaskContext, 'target'>,
): Promise<void> {
  const staging = await context.target.stage(resource);
  try {
    await derive(resource, chunks, tally, { ...context, staging });
  } finally {
    await staging.close();
  }
}

async function readLookups(
  resource: Resource,
  needs: ReadonlyMap<string, Derived>,
  { target }: TaskContext,
): Promise<Lookups> {
  const lookups = new Map<string, ReadonlyMap<string, string | null>>();
  for (const [need, column] of Object.entries(resource.needs)) {
    const needed = needs.get(need);
    if (needed !== undefined) lookups.set(need, await target.lookup(needed.resource, column, needed.deletes));
  }
  return lookups;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

function toldAs({ raw, reused }: Extracted): string {
  return reused
    ? `reused ${raw.bytes} bytes that run ${raw.received_by} received`
    : `received ${raw.bytes} bytes`;
}

function checkRejects(resource: Resource, tally: Tally, limit: Limit): void {
  const { received, errored } = tally;
  if (resource.shape === 'array' && received === 0) {
    throw new PipelineError(`Cannot publish ${resource.name}: the source sent an empty collection`, {
      code: 'vanished',
      hint: 'The rows that are there stay. Try again later.',
    });
  }
  if (!exceeds(limit, errored, received)) return;
  throw new PipelineError(
    `Cannot publish ${resource.name}: ${errored} of ${received} records broke the contract, more than limits.rejects allows (${limit.count} and ${limit.share * 100} %)`,
    { code: 'rejects', hint: `spacex-pipeline rejects list --resource ${resource.name}` },
  );
}

/** The steps that began, in order; the last one is where a failure happened. */
function stepReports(tally: Tally, failed: boolean): Derived['steps'] {
  const rows = Object.values(tally.staged).reduce((sum, count) => sum + count, 0);
  const counts = { extract: 1, validate: tally.received, transform: tally.validated, load: rows };
  const begun = STEPS.slice(0, STEPS.indexOf(tally.step) + 1);
  return Object.fromEntries(
    begun.map((step) => [
      step,
      {
        status: failed && step === tally.step ? 'failed' : 'succeeded',
        seconds: tally.seconds[step],
        count: counts[step],
      },
    ]),
  );
}

function makeReport(
  status: ResourceStatus,
  { received, validated, errored }: Tally,
  rest: { readonly seconds: number; readonly notModified: boolean; readonly error: unknown },
): ResourceReport {
  return {
    status,
    received,
    validated,
    errored,
    ...rowCounts(NO_ROWS),
    not_modified: rest.notModified,
    seconds: Math.round(rest.seconds * 1000) / 1000,
    tables: {},
    error: rest.error === null ? null : reportError(rest.error),
  };
}
