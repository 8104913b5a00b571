import { Command, CommanderError } from 'commander';

import { openRuntime } from '../app/runtime.ts';
import { VERSION } from '../app/version.ts';
import { openLineFormat } from '../config/log-format.ts';
import { PipelineError, reportError, UnknownOutcome } from '../core/errors.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { suggest } from '../lib/suggest.ts';
import { sources } from '../sources/index.ts';
import { example, printError, type Register } from './command.ts';
import type { CliStreams, CommandStreams, GlobalOptions, Outcome } from './context.ts';
import { watchOutput, type WatchedOutput } from './watch-output.ts';
import { printJson } from './print.ts';
import { failedRun } from './run-document.ts';

type Load = () => Promise<{ readonly register: Register }>;

/**
 * The modules of the commands, grouped as in the help. Only the module of the command in use is loaded, because it
 * loads everything that the command needs, such as the database or the sandbox API.
 */
const GROUPS: Readonly<Record<string, Readonly<Record<string, Load>>>> = {
  Load: {
    run: () => import('./run.ts'),
    plan: () => import('./plan.ts'),
  },
  Inspect: {
    status: () => import('./status.ts'),
    runs: () => import('./runs.ts'),
    checks: () => import('./checks.ts'),
    drift: () => import('./drift.ts'),
    explain: () => import('./explain.ts'),
    tables: () => import('./tables.ts'),
    query: () => import('./query.ts'),
    export: () => import('./export.ts'),
    resources: () => import('./resources.ts'),
    dag: () => import('./dag.ts'),
  },
  Recover: {
    resume: () => import('./resume.ts'),
    replay: () => import('./replay.ts'),
    verify: () => import('./verify.ts'),
    rejects: () => import('./rejects.ts'),
  },
  Operate: {
    serve: () => import('./serve.ts'),
    jobs: () => import('./jobs.ts'),
    db: () => import('./db.ts'),
  },
  'Set up': {
    init: () => import('./init.ts'),
    config: () => import('./config.ts'),
    migrate: () => import('./migrate.ts'),
    sandbox: () => import('./sandbox.ts'),
    completion: () => import('./completion.ts'),
  },
};

const COMMANDS = Object.fromEntries(Object.values(GROUPS).flatMap((group) => Object.entries(group)));

/** Runs a command line. Reports any failure on stderr and returns its code; returns null if there was none. */
export async function runCli(args: readonly string[], given: CliStreams): Promise<Outcome> {
  const streams = { ...given, stdout: watchOutput(given.stdout) };
  let outcome: Outcome = null;
  const program = createProgram();
  const meant = commandOf(args, program);
  const runtime = openRuntime(streams);
  const lines = streams.lines ?? openLineFormat(args, streams.env);
  try {
    const own = { ...streams, runtime, lines };
    if (isBare(args, program)) (await import('./bare.ts')).registerBare(program, own);
    else
      await addCommands(program, own, meant, (result) => {
        outcome = result;
      });
    configureAll(program, streams);
    await program.parseAsync([...args], { from: 'user' });
    return outcome;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return null;
    const isInterrupted = streams.signal.aborted && !(error instanceof UnknownOutcome);
    const failure = isInterrupted ? streams.signal.reason : withUsageHint(error, meant, args, program);
    await lines.settle(streams.cwd);
    reportFailure(failure, args, program, { ...streams, lines });
    return reportError(failure).code;
  } finally {
    await runtime.close();
  }
}

/** The program with all its commands. */
export async function buildProgram(streams: CliStreams): Promise<Command> {
  const program = createProgram();
  const own = { runtime: openRuntime(streams), lines: openLineFormat([]) };
  await addCommands(program, { ...streams, ...own }, '', () => undefined);
  configureAll(program, streams);
  return program;
}

/**
 * Loads only the command in use, except for help, suggestions and completion, which need all commands. `setOutcome`
 * receives the command's outcome.
 */
async function addCommands(
  program: Command,
  streams: CommandStreams,
  meant: string,
  setOutcome: (outcome: Outcome) => void,
): Promise<void> {
  const isOne = meant !== '' && meant !== 'completion';
  const loads = Object.entries(COMMANDS).flatMap(([name, load]) =>
    !isOne || name === meant ? [load()] : [],
  );
  for (const { register } of await Promise.all(loads)) register(program, streams, setOutcome);
  for (const [group, commands] of Object.entries(GROUPS))
    for (const one of program.commands) if (Object.hasOwn(commands, one.name())) one.helpGroup(`${group}:`);
}

