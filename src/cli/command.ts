import type { Command } from 'commander';

import { openLog } from '../app/log.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { CliStreams, CommandStreams, GlobalOptions, Outcome } from './context.ts';
import { painted } from './paint.ts';
import { typeable } from './self.ts';

/** Adds a command to the program; the command passes the outcome of its action to `act`. */
export type Register = (program: Command, streams: CommandStreams, act: (outcome: Outcome) => void) => void;

/** An example line for the end of a command's help. */
export function example(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ spacex-pipeline ${line}`).join('\n')}`;
}

/** The stack trace. When the program itself is at fault, the message alone is not enough for a report. */
const MORE = 'what --log-level debug adds';

/**
 * The last two lines of a failure, or the last one as JSON. `given` holds the flags that the command in the hint needs
 * too; `stacks` holds the stack traces to add.
 */
export function tellError(
  streams: CliStreams,
  { code, hint, message, retry_at }: ErrorReport,
  given: GlobalOptions,
  stacks: readonly string[] = [],
): void {
  const { cwd, lines, stderr } = streams;
  const more = given.logLevel === 'debug' ? 'this log' : MORE;
  const shown = typeable(hint ?? `This should not happen. Report it, with ${more}.`, cwd, given);
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

/** A warning from Node itself, as a line of JSON. */
export function warningLine(warning: Error, write: (line: string) => void): void {
  const log = openLog({ level: 'warn', format: 'json', write });
  log.warn(warning.message, { event: 'node.warning', name: warning.name });
}
