import { wantsColor } from '../config/terminal.ts';
import type { CheckResult } from '../core/run.ts';
import { counted } from '../core/text.ts';
import { jsonText } from '../lib/json-text.ts';
import { escapeControls, textTable } from '../lib/text-table.ts';
import type { CliStreams, CommandContext } from './context.ts';
import { runnable } from './self.ts';

/** Prints a command's result: as JSON with `--json`, otherwise as text. */
export function printResult<T>(
  context: CommandContext,
  result: T,
  printText: (context: CommandContext, result: T) => void,
): void {
  if (context.json) printJson(context, result);
  else printText(context, result);
}

export function printJson(streams: CliStreams, value: unknown): void {
  streams.stdout.write(`${jsonText(value)}\n`);
}

/** The headers of a table, each with a function that returns the cell for an item. */
type Columns<T> = Readonly<Record<string, (item: T) => unknown>>;

/** Prints a table with a row for each item. `keys` is the same as in `printTable`. */
export function printItems<T>(
  streams: CliStreams,
  items: readonly T[],
  columns: Columns<T>,
  keys?: number,
): void {
  const cells = Object.values(columns);
  const rows = items.map((item) => cells.map((cell) => cell(item)));
  printTable(streams, Object.keys(columns), rows, keys);
}

/**
 * Prints a table. On a terminal, splits a table that is too wide into parts, each of which repeats the first `keys`
 * columns. Never splits a table if the output goes to a pipe or a file.
 */
export function printTable(
  { stdout }: CliStreams,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  keys = 1,
): void {
  // A terminal of unknown size reports 0.
  const width = stdout.isTTY === true ? stdout.columns || Infinity : Infinity;
  stdout.write(textTable(columns, rows, { width, keys }));
}

/** Prints a note for people in addition to the result, regardless of the log level. */
export function printNote({ lines, log, quiet, stderr }: CommandContext, text: string): void {
  if (quiet) return;
  if (lines.current() === 'json') log.info(text);
  else stderr.write(`note: ${escapeControls(text)}\n`);
}

export function printLine(streams: CliStreams, line: string): void {
  streams.stdout.write(`${escapeControls(line)}\n`);
}

/** Prints a line that ends with a command, and adds the current global flags to that command. */
export function printHint(context: CommandContext, line: string): void {
  printLine(context, runnable(line, context));
}

/** The number of data checks with findings, by severity, such as `1 error, 2 notes`; '' if there are none. */
export function countedFindings(counts: Readonly<Record<CheckResult['severity'], number>>): string {
  const { error, warning, info } = counts;
  const words = [[error, 'error'] as const, [warning, 'warning'] as const, [info, 'note'] as const];
  return words.flatMap(([count, noun]) => (count === 0 ? [] : [counted(count, noun)])).join(', ');
}

const CODES = { red: '31', green: '32', yellow: '33', bold: '1', dim: '2' } as const;

/** The text in color, if the terminal supports colors. */
export function painted(
  stream: { readonly isTTY?: boolean | undefined },
  text: string,
  look: keyof typeof CODES,
): string {
  return stream.isTTY === true && wantsColor() ? `\u001b[${CODES[look]}m${text}\u001b[0m` : text;
}
