import type { Command } from 'commander';

import type { ErrorReport } from '../core/errors.ts';
import type { CliStreams, CommandStreams, GlobalOptions, Outcome } from './context.ts';
import { typeable } from './self.ts';

/** Adds a command to the program; `act` takes what its action returns. */
export type Register = (program: Command, streams: CommandStreams, act: (outcome: Outcome) => void) => void;

/** An example line for the end of a command's help. */
export function example(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ spacex-pipeline ${line}`).join('\n')}`;
}

/** The stack: of what is a fault of the program, the reason is not all that there is to see. */
const MORE = 'what --log-level debug adds';

/** `given` are the flags that the hint's command must have too. */
export function tellError(streams: CliStreams, { message, hint }: ErrorReport, given: GlobalOptions): void {
  streams.stderr.write(`error: ${message}\n`);
  const told =
    hint ?? `This should not happen. Report it, with ${given.logLevel === 'debug' ? 'this log' : MORE}.`;
  streams.stderr.write(`hint: ${typeable(told, streams.cwd, given)}\n`);
}
