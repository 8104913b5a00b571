import { Command, CommanderError } from 'commander';

import { openRuntime } from '../app/runtime.ts';
import { VERSION } from '../app/version.ts';
import { formatFlags, guessLogFormat, openLineFormat } from '../config/log-format.ts';
import { PipelineError, reportError, UnknownOutcome } from '../core/errors.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { sources } from '../sources/index.ts';
import { example, tellError, type Register } from './command.ts';
import type { CliStreams, CommandStreams, GlobalOptions, Outcome } from './context.ts';
import { watchOutput, type WatchedOutput } from './watch-output.ts';
import { printJson } from './print.ts';
import { failedRun } from './run-document.ts';

/** Each is loaded with all that it needs, the database and the stand-in API among them: only the one that is meant. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  run: async () => (await import('./run.ts')).registerRun,
  resume: async () => (await import('./resume.ts')).registerResume,
  replay: async () => (await import('./replay.ts')).registerReplay,
  plan: async () => (await import('./plan.ts')).registerPlan,
  verify: async () => (await import('./verify.ts')).registerVerify,
  runs: async () => (await import('./runs.ts')).registerRuns,
  status: async () => (await import('./status.ts')).registerStatus,
  rejects: async () => (await import('./rejects.ts')).registerRejects,
  checks: async () => (await import('./checks.ts')).registerChecks,
  drift: async () => (await import('./drift.ts')).registerDrift,
  resources: async () => (await import('./resources.ts')).registerResources,
  dag: async () => (await import('./dag.ts')).registerDag,
  migrate: async () => (await import('./migrate.ts')).registerMigrate,
  query: async () => (await import('./query.ts')).registerQuery,
  export: async () => (await import('./export.ts')).registerExport,
  db: async () => (await import('./db.ts')).registerDb,
  jobs: async () => (await import('./jobs.ts')).registerJobs,
  serve: async () => (await import('./serve.ts')).registerServe,
  explain: async () => (await import('./explain.ts')).registerExplain,
  init: async () => (await import('./init.ts')).registerInit,
  config: async () => (await import('./config.ts')).registerConfig,
  sandbox: async () => (await import('./sandbox.ts')).registerSandbox,
  completion: async () => (await import('./completion.ts')).registerCompletion,
};

/** Runs a command line. Gives the code of the failure, or null; every failure has been told on stderr. */
export async function runCli(args: readonly string[], given: CliStreams): Promise<Outcome> {
  const streams = { ...given, stdout: watchOutput(given.stdout) };
  let outcome: Outcome = null;
  const program = createProgram();
  const meant = commandOf(args, program);
  const runtime = openRuntime(streams);
  const lines = streams.lines ?? openLineFormat(args, streams.env);
  try {
    await addCommands(program, { ...streams, runtime, lines }, meant, (result) => {
      outcome = result;
    });
    await program.parseAsync([...args], { from: 'user' });
    return outcome;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    const isInterrupted = streams.signal.aborted && !(error instanceof UnknownOutcome);
    const failure = isInterrupted ? streams.signal.reason : withUsageHint(error, meant, args);
    if (!lines.isKnown()) lines.use(await guessLogFormat(formatFlags(args), streams.cwd, streams.env));
    tellFailure(failure, args, program, { ...streams, lines });
    return reportError(failure).code;
  } finally {
    await runtime.close();
  }
}

/** The whole command line. */
export async function buildProgram(streams: CliStreams): Promise<Command> {
  const program = createProgram();
  const own = { runtime: openRuntime(streams), lines: openLineFormat([]) };
  await addCommands(program, { ...streams, ...own }, '', () => undefined);
  return program;
}

/** Help of the program, suggestions and completion go by all commands. `act` takes how a command ended. */
async function addCommands(
  program: Command,
  streams: CommandStreams,
  meant: string,
  act: (outcome: Outcome) => void,
): Promise<void> {
  const isOne = meant !== '' && meant !== 'completion';
  const loads = Object.entries(COMMANDS).flatMap(([name, load]) =>
    !isOne || name === meant ? [load()] : [],
  );
  for (const register of await Promise.all(loads)) register(program, streams, act);
  configureAll(program, streams);
}

function createProgram(): Command {
  return new Command('spacex-pipeline')
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
  return word !== undefined && Object.hasOwn(COMMANDS, word) ? word : '';
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

/** With `--json` the failure is the document, unless the command has printed its own. */
function tellFailure(
  error: unknown,
  args: readonly string[],
  program: Command,
  streams: CliStreams & { readonly stdout: WatchedOutput },
): void {
  const report = reportError(error);
  const { json, logLevel } = program.opts<GlobalOptions>();
  const wantsJson = json === true || args.includes('--json');
  if (wantsJson && !streams.stdout.isUsed())
    printJson(streams, commandOf(args, program) === 'run' ? failedRun(report) : { error: report });
  const stacks: string[] = [];
  if (logLevel === 'debug' || args.includes('--log-level=debug')) {
    for (let cause = error; cause instanceof Error; cause = cause.cause)
      stacks.push(maskArguments(String(cause.stack), args));
  }
  tellError(streams, report, program.opts(), stacks);
}
