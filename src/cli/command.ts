import type { Command } from 'commander';

import { openLog } from '../app/log.ts';
import type { ErrorReport } from '../core/errors.ts';
import type { CliStreams, CommandStreams, GlobalOptions, Outcome } from './context.ts';
import { painted } from './paint.ts';
import { typeable } from './self.ts';

/** Adds a command to the program; `act` takes what its action returns. */
export type Register = (program: Command, streams: CommandStreams, act: (outcome: Outcome) => void) => void;

/** An example line for the end of a command's help. */
export function example(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ spacex-pipeline ${line}`).join('\n')}`;
}

/** The stack: of what is a fault of the program, the reason is not all that there is to see. */
const MORE = 'what --log-level debug adds';

/**
 * The two last lines of a failure, or the last one as JSON. `given` are the flags that the hint's command must have
 * too, `stacks` what there is to see beyond the reason.
 */
export function tellError(
  streams: CliStreams,
  { code, hint, message, retry_at }: ErrorReport,
  given: GlobalOptions,
  stacks: readonly string[] = [],
): void {
  const { cwd, lines, stderr } = streams;
  const more = given.logLevel === 'debug' ? 'this log' : MORE;
  const told = typeable(hint ?? `This should not happen. Report it, with ${more}.`, cwd, given);
  if (lines?.current() !== 'json') {
    const parts = [
      `${painted(stderr, 'error:', 'red')} ${message}`,
      `${painted(stderr, 'hint:', 'bold')} ${told}`,
      ...stacks,
    ];
    for (const part of parts) stderr.write(`${part}\n`);
    return;
  }
  const log = openLog({ level: 'error', format: 'json', write: (line) => void stderr.write(line) });
  const stack = stacks.length === 0 ? {} : { stack: stacks.join('\n') };
  log.error(message, { event: 'command.failed', code, hint: told, retry_at, ...stack });
}

/** A warning of Node itself as a line of JSON. */
export function warningLine(warning: Error, write: (line: string) => void): void {
  const log = openLog({ level: 'warn', format: 'json', write });
  log.warn(warning.message, { event: 'node.warning', name: warning.name });
}
