import type { Command } from 'commander';

import { hasData } from '../app/folder-to-read.ts';
import { openContext, type CommandContext, type CommandStreams } from './context.ts';
import { printLine } from './print.ts';
import { runnable } from './self.ts';
import { showStatus } from './status.ts';

/** The commands suggested to a new user. */
const FIRST: readonly (readonly [why: string, command: string])[] = [
  ['Load launches (simulated ones if there is no network)', 'run --or-sandbox'],
  ['Write a configuration file for your own PostgreSQL server', 'init'],
  ['List all commands and flags', '--help'],
];

/**
 * Without a command, the program prints the status or, if nothing has been loaded yet, how to begin. It never prompts
 * and never creates a folder.
 */
export function registerBare(program: Command, streams: CommandStreams): void {
  program.action(async (_options: unknown, command: Command) => {
    const context = await openContext(streams, command, { all: true });
    if (context.json || (await hasData(context.loaded.config))) await showStatus(context, null);
    else printFirst(context);
  });
}

function printFirst(context: CommandContext): void {
  printLine(context, 'Pulls launch data into PostgreSQL. Nothing has been loaded here yet. To begin:');
  for (const [why, command] of FIRST) {
    printLine(context, '');
    printLine(context, `${why}:`);
    printLine(context, `  ${runnable(`spacex-pipeline ${command}`, context)}`);
  }
}
