import { jsonText } from '../lib/json-text.ts';
import { escapeControls, textTable } from '../lib/text-table.ts';
import type { CliStreams } from './context.ts';

export function printJson(streams: CliStreams, value: unknown): void {
  streams.stdout.write(`${jsonText(value)}\n`);
}

export function printTable(
  streams: CliStreams,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): void {
  streams.stdout.write(textTable(columns, rows));
}

export function printLine(streams: CliStreams, line: string): void {
  streams.stdout.write(`${escapeControls(line)}\n`);
}
