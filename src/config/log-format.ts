import { dirname } from 'node:path';

import type { Environment } from './environment.ts';
import { readConfigFile, readDotEnv } from './file.ts';
import { listSettings, valueAt } from './keys.ts';

export type LogFormat = 'text' | 'json';

/** The format of lines on stderr: a guess at first, final once the configuration has been read. */
export type LineFormat = {
  readonly current: () => LogFormat;
  readonly isKnown: () => boolean;
  readonly use: (format: LogFormat) => void;
};

/** Guesses the format from the flag or the variable. */
export function openLineFormat(args: readonly string[], env: Environment = process.env): LineFormat {
  let format = formatIn(flagIn(args, '--log-format') ?? env[variableName()]);
  let known = false;
  return {
    current: () => format,
    isKnown: () => known,
    use(next) {
      format = next;
      known = true;
    },
  };
}

/** The flags that affect the format, as typed. */
export type FormatFlags = { readonly config?: string | undefined; readonly logFormat?: string | undefined };

/** Reads these flags from a command line that may have errors elsewhere. */
export function formatFlags(args: readonly string[]): FormatFlags {
  return { config: flagIn(args, '--config'), logFormat: flagIn(args, '--log-format') };
}

/** The log format in a configuration that may have errors elsewhere. Never throws. */
export async function guessLogFormat(
  { config, logFormat }: FormatFlags,
  cwd: string,
  env: Environment = process.env,
): Promise<LogFormat> {
  const file = await readConfigFile(config ?? null, cwd).catch(() => null);
  const dotEnv = await readDotEnv(file === null ? cwd : dirname(file.path)).catch((): Environment => ({}));
  const [name, path] = [variableName(), ['log', 'format']];
  return formatIn(logFormat ?? (env[name] || dotEnv[name] || valueAt(file?.value ?? {}, path)));
}

function formatIn(value: unknown): LogFormat {
  return value === 'json' ? 'json' : 'text';
}

function variableName(): string {
  return listSettings().find(({ key }) => key === 'log.format')?.variable ?? '';
}

function flagIn(args: readonly string[], flag: string): string | undefined {
  const at = args.findIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  const found = args[at];
  return found === flag ? args[at + 1] : found?.slice(flag.length + 1);
}
