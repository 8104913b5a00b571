import { jsonDocument } from '../lib/cells.ts';
import { escapeJson, jsonText } from '../lib/json-text.ts';
import { escapeControls, textTable } from '../lib/text-table.ts';
import type { CliStreams, CommandContext } from './context.ts';

export function printJson(streams: CliStreams, value: unknown): void {
  streams.stdout.write(`${jsonText(value)}\n`);
}

/** One object for each row. */
export function printJsonRows(
  streams: CliStreams,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): void {
  streams.stdout.write(`${escapeJson(jsonDocument(columns, rows))}\n`);
}

/**
 * On a terminal, a table that is too wide is split into parts, each with the first `keys` columns; in a pipe or a file
 * it is never split.
 */
export function printTable(
  { stdout }: CliStreams,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  keys = 1,
): void {
  // A terminal that does not know its size reports 0.
  const width = stdout.isTTY === true ? stdout.columns || Infinity : Infinity;
  stdout.write(textTable(columns, rows, { width, keys }));
}

/** A line for people beside the result, whatever the log level. */
export function printNote({ lines, log, quiet, stderr }: CommandContext, text: string): void {
  if (quiet) return;
  if (lines.current() === 'json') log.info(text);
  else stderr.write(`note: ${escapeControls(text)}\n`);
}

export function printLine(streams: CliStreams, line: string): void {
  streams.stdout.write(`${escapeControls(line)}\n`);
}
