import type { Command } from 'commander';

import type { ErrorReport } from '../core/errors.ts';
import type { CliStreams, Outcome } from './context.ts';

/** Adds a command to the program; `act` takes what its action returns. */
export type Register = (program: Command, streams: CliStreams, act: (outcome: Outcome) => void) => void;

/** An example line for the end of a command's help. */
export function example(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map((line) => `  $ spacex-pipeline ${line}`).join('\n')}`;
}

export function tellError(streams: CliStreams, { message, hint }: ErrorReport): void {
  streams.stderr.write(`error: ${message}\n`);
  streams.stderr.write(`hint: ${hint ?? 'Add --log-level debug to see the cause.'}\n`);
}
