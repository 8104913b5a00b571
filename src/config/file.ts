import { join, resolve } from 'node:path';

import { PipelineError } from '../core/errors.ts';
import { findJsonFault } from '../lib/json-fault.ts';
import { findRepeatedName } from '../lib/json-repeated.ts';
import { dotted } from './check.ts';
import { parseDotEnv } from './dot-env.ts';
import { readTextFile } from './text-file.ts';

export const DEFAULT_NAME = 'spacex-pipeline.config.json';

export type ConfigFile = {
  readonly path: string;
  /** The name as the user knows it: the value of `--config`, or the default name. */
  readonly name: string;
  readonly value: unknown;
};

/** Null if no file was named and the default file does not exist. Throws `usage` if the file cannot be read. */
export async function readConfigFile(asked: string | null, cwd: string): Promise<ConfigFile | null> {
  const name = asked ?? DEFAULT_NAME;
  const path = resolve(cwd, name);
  const text = await readTextFile(path, name, ['ENOENT']);
  if (text !== null) return { path, name, value: await parseFile(text, name) };
  if (asked === null) return null;
  throw new PipelineError(`Cannot read ${name}: there is no such file`, {
    code: 'usage',
    hint: `Set --config to an existing file, or omit it to use ${DEFAULT_NAME} in the current folder.`,
  });
}

/** The variables of the `.env` file in a folder; empty if the file does not exist. */
export async function readDotEnv(folder: string): Promise<Readonly<Record<string, string | undefined>>> {
  const path = join(folder, '.env');
  // A folder named .env is usually a Python virtual environment.
  return parseDotEnv((await readTextFile(path, path, ['ENOENT', 'EISDIR'])) ?? '', path);
}

/** Parses JSON with comments. Replaces the comments with spaces, so that line and column numbers stay correct. */
async function parseFile(text: string, name: string): Promise<unknown> {
  const { default: stripComments } = await import('strip-json-comments');
  const json = stripComments(text);
  const value = parseJson(json, name);
  const repeated = findRepeatedName(json);
  if (repeated === null) return value;
  const { line, column, path } = repeated;
  throw new PipelineError(
    `Cannot use ${name}: line ${line}, column ${column}: "${dotted(path)}" appears twice`,
    { code: 'usage', hint: 'Keep only one of them.' },
  );
}

function parseJson(json: string, name: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    const fault = findJsonFault(json);
    const reason =
      fault === null
        ? String(error)
        : `line ${fault.line}, column ${fault.column}: expected ${fault.expected}, found ${fault.found}`;
    throw new PipelineError(`Cannot read ${name}: ${reason}`, {
      code: 'usage',
      cause: error,
      hint: 'Correct it there. The file is JSON with comments: put names in double quotes, and do not put a comma after the last value.',
    });
  }
}
