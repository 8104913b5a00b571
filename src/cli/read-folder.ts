import { relative } from 'node:path';

import type { Command } from 'commander';

import { folderToRead } from '../app/folder-to-read.ts';
import type { LoadedSource } from '../config/for-source.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import { openContext, type CommandContext, type CommandStreams, type OwnFlags } from './context.ts';
import { printNote } from './print.ts';
import { runnable } from './self.ts';

/** The context of a read-only command. */
export async function openToRead(
  streams: CommandStreams,
  command: Command,
  own: OwnFlags = {},
): Promise<CommandContext> {
  return inFolderToRead(await openContext(streams, command, own), typedAs(command));
}

/** A command as it was typed, without the global flags. */
function typedAs(command: Command): string {
  const names: string[] = [];
  for (let one = command; one.parent !== null; one = one.parent) names.unshift(one.name());
  const flags = command.options.flatMap((option) => {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') return [];
    const value: unknown = command.getOptionValue(name);
    const flag = option.long ?? option.short ?? '';
    return typeof value === 'boolean' ? [flag] : [flag, String(value)];
  });
  return [...names, ...flags, ...command.args].map(shellQuote).join(' ');
}

/**
 * The context with the data folder to read: the configured folder, or the folder of simulated records if only those
 * have been published. In the second case, prints a note. Also prints a note if there are both real and simulated
 * records; that note contains `command`, which reads the simulated ones.
 */
export async function inFolderToRead(context: CommandContext, command: string): Promise<CommandContext> {
  const { all, cwd, given, loaded } = context;
  const { dataDir, simulated } = await folderToRead(loaded.config);
  const path = (dir: string): string => relative(cwd, dir) || '.';
  if (simulated !== null) {
    const text = `Simulated records are in ${shellQuote(path(simulated))}. To see them: spacex-pipeline ${command}`;
    printNote(context, runnable(text, { cwd, given: { ...given, dataDir: path(simulated) } }));
  }
  if (dataDir === loaded.config.dataDir) return context;
  printNote(
    context,
    `Reading the simulated records in ${path(dataDir)}: nothing has been published in ${path(loaded.config.dataDir)} yet`,
  );
  const there = (one: LoadedSource): LoadedSource => ({ ...one, config: { ...one.config, dataDir } });
  const [first, ...others] = all;
  return {
    ...context,
    loaded: there(loaded),
    all: [there(first), ...others.map(there)],
    given: { ...given, dataDir: path(dataDir) },
  };
}
