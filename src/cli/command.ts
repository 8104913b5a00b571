import type { Command } from 'commander';

import type { ErrorReport } from '../core/errors.ts';
import type { CliStreams, GlobalOptions, Outcome } from './context.ts';
import { typeable } from './self.ts';

/** Adds a command to the program; `act` takes what its action returns. */
export type Register = (program: Command, streams: CliStreams, act: (outcome: Outcome) => void) => void;

/** An example line for the end of a command's help. */
export function example(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ spacex-pipeline ${line}`).join('\n')}`;
}

/** `given` are the flags that the hint's command must have too. */
export function tellError(streams: CliStreams, { message, hint }: ErrorReport, given: GlobalOptions): void {
  streams.stderr.write(`error: ${message}\n`);
  const told = hint === null ? 'Add --log-level debug to see the cause.' : typeable(hint, streams.cwd, given);
  streams.stderr.write(`hint: ${told}\n`);
}