function createProgram(): Command {
  return new Command('spacex-pipeline')
    .description('Pulls launch data from public HTTP APIs into PostgreSQL.')
    .version(VERSION)
    .option(
      '--config <file>',
      'configuration file (default: spacex-pipeline.config.json in the current folder, if it exists)',
    )
    .option('--data-dir <dir>', 'folder for runs and the embedded database (default: data)')
    .option('--database-url <url>', 'PostgreSQL server (default: embedded database in the data folder)')
    .option(
      '--source <name>',
      `${sources.map(({ name }) => name).join(', ')} (default: ${sources[0].name} for commands that load, all for commands that inspect)`,
    )
    .option('--schema <name>', "schema of the source's target tables")
    .option('--allow-network-folder', 'allow the embedded database on a network file system')
    .option('--log-level <level>', 'debug, info, warn or error')
    .option('--log-format <format>', 'text or json')
    .option('--json', 'print one JSON document on stdout')
    .option('-v, --verbose', 'print more details, such as the counts of every resource and the run folder')
    .option('--quiet', 'print only results and errors')
    .addHelpCommand(
      new Command('help').argument('[command]').description('display help for command').helpGroup('Set up:'),
    )
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', example('run --or-sandbox'));
}

/**
 * Makes every command throw instead of exiting, and write to our streams. Subcommands do not inherit these settings.
 */
function configureAll(command: Command, streams: CliStreams): void {
  command.exitOverride();
  command.configureOutput({
    writeOut: (text) => void streams.stdout.write(text),
    writeErr: () => undefined,
  });
  for (const sub of command.commands) configureAll(sub, streams);
}

/** The name of the command in use; '' if there is none. */
function commandOf(args: readonly string[], program: Command): string {
  const word = wordOf(args, program);
  return word !== undefined && Object.hasOwn(COMMANDS, word) ? word : '';
}

/** The first argument that is neither a flag nor a flag's value. */
function wordOf(args: readonly string[], program: Command): string | undefined {
  const isValue = (index: number): boolean =>
    program.options.some(({ long, required }) => required && long === args[index - 1]);
  return args.find((one, index) => !one.startsWith('-') && !isValue(index));
}

/** Whether there is neither a command nor a request for help. */
function isBare(args: readonly string[], program: Command): boolean {
  const isHelp = args.some((one) => ['-h', '--help', '-V', '--version'].includes(one));
  return !isHelp && wordOf(args, program) === undefined;
}

/** Turns a mistake on the command line into a usage error, and adds a hint to usage errors without one. */
function withUsageHint(error: unknown, command: string, args: readonly string[], program: Command): unknown {
  const hint = `spacex-pipeline ${command === '' ? '' : `${command} `}--help`;
  if (error instanceof PipelineError) {
    const { code, hint: own, message, cause, context } = error;
    return code === 'usage' && own === undefined
      ? new PipelineError(message, { code, hint, cause: cause ?? error, context })
      : error;
  }
  if (!(error instanceof CommanderError)) return error;
  const text = unknownWord(error, command, args, program) ?? error.message;
  const reason = maskArguments(text, args)
    .replace(/^error: /, '')
    .replaceAll(/\s*\n\s*/g, ' ');
  return new PipelineError(`Cannot read the command line: ${reason}`, { code: 'usage', cause: error, hint });
}

/**
 * The message for a mistyped subcommand: if the command has its own action, Commander treats the word as an extra
 * argument. Also the message for `help` with an unknown command. Null for any other error.
 */
function unknownWord(
  { code }: CommanderError,
  command: string,
  args: readonly string[],
  program: Command,
): string | null {
  if (code !== 'commander.excessArguments' && code !== 'commander.help') return null;
  const isHelp = code === 'commander.help';
  const parent = isHelp ? program : program.commands.find((one) => one.name() === command);
  const names = parent?.commands.map((one) => one.name()) ?? [];
  const before = isHelp ? 'help' : command;
  const word = args.slice(args.indexOf(before) + 1).find((one) => !one.startsWith('-')) ?? '';
  if (names.length === 0 || names.includes(word)) return null;
  const meant = suggest(word, names);
  return `unknown command '${word}'${meant === null ? '' : ` (Did you mean ${meant}?)`}`;
}

/** Masks secrets in a message that quotes arguments, such as a URL that follows a mistyped flag. */
function maskArguments(text: string, args: readonly string[]): string {
  return args.reduce(
    (masked, arg) => (arg === '' ? masked : masked.replaceAll(arg, () => maskUrl(arg))),
    text,
  );
}

/**
 * With `--json`, also prints the failure as a JSON document, unless the command has already printed its own document.
 */
function reportFailure(
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
  printError({ ...streams, given: program.opts() }, report, stacks);
}
