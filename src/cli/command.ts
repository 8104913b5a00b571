import type { Command } from 'commander';

import { openLog } from '../app/log.ts';
import type { ErrorReport } from '../core/errors.ts';
import { resources } from '../sources/index.ts';
import type { CliStreams, CommandContext, CommandStreams, GlobalOptions, Outcome } from './context.ts';
import { painted } from './print.ts';
import { runnable } from './self.ts';

/** Adds a command to the program; the command passes the outcome of its action to `setOutcome`. */
export type Register = (
  program: Command,
  streams: CommandStreams,
  setOutcome: (outcome: Outcome) => void,
) => void;

/** A resource for examples in help; its main table has the same name. */
export const EXAMPLE_NAME = resources[0]?.name ?? '';

/** An example line for the end of a command's help. */
export function example(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ spacex-pipeline ${line}`).join('\n')}`;
}

/** A psql command that reads the database at a URL. */
export function psqlLine(url: string): string {
  return `psql ${url} -c 'SELECT * FROM ${EXAMPLE_NAME}'`;
}

/** If there is an error, prints it. Returns the command's outcome. */
export function printFailure(
  context: CommandContext,
  error: ErrorReport | null,
  given: GlobalOptions = context.given,
): Outcome {
  if (error === null) return null;
  printError({ ...context, given }, error);
  return error.code;
}

/** Includes the stack trace, because the message alone is not enough to report a bug in the program. */
const MORE = 'the extra output of --log-level debug';

/**
 * Prints the last two lines of a failure, or a single JSON line. `given` contains the flags to add to the command in
 * the hint; `stacks` contains the stack traces to print.
 */
export function printError(
  {
    cwd,
    given,
    lines,
    stderr,
  }: Pick<CliStreams, 'cwd' | 'lines' | 'stderr'> & { readonly given: GlobalOptions },
  { code, hint, message, retry_at }: ErrorReport,
  stacks: readonly string[] = [],
): void {
  const more = given.logLevel === 'debug' ? 'this log' : MORE;
  const shown = runnable(hint ?? `This should not happen. Please report it and include ${more}.`, {
    cwd,
    given,
  });
  if (lines?.current() !== 'json') {
    const parts = [
      `${painted(stderr, 'error:', 'red')} ${message}`,
      `${painted(stderr, 'hint:', 'bold')} ${shown}`,
      ...stacks,
    ];
    for (const part of parts) stderr.write(`${part}\n`);
    return;
  }
  const log = openLog({ level: 'error', format: 'json', write: (line) => void stderr.write(line) });
  const stack = stacks.length === 0 ? {} : { stack: stacks.join('\n') };
  log.error(message, { event: 'command.failed', code, hint: shown, retry_at, ...stack });
}

/** Writes a warning from Node itself as a JSON line. */
export function warningLine(warning: Error, write: (line: string) => void): void {
  const log = openLog({ level: 'warn', format: 'json', write });
  log.warn(warning.message, { event: 'node.warning', name: warning.name });
}
