import { Command, CommanderError } from 'commander';

import { VERSION } from '../app/version.ts';
import { PipelineError, reportError, UnknownOutcome } from '../core/errors.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { sources } from '../sources/index.ts';
import { registerChecks } from './checks.ts';
import { example, tellError, type Register } from './command.ts';
import { registerCompletion } from './completion.ts';
import { registerConfig } from './config.ts';
import type { CliStreams, GlobalOptions, Outcome } from './context.ts';
import { registerDag } from './dag.ts';
import { registerDb } from './db.ts';
import { registerExplain } from './explain.ts';
import { registerExport } from './export.ts';
import { registerDrift } from './drift.ts';
import { registerMigrate } from './migrate.ts';
import { registerPlan } from './plan.ts';
import { printJson } from './print.ts';
import { registerQuery } from './query.ts';
import { registerRejects } from './rejects.ts';
import { registerReplay } from './replay.ts';
import { registerResources } from './resources.ts';
import { registerResume } from './resume.ts';
import { failedRun, registerRun } from './run.ts';
import { registerRuns } from './runs.ts';
import { registerSandbox } from './sandbox.ts';
import { registerVerify } from './verify.ts';

const COMMANDS: readonly Register[] = [
  registerRun,
  registerResume,
  registerReplay,
  registerPlan,
  registerVerify,
  registerRuns,
  registerRejects,
  registerChecks,
  registerDrift,
  registerResources,
  registerDag,
  registerMigrate,
  registerQuery,
  registerExport,
  registerDb,
  registerExplain,
  registerConfig,
  registerSandbox,
  registerCompletion,
];

/** Runs a command line. Gives the code of the failure, or null; every failure has been told on stderr. */
export async function runCli(args: readonly string[], streams: CliStreams): Promise<Outcome> {
  let outcome: Outcome = null;
  const program = buildProgram(streams, (result) => {
    outcome = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return outcome;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    const command = commandOf(args, program);
    const isInterrupted = streams.signal.aborted && !(error instanceof UnknownOutcome);
    const failure = isInterrupted ? streams.signal.reason : withUsageHint(error, command, args);
    tellFailure(failure, args, program, streams);
    return reportError(failure).code;
  }
}

/** The whole command line; `act` takes how a command ended. */
export function buildProgram(streams: CliStreams, act: (outcome: Outcome) => void): Command {
  const program = new Command('spacex-pipeline')
    .description('Pulls SpaceX launch data from its HTTP API into PostgreSQL.')
    .version(VERSION)
    .option('--config <file>', 'configuration file (default: spacex-pipeline.config.json here, if there)')
    .option('--data-dir <dir>', 'where runs and the embedded database live (default: data)')
    .option('--database-url <url>', 'PostgreSQL server (default: embedded database in the data folder)')
    .option('--source <name>', `${sources.map(({ name }) => name).join(', ')} (default: the first, or all)`)
    .option('--schema <name>', 'schema of the target tables of that source')
    .option('--allow-network-folder', 'use the embedded database on a network file system')
    .option('--log-level <level>', 'debug, info, warn or error')
    .option('--log-format <format>', 'text or json')
    .option('--json', 'print one JSON document on stdout')
    .option('--quiet', 'tell nothing but results and errors')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', example('run --or-sandbox'));
  for (const register of COMMANDS) register(program, streams, act);
  configureAll(program, streams);
  return program;
}

/** Commands inherit neither: each must throw instead of exiting, and write where we say. */
function configureAll(command: Command, streams: CliStreams): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => void streams.stdout.write(text),
    writeErr: () => undefined,
  });
  for (const sub of command.commands) configureAll(sub, streams);
}

/** The name of the command that is meant; '' where none of them is. */
function commandOf(args: readonly string[], program: Command): string {
  const isValue = (index: number): boolean =>
    program.options.some(({ long, required }) => required && long === args[index - 1]);
  const word = args.find((one, index) => !one.startsWith('-') && !isValue(index));
  return program.commands.find((command) => command.name() === word)?.name() ?? '';
}

/** A wrong command line is a usage error, and every usage error says where to look. */
function withUsageHint(error: unknown, command: string, args: readonly string[]): unknown {
  const hint = `spacex-pipeline ${command === '' ? '' : `${command} `}--help`;
  if (error instanceof PipelineError) {
    const { code, hint: own, message, cause, context } = error;
    return code === 'usage' && own === undefined
      ? new PipelineError(message, { code, hint, cause: cause ?? error, context })
      : error;
  }
  if (!(error instanceof CommanderError)) return error;
  const reason = maskArguments(error.message, args)
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ');
  return new PipelineError(
    `Cannot read the command line: ${reason === '(outputHelp)' ? 'no command is given' : reason}`,
    { code: 'usage', cause: error, hint },
  );
}

/** A URL behind a mistyped flag still has its password. */
function maskArguments(text: string, args: readonly string[]): string {
  return args.reduce(
    (masked, arg) => (arg === '' ? masked : masked.replaceAll(arg, () => maskUrl(arg))),
    text,
  );
}

function tellFailure(error: unknown, args: readonly string[], program: Command, streams: CliStreams): void {
  const report = reportError(error);
  const { json, logLevel } = program.opts<GlobalOptions>();
  const wantsJson = json === true || args.includes('--json');
  if (wantsJson && commandOf(args, program) === 'run') {
    printJson(streams, failedRun(report));
  }
  tellError(streams, report, program.opts());
  if (logLevel === 'debug' || args.includes('--log-level=debug')) {
    for (let cause = error; cause instanceof Error; cause = cause.cause)
      streams.stderr.write(`${maskArguments(String(cause.stack), args)}\n`);
  }
}
