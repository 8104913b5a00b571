import { dirname } from 'node:path';

import type { Environment } from './environment.ts';
import { readConfigFile, readDotEnv } from './file.ts';
import { listSettings, valueAt } from './keys.ts';

export type LogFormat = 'text' | 'json';

/** The format of lines on stderr: a guess at first, final once the configuration has been read. */
export type LineFormat = {
  readonly current: () => LogFormat;
  readonly use: (format: LogFormat) => void;
  /**
   * If the format is not final yet, reads it from the configuration, even if the configuration has errors elsewhere.
   * Never rejects.
   */
  readonly settle: (cwd: string) => Promise<void>;
};

/**
 * Guesses the format from the flag or the environment variable, because the command line may have errors elsewhere.
 */
export function openLineFormat(args: readonly string[], env: Environment = process.env): LineFormat {
  const flag = flagIn(args, '--log-format');
  let format = formatIn(flag ?? env[variableName()]);
  let isFinal = false;

  function use(next: LogFormat): void {
    format = next;
    isFinal = true;
  }

  return {
    current: () => format,
    use,
    async settle(cwd) {
      if (!isFinal) use(formatIn(flag ?? (await configuredFormat(flagIn(args, '--config'), cwd, env))));
    },
  };
}

async function configuredFormat(config: string | undefined, cwd: string, env: Environment): Promise<unknown> {
  const file = await readConfigFile(config ?? null, cwd).catch(() => null);
  const dotEnv = await readDotEnv(file === null ? cwd : dirname(file.path)).catch((): Environment => ({}));
  const name = variableName();
  return env[name] || dotEnv[name] || valueAt(file?.value, ['log', 'format']);
}

function formatIn(value: unknown): LogFormat {
  return value === 'json' ? 'json' : 'text';
}

function variableName(): string {
  return listSettings().find(({ key }) => key === 'log.format')?.variable ?? '';
}

/** If a flag is repeated, the last one counts. */
function flagIn(args: readonly string[], flag: string): string | undefined {
  const at = args.findLastIndex((arg) => arg === flag || arg.startsWith(`${flag}=`));
  const found = args[at];
  return found === flag ? args[at + 1] : found?.slice(flag.length + 1);
}
