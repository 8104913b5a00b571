import { dirname } from 'node:path';

import type { Environment } from './environment.ts';
import { readConfigFile, readDotEnv } from './file.ts';
import { listSettings, valueAt } from './keys.ts';

export type LogFormat = 'text' | 'json';

/** How lines on stderr are written: as it seems at first, and for good once the configuration is read. */
export type LineFormat = {
  readonly current: () => LogFormat;
  readonly isKnown: () => boolean;
  readonly use: (format: LogFormat) => void;
};

/** By the flag or the variable, until more is known. */
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

/** The flags that say it, as they were typed. */
export type FormatFlags = { readonly config?: string | undefined; readonly logFormat?: string | undefined };

/** The same from a command line that may be wrong in other places. */
export function formatFlags(args: readonly string[]): FormatFlags {
  return { config: flagIn(args, '--config'), logFormat: flagIn(args, '--log-format') };
}

/** What a configuration says that may be wrong in other places. Never throws. */
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
