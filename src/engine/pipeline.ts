import { PipelineError, reportError, UnknownOutcome, type ErrorReport } from '../core/errors.ts';
import type { RunFolder } from '../core/ports.ts';
import type { RunReport, RunStatus } from '../core/run.ts';
import type { LedgerEntry, RunEnd, RunHeader } from '../core/target.ts';
import { firstError, publish, type Derived, type PublishRules } from '../steps/publish.ts';
import { runDag } from './dag.ts';
import type { Plan } from './plan.ts';
import { runResource, type TaskContext } from './resource-task.ts';

export type DeriveAllContext = TaskContext & { readonly plan: Plan; readonly concurrency: number };

export type PipelineContext = DeriveAllContext & {
  readonly header: RunHeader;
  /** The run has begun before, and goes on under its id. */
  readonly resumed: boolean;
  /** How somebody goes on with it who finds it failed: the end of a hint. */
  readonly goOn: string;
  readonly rules: PublishRules;
  /** Make the data checks after the publish? */
  readonly checks: boolean;
  /** What the manifest tells beside the report: configuration without secrets, versions, memory so far. */
  readonly describe: () => Readonly<Record<string, unknown>>;
};

/** One run from its first request to its last ledger row. Its failure is in the report, never thrown. */
export async function runPipeline(context: PipelineContext): Promise<RunReport> {
  const { clock, folder, header, ledger, log, signal } = context;
  const derived = new Map<string, Derived>();
  await writeManifest(context, openReport(header, folder), derived);

  let end: RunEnd;
  let publishSeconds: number | null = null;
  try {
    await (context.resumed ? ledger.reopen(header) : ledger.begin(header));
    await deriveAll(context, derived);
    const started = clock.elapsed();
    end = await publishWhole(context, derived);
    publishSeconds = (clock.elapsed() - started) / 1000;
    await makeChecks(context, end);
  } catch (error) {
    const isUnknown = error instanceof UnknownOutcome;
    const cause = signal.aborted && !isUnknown ? interruption(signal) : error;
    const report = resumable(reportError(cause), context.goOn, isUnknown);
    log.debug('cause', { error });
    end = failedEnd(report.code === 'interrupted' ? 'interrupted' : 'failed', report, context, derived);
    await abandon(context, end);
  }
  const report: RunReport = {
    ...openReport(header, folder),
    status: end.status,
    finished_at: new Date(clock.now()).toISOString(),
    resources: Object.fromEntries(end.entries.map(({ resource, report: one }) => [resource.name, one])),
    error: end.error,
  };
  await writeManifest(context, report, derived, publishSeconds).catch((error: unknown) => {
    log.warn(reportError(error).message);
  });
  return report;
}

/** Every planned resource, each after those that it needs. */
export async function deriveAll(context: DeriveAllContext, derived: Map<string, Derived>): Promise<void> {
  const { plan, signal } = context;
  const resources = new Map(plan.resources.map((resource) => [resource.name, resource]));
  const nodes = plan.resources.map(({ name, needs }) => ({ name, needs: Object.keys(needs) }));
  await runDag<Derived>(nodes, context.concurrency, async (name, needs) => {
    const resource = resources.get(name);
    if (resource === undefined)
      throw new PipelineError(`Cannot run ${name}: it is not planned`, { code: 'internal' });
    const result = await runResource(resource, needs, context);
    derived.set(name, result);
    return result;
  });
  signal.throwIfAborted();
}

async function publishWhole(
  context: PipelineContext,
  derived: ReadonlyMap<string, Derived>,
): Promise<RunEnd> {
  const { plan, rules, target } = context;
  const inOrder = plan.resources.flatMap(({ name }) => derived.get(name) ?? []);
  if (inOrder.every(({ report }) => report.status !== 'succeeded')) {
    const end = failedEnd('failed', null, context, derived);
    await abandon(context, end);
    return end;
  }
  return publish(inOrder, target, rules);
}

/** What failed before says more than that the ledger could not be written either. */
async function abandon({ ledger, log, runId }: PipelineContext, end: RunEnd): Promise<void> {
  await ledger.abandon(runId, end).catch((error: unknown) => {
    log.warn(reportError(error).message);
  });
}

/** What they find, or that they cannot be made, changes nothing about the run. */
async function makeChecks({ checks, log, target }: PipelineContext, end: RunEnd): Promise<void> {
  const published = end.entries.filter(({ report }) => report.status === 'succeeded');
  if (!checks || published.length === 0) return;
  try {
    const results = await target.check(published.map(({ resource }) => resource));
    for (const { error } of results) if (error !== null) log.warn(error);
    const broken = results.filter(
      ({ count, severity }) => severity !== 'info' && count !== null && count > 0,
    );
    log.info(`${results.length} data checks, ${broken.length} found something`, {
      checks: results.length,
      broken: broken.length,
    });
  } catch (error) {
    log.warn(`Cannot make the data checks: ${reportError(error).message}`);
  }
}

function failedEnd(
  status: RunStatus,
  error: ErrorReport | null,
  { plan }: PipelineContext,
  derived: ReadonlyMap<string, Derived>,
): RunEnd {
  const entries: LedgerEntry[] = plan.resources.flatMap((resource) => {
    const one = derived.get(resource.name);
    if (one === undefined) return [];
    const { key, report, raw, whole } = one;
    const skipped = { ...report, status: 'skipped', error } as const;
    return [{ resource, report: report.status === 'succeeded' ? skipped : report, raw, whole, key }];
  });
  return { status, error: error ?? firstError(entries), entries };
}

/** What failed outside of the records can be gone on with: its raw files are there. */
function resumable(report: ErrorReport, goOn: string, isUnknown: boolean): ErrorReport {
  if (isUnknown || (report.code !== 'database' && report.code !== 'interrupted')) return report;
  const reason = report.hint === null ? '' : `${report.hint} `;
  return { ...report, hint: `${reason}${goOn}` };
}

function interruption(signal: AbortSignal): PipelineError {
  return new PipelineError('Cannot finish the run: it was interrupted', {
    code: 'interrupted',
    cause: signal.reason,
    hint: 'Nothing was published.',
  });
}

function openReport(header: RunHeader, folder: RunFolder): RunReport {
  return {
    run_id: header.run_id,
    status: 'running',
    source: header.source,
    simulated: header.simulated,
    run_dir: folder.path,
    started_at: header.started_at,
    finished_at: null,
    resources: {},
    error: null,
  };
}

async function writeManifest(
  { describe, folder, header, plan }: PipelineContext,
  report: RunReport,
  derived: ReadonlyMap<string, Derived>,
  publishSeconds: number | null = null,
): Promise<void> {
  const raw = [...derived.values()].flatMap((one) =>
    one.raw === null ? [] : [[one.resource.name, one.raw]],
  );
  const steps = [...derived.values()].map((one) => [one.resource.name, one.steps]);
  await folder.writeManifest({
    ...report,
    host: header.host,
    pid: header.pid,
    program_version: header.program_version,
    origin_run_id: header.origin_run_id,
    plan: plan.resources.map(({ name }) => name),
    ...describe(),
    publish_seconds: publishSeconds,
    raw: Object.fromEntries(raw),
    steps: Object.fromEntries(steps),
  });
}
