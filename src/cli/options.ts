import { InvalidArgumentError, Option, type Command } from 'commander';

import { parseDuration } from '../core/duration.ts';

/** How an argument identifies a run. */
export const RUN_ID =
  'run id, or a unique prefix or suffix of it; latest or -1 is the newest run, -2 the second newest';

/** For commands that pull: the day of the preserved copies. */
export const AS_OF = new Option(
  '--as-of <date>',
  'use the preserved copies nearest to this date, such as 2025-10-06 (default: the last good copies)',
);

/** For commands that write to the target. */
export const MIGRATE = new Option(
  '--migrate',
  'first apply pending migrations, if the database is on a server',
);

export function integerOption(text: string): number {
  return checkedNumber(text, (value) => Number.isInteger(value) && value >= 1, 'a whole number above 0');
}

/** A whole number, zero or more. */
export function countOption(text: string): number {
  return checkedNumber(text, (value) => Number.isInteger(value) && value >= 0, 'a whole number, 0 or more');
}

export function secondsOption(text: string): number {
  return checkedNumber(text, (value) => Number.isFinite(value) && value > 0, 'a number of seconds above 0');
}

function checkedNumber(text: string, isValid: (value: number) => boolean, expected: string): number {
  const value = Number(text);
  if (!isValid(value)) throw new InvalidArgumentError(`It must be ${expected}.`);
  return value;
}

export function durationOption(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === null)
    throw new InvalidArgumentError('It must be a duration such as 2h, 90m, 3d, 7200s or 1h30m.');
  return seconds;
}

/** An instant, or the start of a day in UTC, in milliseconds since 1970. */
export function instantOption(text: string): number {
  const isInstant = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text);
  const time = isInstant ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new InvalidArgumentError('It must be a time such as 2025-05-03T19:27:59Z, or a day.');
  return time;
}

export function listOption(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('It must be names separated by commas.');
  return names;
}

/** Adds `--resources`, and `--resource` as an alias. */
export function resourcesOption(command: Command, description: string): Command {
  return command
    .option('--resources <names>', description, listOption)
    .addOption(new Option('--resource <names>').argParser(listOption).hideHelp())
    .on('option:resource', (names: string) =>
      command.setOptionValueWithSource('resources', listOption(names), 'cli'),
    );
}
