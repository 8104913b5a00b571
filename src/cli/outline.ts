import type { Argument, Command, Option } from 'commander';

/** A command as the docs and shell completion present it. */
export type OutlinedCommand = {
  /** The words after the program's name; '' for the program itself. */
  readonly path: string;
  readonly description: string;
  readonly usage: string;
  readonly arguments: readonly OutlinedArgument[];
  /** The command's own options; the program's options are in the first entry. */
  readonly options: readonly OutlinedOption[];
  /** The part of its help after the flags, such as examples. */
  readonly notes: string;
};

export type OutlinedArgument = {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  readonly choices: readonly string[];
};

export type OutlinedOption = {
  readonly long: string;
  /** As shown in the help: `--limit <n>`. */
  readonly flags: string;
  readonly takesValue: boolean;
  readonly required: boolean;
  readonly description: string;
  readonly choices: readonly string[];
  readonly fallback: string | null;
};

/** The program and all its commands, in the order of the help. */
export function outline(program: Command): readonly OutlinedCommand[] {
  return [
    { ...outlineCommand(program, ''), options: program.options.filter(isOwn).map(outlineOption) },
    ...program.commands.flatMap((command) => outlineBelow(command, '')),
  ];
}

function outlineBelow(command: Command, above: string): OutlinedCommand[] {
  const path = `${above}${command.name()}`;
  return [
    outlineCommand(command, path),
    ...command.commands.flatMap((below) => outlineBelow(below, `${path} `)),
  ];
}

function outlineCommand(command: Command, path: string): OutlinedCommand {
  return {
    path,
    description: command.description(),
    usage: command.usage(),
    arguments: command.registeredArguments.map(outlineArgument),
    options: command.options.filter(isOwn).map(outlineOption),
    notes: notesOf(command),
  };
}

function isOwn({ hidden }: Option): boolean {
  return !hidden;
}

function outlineArgument(argument: Argument): OutlinedArgument {
  return {
    name: argument.name(),
    required: argument.required,
    description: argument.description,
    choices: argument.argChoices ?? [],
  };
}

function outlineOption(option: Option): OutlinedOption {
  const { argChoices, defaultValue, description, flags, long, mandatory, optional, required } = option;
  const fallback: unknown = defaultValue;
  return {
    long: long ?? flags,
    flags,
    takesValue: required || optional,
    required: mandatory,
    description,
    choices: argChoices ?? [],
    fallback:
      fallback === undefined ? null : typeof fallback === 'string' ? fallback : JSON.stringify(fallback),
  };
}

function notesOf(command: Command): string {
  const printed: string[] = [];
  const kept = command.configureOutput();
  command.configureOutput({ writeOut: (text) => void printed.push(text) });
  command.outputHelp();
  command.configureOutput(kept);
  return printed.join('').slice(command.helpInformation().length).trim();
}
