import { PipelineError, reasonOf, reportError, UnknownOutcome, type ErrorReport } from '../core/errors.ts';
import { danglingChecks, isFinding, type RunReport } from '../core/run.ts';
import type { RunEnd } from '../core/target.ts';
import { closeRun } from '../steps/outcome.ts';
import { publish, type Derived } from '../steps/publish.ts';
import type { RunContext } from './context.ts';
import { runDag } from './dag.ts';
import { runResource } from './resource-task.ts';

/** Options of a run that may publish. */
export type PipelineOptions = {
  /** How to continue the run after a failure, as the end of a hint. */
  readonly howToContinue: string;
  /**
   * What the manifest contains in addition to the report: the configuration without secrets, versions, and the peak
   * memory so far.
   */
  readonly describe: () => Readonly<Record<string, unknown>>;
};

type Results = ReadonlyMap<string, Derived>;

/** Executes a run, from its first request to its last ledger row. A failure is reported, never thrown. */
export async function runPipeline(context: RunContext, options: PipelineOptions): Promise<RunReport> {
  const { clock, emit, ledger, lockSeconds, log, dag, run, signal } = context;
  const derived = new Map<string, Derived>();
  const began = clock.elapsed();
  emit({
    type: 'run.started',
    address: run.address,
    run_dir: run.run_dir,
    resources: dag.resources.map(({ name }) => name),
    lock_wait_seconds: lockSeconds,
  });
  await writeManifest(context, options, openReport(context), derived);

  let end: RunEnd;
  let publishSeconds: number | null = null;
  try {
    await (context.resumed ? ledger.reopen(run) : ledger.begin(run));
    await deriveAll(context, derived);
    ({ end, publishSeconds } = await publishComplete(context, derived));
    await runDataChecks(context, end, derived);
  } catch (error) {
    const isUnknown = error instanceof UnknownOutcome;
    const cause = signal.aborted && !isUnknown ? interruption(signal) : error;
    const report = resumable(reportError(cause), options.howToContinue, isUnknown);
    log.debug('cause', { error });
    end = failedEnd(report, context, derived);
    await abandon(context, end);
  }
  const report: RunReport = {
    ...openReport(context),
    status: end.status,
    finished_at: new Date(clock.now()).toISOString(),
    resources: Object.fromEntries(end.entries.map(({ resource, report: one }) => [resource.name, one])),
    error: end.error,
  };
  await writeManifest(context, options, report, derived, publishSeconds).catch((error: unknown) => {
    log.warn(reportError(error).message);
  });
  const seconds = (clock.elapsed() - began) / 1000;
  emit({ type: 'run.ended', status: report.status, seconds, report });
  return report;
}

/** Derives every resource in the DAG, each after the resources that it needs. */
export async function deriveAll(context: RunContext, derived: Map<string, Derived>): Promise<void> {
  const { dag, settings, signal } = context;
  const resources = new Map(dag.resources.map((resource) => [resource.name, resource]));
  const nodes = dag.resources.map(({ name, needs }) => ({ name, needs: Object.keys(needs) }));
  await runDag<Derived>(nodes, settings.concurrency, async (name, needs) => {
    const resource = resources.get(name);
    if (resource === undefined)
      throw new PipelineError(`Cannot run ${name}: it is not in the DAG`, { code: 'internal' });
    const result = await runResource(resource, needs, context);
    derived.set(name, result);
    return result;
  });
  signal.throwIfAborted();
}

async function publishComplete(
  context: RunContext,
  derived: Results,
): Promise<{ readonly end: RunEnd; readonly publishSeconds: number }> {
  const { chosen, clock, emit, settings, target } = context;
  const inOrder = resultsInOrder(context, derived);
  const complete = inOrder.filter(({ report }) => report.status === 'succeeded');
  const started = clock.elapsed();
  const since = (): number => (clock.elapsed() - started) / 1000;
  if (complete.length === 0) {
    const end = closeRun(inOrder, chosen);
    await abandon(context, end);
    return { end, publishSeconds: since() };
  }
  emit({ type: 'publish.started', resources: complete.length });
  const end = await publish(inOrder, target, { ...settings, chosen }, (next) =>
    emit({ type: 'publish.merging', ...next }),
  );
  const publishSeconds = since();
  emit({ type: 'publish.ended', status: end.status, seconds: publishSeconds });
  return { end, publishSeconds };
}

