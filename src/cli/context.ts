import type { Command } from 'commander';

import { openLog } from '../app/log.ts';
import type { Runtime } from '../app/runtime.ts';
import { forSource, type LoadedSource, type SourceConfig } from '../config/for-source.ts';
import type { Environment } from '../config/environment.ts';
import { loadConfig, type ConfigFlags, type LoadedConfig } from '../config/load.ts';
import type { LineFormat } from '../config/log-format.ts';
import type { ConfigInput } from '../config/schema.ts';
import { isDumbTerminal } from '../config/terminal.ts';
import { PipelineError, type ErrorCode } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import type { Source } from '../core/source.ts';
import { systemClock } from '../lib/clock.ts';
import { sources } from '../sources/index.ts';
import { addressIn, chooseSource } from './choose-source.ts';

/** The part of a stream that the commands use. */
export type Output = {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

export type CliStreams = {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly cwd: string;
  /** Defaults to the environment of this process. */
  readonly env?: Environment;
  readonly signal: AbortSignal;
  /** The format of the lines on stderr, for a caller that also writes to stderr. */
  readonly lines?: LineFormat;
};

/** The streams, plus the runtime that stays open while the command runs. */
export type CommandStreams = CliStreams & { readonly runtime: Runtime; readonly lines: LineFormat };

export type GlobalOptions = {
  readonly config?: string;
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly schema?: string;
  readonly source?: string;
  readonly allowNetworkFolder?: boolean;
  readonly logLevel?: string;
  readonly logFormat?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** Only for commands that pull. */
  readonly from?: string | readonly string[];
};

/** Everything that a command's action needs. */
export type CommandContext = CommandStreams & {
  /** For the named source, or the default one. */
  readonly loaded: LoadedSource;
  /** For the named source, or for every source. */
  readonly all: readonly [LoadedSource, ...LoadedSource[]];
  /** The address to pull a run's records from; null for the configured address. */
  readonly from: string | null;
  readonly urlFrom: LoadedConfig['urlFrom'];
  /** The global flags, as typed. */
  readonly given: GlobalOptions;
  readonly log: Log;
  readonly clock: Clock;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Whether to print additional details. */
  readonly verbose: boolean;
  /** Whether to draw a live display on stderr instead of logging. */
  readonly live: boolean;
  /** Reports that a data folder was created, even with `--quiet`. */
  readonly onNewFolder: (dataDir: string) => void;
  /** Sends log lines elsewhere, so that they do not break up a live display. */
  readonly logVia: (write: (line: string) => void) => void;
};

/** A command's result: null if it succeeded, otherwise the code of the failure that it has already reported. */
export type Outcome = ErrorCode | null;

/** For the named source, or for every source. */
export function configsOf({ all: [first, ...others] }: CommandContext): [SourceConfig, ...SourceConfig[]] {
  return [first.config, ...others.map(({ config }) => config)];
}

/** Settings from a command's own flags. `ofSource` applies to the source that the command works on. */
export type OwnFlags = {
  readonly shared?: ConfigFlags;
  /** Whether the command applies to every source if the user does not name one. */
  readonly all?: true;
  readonly ofSource?: NonNullable<ConfigInput['sources']>[string];
};

/** Loads the configuration for a command. */
export async function openContext(
  streams: CommandStreams,
  command: Command,
  own: OwnFlags = {},
): Promise<CommandContext> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const { from, source: named } = chooseSource(options.source, addressIn(options.from));
  const source = named ?? sources[0];
  if (own.all === true && named === null && options.schema !== undefined && sources.length > 1)
    throw severalSources('use --schema');
  const { cwd, env } = streams;
  const whole = await loadConfig({ flags: flagsFor(source, options, own), cwd, ...(env && { env }) });
  const loaded = forSource(whole, source);
  streams.lines.use(loaded.config.log.format);
  const quiet = options.quiet === true;
  const isScreen = streams.stderr.isTTY === true && !isDumbTerminal();
  const live = isScreen && !quiet && loaded.config.log.format === 'text';
  let write = (line: string): void => void streams.stderr.write(line);
  const { level, format } = loaded.config.log;
  const log = openLog({
    // The live display replaces the info lines.
    level: quiet ? 'error' : live && whole.origins['log.level'] === 'default' ? 'warn' : level,
    format,
    write: (line) => write(line),
  });
  return {
    ...streams,
    loaded,
    all: [loaded, ...(named === null ? sources.slice(1).map((one) => forSource(whole, one)) : [])],
    from,
    urlFrom: loaded.urlFrom,
    given: options,
    log,
    clock: systemClock,
    json: options.json === true,
    quiet,
    verbose: options.verbose === true,
    live,
    onNewFolder(dataDir) {
      const text = `created the data folder ${dataDir}`;
      const all = openLog({ level: 'info', format, write: (line) => write(line) });
      if (format === 'json') all.info(text, { event: 'folder.made', path: dataDir });
      else write(`note: ${text}\n`);
    },
    logVia: (other) => {
      write = other;
    },
  };
}

/** The error for a command that needs exactly one source if there are several and the user did not name one. */
export function severalSources(what: string): PipelineError {
  const names = sources.map(({ name }) => name);
  return new PipelineError(`Cannot ${what} for ${names.length} sources: each has its own schema`, {
    code: 'usage',
    hint: `Name one of them: --source ${names.join(', or --source ')}`,
  });
}

function flagsFor(source: Source, options: GlobalOptions, own: OwnFlags): ConfigFlags {
  return {
    config: options.config,
    dataDir: options.dataDir,
    database: {
      url: options.databaseUrl,
      allowNetworkFolder: options.allowNetworkFolder,
    },
    log: { level: options.logLevel, format: options.logFormat },
    ...own.shared,
    sources: { [source.name]: { schema: options.schema, ...own.ofSource } },
  };
}
