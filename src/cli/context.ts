import type { Command } from 'commander';

import { openLog } from '../app/log.ts';
import { loadConfig, type ConfigFlags, type LoadedConfig } from '../config/load.ts';
import { isDumbTerminal } from '../config/terminal.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { Clock, Log } from '../core/ports.ts';
import { systemClock } from '../lib/clock.ts';

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
  readonly signal: AbortSignal;
};

export type GlobalOptions = {
  readonly config?: string;
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly schema?: string;
  readonly allowNetworkFolder?: boolean;
  readonly logLevel?: string;
  readonly logFormat?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
};

/** What a command's action works with. */
export type CommandContext = CliStreams & {
  readonly loaded: LoadedConfig;
  readonly urlFrom: LoadedConfig['urlFrom'];
  /** The global flags, as they were typed. */
  readonly given: GlobalOptions;
  readonly log: Log;
  readonly clock: Clock;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Draw on stderr instead of logging? */
  readonly live: boolean;
  /** Sends log lines elsewhere, so that they do not cut a live display. */
  readonly logVia: (write: (line: string) => void) => void;
};

/** What a command returns: null, or the failure that it has already told. */
export type Outcome = ErrorCode | null;

/** Loads the configuration for a command; `own` are the configuration values of its own flags. */
export async function openContext(
  streams: CliStreams,
  command: Command,
  own: ConfigFlags = {},
): Promise<CommandContext> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const loaded = await loadConfig({ flags: { ...globalFlags(options), ...own }, cwd: streams.cwd });
  const quiet = options.quiet === true;
  const isScreen = streams.stderr.isTTY === true && !isDumbTerminal();
  const live = isScreen && !quiet && loaded.config.log.format === 'text';
  let write = (line: string): void => void streams.stderr.write(line);
  const { level, format } = loaded.config.log;
  const log = openLog({
    // A live display tells what the info lines would.
    level: quiet ? 'error' : live && loaded.origins['log.level'] === 'default' ? 'warn' : level,
    format,
    write: (line) => write(line),
  });
  return {
    ...streams,
    loaded,
    urlFrom: loaded.urlFrom,
    given: options,
    log,
    clock: systemClock,
    json: options.json === true,
    quiet,
    live,
    logVia: (other) => {
      write = other;
    },
  };
}

function globalFlags(options: GlobalOptions): ConfigFlags {
  return {
    config: options.config,
    dataDir: options.dataDir,
    database: {
      url: options.databaseUrl,
      schema: options.schema,
      allowNetworkFolder: options.allowNetworkFolder,
    },
    log: { level: options.logLevel, format: options.logFormat },
  };
}