/** The earlier failure matters more than a failure to write the ledger. */
async function abandon({ ledger, log }: RunContext, end: RunEnd): Promise<void> {
  await ledger.abandon(end).catch((error: unknown) => {
    log.warn(reportError(error).message);
  });
}

/** Neither findings nor failures of the checks affect the run. */
async function runDataChecks(
  { emit, log, settings, target }: RunContext,
  end: RunEnd,
  derived: Results,
): Promise<void> {
  const published = end.entries.filter(({ report }) => report.status === 'succeeded');
  if (!settings.checks || published.length === 0) return;
  emit({ type: 'checks.started' });
  try {
    const touched = new Map(
      published.flatMap(({ resource: { name } }) => {
        const ids = derived.get(name)?.touched ?? null;
        return ids === null ? [] : [[name, ids] as const];
      }),
    );
    const made = await target.check(
      published.map(({ resource }) => resource),
      touched,
    );
    const references = published.flatMap(({ report, resource }) =>
      danglingChecks(resource.name, report.tables),
    );
    const results = [...made, ...references];
    const found = results.filter(isFinding).length;
    emit({ type: 'checks.ended', checks: results.length, found, results });
  } catch (error) {
    log.warn(`Cannot run the data checks: ${reasonOf(error)}`);
  }
}

/** The entire run failed, so resources that were ready to publish count as skipped for the same reason. */
function failedEnd(error: ErrorReport, context: RunContext, derived: Results): RunEnd {
  const entries = resultsInOrder(context, derived).map(({ report, ...one }) => ({
    ...one,
    report: report.status === 'succeeded' ? ({ ...report, status: 'skipped', error } as const) : report,
  }));
  return { status: error.code === 'interrupted' ? 'interrupted' : 'failed', error, entries };
}

function resultsInOrder({ dag }: RunContext, derived: Results): readonly Derived[] {
  return dag.resources.flatMap(({ name }) => derived.get(name) ?? []);
}

/** After a failure that is unrelated to the records, the run can be resumed, because the raw files exist. */
function resumable(report: ErrorReport, howToContinue: string, isUnknown: boolean): ErrorReport {
  if (isUnknown || (report.code !== 'database' && report.code !== 'interrupted')) return report;
  const reason = report.hint === null ? '' : `${report.hint} `;
  return { ...report, hint: `${reason}${howToContinue}` };
}

function interruption(signal: AbortSignal): PipelineError {
  return new PipelineError('Cannot finish the run: it was interrupted', {
    code: 'interrupted',
    cause: signal.reason,
    hint: 'Nothing was published.',
  });
}

function openReport({ folder, kind, run }: RunContext): RunReport {
  return {
    run_id: run.run_id,
    status: 'running',
    source: run.source,
    address: run.address,
    simulated: kind.simulated(),
    run_dir: folder.path,
    job: run.job?.name ?? null,
    started_at: run.started_at,
    finished_at: null,
    resources: {},
    error: null,
  };
}

async function writeManifest(
  { chosen, folder, keepsOthers, dag, run }: RunContext,
  { describe }: PipelineOptions,
  report: RunReport,
  derived: Results,
  publishSeconds: number | null = null,
): Promise<void> {
  const all = [...derived.values()];
  await folder.writeManifest({
    ...report,
    host: run.host,
    pid: run.pid,
    program_version: run.program_version,
    origin_run_id: run.origin_run_id,
    plan: dag.resources.map(({ name }) => name),
    chosen,
    keeps_others: keepsOthers,
    ...describe(),
    publish_seconds: publishSeconds,
    raw: Object.fromEntries(
      all.flatMap(({ report: { pages }, resource }) => (pages.length === 0 ? [] : [[resource.name, pages]])),
    ),
    chains: Object.fromEntries(
      all.flatMap(({ chain, resource }) => (chain === null ? [] : [[resource.name, chain]])),
    ),
    steps: Object.fromEntries(all.map(({ resource, steps }) => [resource.name, steps])),
  });
}
