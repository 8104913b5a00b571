import { runPull } from '../app/pull.ts';
import type { RunDeps } from '../app/run.ts';
import type { Subscriber } from '../core/events.ts';
import type { CheckResult, RunReport } from '../core/run.ts';
import { buildDag } from '../engine/dag.ts';
import { busyRuleOf, IF_BUSY, withBusyRule, WAIT_TIMEOUT, type BusyOptions } from './if-busy.ts';
import { openContext, type CommandContext, type Outcome } from './context.ts';
import { withFailureCommand, type NotifyFailure } from './on-failure.ts';
import { AS_OF, integerOption, MIGRATE, resourcesOption } from './options.ts';
import { printJson } from './print.ts';
import { example, EXAMPLE_NAME, printFailure, type Register } from './command.ts';
import { metricsFileOption, withMetricsFile } from './metrics-file.ts';
import { withProgress } from './progress.ts';
import { printEnd } from './run-end.ts';
import { flagsAbout } from './self.ts';

type RunOptions = BusyOptions & {
  readonly resources?: readonly string[];
  readonly asOf?: string;
  readonly orSandbox?: boolean;
  readonly full?: boolean;
  readonly restart?: boolean;
  readonly migrate?: boolean;
  readonly atomic?: boolean;
  readonly batchSize?: number;
  readonly concurrency?: number;
  readonly metricsFile?: string;
  readonly onFailure?: string;
};

export const register: Register = (program, streams, setOutcome) => {
  resourcesOption(
    program.command('run'),
    'only these resources and the ones they need, separated by commas (default: all)',
  )
    .description('run once: extract, validate, transform, load, publish')
    .option('--from <address>', 'archive, live, sandbox or a base URL (default: the configured address)')
    .addOption(AS_OF)
    .option('--or-sandbox', 'use the built-in, simulated API if the source cannot be reached')
    .option('--full', 'request everything, even if nothing has changed since the last run')
    .option('--restart', 'start over, even if an interrupted pull could continue')
    .addOption(MIGRATE)
    .option('--atomic', 'publish all resources or none')
    .option('--batch-size <rows>', 'number of rows per COPY', integerOption)
    .option('--concurrency <n>', 'number of resources to process at a time', integerOption)
    .addOption(IF_BUSY)
    .addOption(WAIT_TIMEOUT)
    .option(
      '--on-failure <command>',
      'shell command to run if the run fails, is partial or never begins; it receives the --json document on stdin',
    )
    .option(
      '--metrics-file <file>',
      "a .prom file to write metrics to, for node_exporter's textfile collector",
      metricsFileOption,
    )
    .addHelpText('after', example('run --or-sandbox', `run --resources ${EXAMPLE_NAME} --json`))
    .action(async (options: RunOptions, command) => {
      const { atomic, batchSize, concurrency, metricsFile, onFailure, resources } = options;
      const rule = busyRuleOf(options);
      const own = { shared: { atomic, batchSize, concurrency }, ofSource: { resources } };
      const open = (): Promise<CommandContext> => openContext(streams, command, own);
      const outcome = await withMetricsFile(metricsFile, streams, async (watch) => {
        const work = (context: CommandContext, notify: NotifyFailure): Promise<Outcome> => {
          const subscribers = watch(context);
          return withBusyRule(context, rule, (busy) => run(context, options, { busy, subscribers, notify }));
        };
        return withFailureCommand({ command: onFailure, typed: command, open, work }, streams);
      });
      setOutcome(outcome);
    });
};

type RunParts = {
  readonly busy: Partial<RunDeps>;
  readonly subscribers: readonly Subscriber[];
  readonly notify: NotifyFailure;
};

async function run(
  context: CommandContext,
  options: RunOptions,
  { busy, subscribers, notify }: RunParts,
): Promise<Outcome> {
  const { loaded, log } = context;
  const dag = buildDag(loaded.config.source.resources, loaded.config.settings.resources);
  if (dag.added.length > 0) {
    log.warn(`also pulled and published, because they are needed: ${dag.added.join(', ')}`);
  }
  const request = {
    dag,
    from: context.from,
    asOf: options.asOf ?? null,
    orSandbox: options.orSandbox === true,
    full: options.full === true,
    restart: options.restart === true,
    migrate: options.migrate === true,
  };
  return perform(
    context,
    (deps) => {
      const own = { ...deps, ...busy, subscribers: [...deps.subscribers, ...subscribers] };
      return runPull(loaded, request, own);
    },
    { notify, showsOthers: request.orSandbox },
  );
}

type PerformOptions = {
  readonly notify?: NotifyFailure;
  /** Whether to also suggest the other sources. */
  readonly showsOthers?: boolean;
};

/** Performs a run, shows its progress, and prints how it ended. Calls `notify` before it prints a failure. */
export async function perform(
  context: CommandContext,
  work: (deps: RunDeps) => Promise<RunReport>,
  { notify, showsOthers = false }: PerformOptions = {},
): Promise<Outcome> {
  context.signal.addEventListener('abort', () => {
    context.log.warn('stopping; press Ctrl-C again to exit immediately');
  });
  const began = context.clock.elapsed();
  let checks: readonly CheckResult[] | null = null;
  const takeChecks: Subscriber = (event) => {
    if (event.type === 'checks.ended') checks = event.results;
  };
  const report = await withProgress(context, ({ begin, update }) =>
    work({ ...context, subscribers: [update, takeChecks], onPhase: begin }),
  );
  const seconds = (context.clock.elapsed() - began) / 1000;
  if (context.json) printJson(context, report);
  else await printEnd(context, { report, seconds, checks, showsOthers });
  await notify?.(report);
  return printFailure(context, report.error, flagsAbout(context, report));
}
