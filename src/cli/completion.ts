import { Argument, type Command } from 'commander';

import { listSettings } from '../config/keys.ts';
import type { ConfigKey } from '../config/schema.ts';
import { resources, sources } from '../sources/index.ts';
import { ADDRESSES } from '../config/value.ts';
import { example, type Register } from './command.ts';
import { bashCompletion, fishCompletion, zshCompletion } from './completion-scripts.ts';
import type { Candidates, CompletedCommand } from './completion-scripts.ts';
import { outline, type OutlinedOption } from './outline.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
type Shell = keyof typeof SHELLS;

export const register: Register = (program, streams) => {
  program
    .command('completion')
    .description('print a shell completion script for commands, flags and names')
    .addArgument(new Argument('<shell>', 'the shell that will load the script').choices(Object.keys(SHELLS)))
    .addHelpText(
      'after',
      `\nSave the script in a file that the shell loads:
  bash  ~/.local/share/bash-completion/completions/spacex-pipeline
  zsh   _spacex-pipeline in one of the folders in $fpath
  fish  ~/.config/fish/completions/spacex-pipeline.fish`,
    )
    .addHelpText('after', example('completion bash > spacex-pipeline.bash'))
    .action((shell: Shell) => void streams.stdout.write(SHELLS[shell](completed(program))));
};

function wordsOf(words: readonly string[]): Candidates {
  return { words, list: false, kind: 'words' };
}

function choicesOf(key: ConfigKey): readonly string[] {
  const choices = listSettings().find((setting) => setting.key === key)?.schema['enum'];
  return Array.isArray(choices) ? choices.map(String) : [];
}

const NAMES = [...new Set(resources.map(({ name }) => name))];
const TABLES = [...new Set(resources.flatMap(({ tables }) => tables.map(({ name }) => name)))];

/** The candidates for arguments and values of flags, except free text and values with declared choices. */
const CANDIDATES: Readonly<Record<string, Candidates>> = {
  '--config': { words: [], list: false, kind: 'file' },
  '--data-dir': { words: [], list: false, kind: 'folder' },
  '--out': { words: [], list: false, kind: 'folder' },
  '--log-level': wordsOf(choicesOf('log.level')),
  '--log-format': wordsOf(choicesOf('log.format')),
  '--resources': wordsOf(NAMES),
  '--resource': wordsOf(NAMES),
  '--tables': wordsOf(TABLES),
  '--source': wordsOf(sources.map(({ name }) => name)),
  '--from': wordsOf(ADDRESSES),
  'resources new --from': { words: [], list: false, kind: 'file' },
  'resources show': wordsOf(NAMES),
  explain: wordsOf(TABLES),
  tables: wordsOf(TABLES),
};

function valueOf(path: string, { choices, flags, long }: OutlinedOption): Candidates {
  return {
    ...(CANDIDATES[`${path} ${long}`] ?? CANDIDATES[long] ?? wordsOf(choices)),
    list: flags.endsWith('<names>'),
  };
}

function completed(program: Command): readonly CompletedCommand[] {
  return outline(program).map(({ arguments: [first], description, options, path }) => ({
    path,
    description,
    first: CANDIDATES[path] ?? wordsOf(first?.choices ?? []),
    options: options.map((option) => ({
      ...option,
      value: option.takesValue ? valueOf(path, option) : null,
    })),
  }));
}
