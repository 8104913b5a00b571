import { relative } from 'node:path';

import { folderToRead } from '../app/folder-to-read.ts';
import type { LoadedSource } from '../config/for-source.ts';
import { shellQuote } from '../lib/shell-quote.ts';
import type { CommandContext } from './context.ts';
import { printNote } from './print.ts';
import { typeable } from './self.ts';

/**
 * The same context on the data folder that a command reads which shows what has happened. A note says so where that is
 * not the obvious one, or not the only one: `command` is what to type for the other.
 */
export function inFolderToRead(context: CommandContext, command: string): CommandContext {
  const { all, cwd, given, loaded } = context;
  const { dataDir, simulated } = folderToRead(loaded.config);
  const path = (dir: string): string => relative(cwd, dir) || '.';
  if (simulated !== null) {
    const text = `Simulated records are in ${shellQuote(path(simulated))}. To see them: spacex-pipeline ${command}`;
    printNote(context, typeable(text, cwd, { ...given, dataDir: path(simulated) }));
  }
  if (dataDir === loaded.config.dataDir) return context;
  printNote(
    context,
    `These are the simulated records in ${path(dataDir)}: there is no database in ${path(loaded.config.dataDir)} yet`,
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
