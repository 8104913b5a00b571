import stringWidth from 'fast-string-width';

import { escapeControls } from './text-table.ts';

/**
 * The line of text that contains a position, with a mark below that position, as in compiler errors. `position` counts
 * characters from 1. A line wider than `width` is cut around the position. If the text has several lines, the line is
 * preceded by its number.
 */
export function markedLine(text: string, position: number, width: number): string {
  const before = Array.from(text)
    .slice(0, position - 1)
    .join('');
  const start = before.lastIndexOf('\n') + 1;
  const end = text.indexOf('\n', before.length);
  const label = text.trimEnd().includes('\n') ? `line ${before.split('\n').length}: ` : '';
  const head = Array.from(shown(before.slice(start)));
  const tail = Array.from(shown(text.slice(before.length, end === -1 ? undefined : end)));
  const room = Math.max(20, width - label.length - 2);
  const kept = Math.min(head.length, Math.max(Math.floor(room / 2), room - tail.length));
  const left = `${kept < head.length ? '…' : ''}${head.slice(head.length - kept).join('')}`;
  const right = `${tail.slice(0, room - kept).join('')}${tail.length > room - kept ? '…' : ''}`;
  return `${label}${left}${right.trimEnd()}\n${' '.repeat(label.length + stringWidth(left))}^\n`;
}

/** Replaces tabs, which would shift the mark, and escapes control characters. */
function shown(line: string): string {
  return escapeControls(line.replaceAll('\t', ' ').replaceAll('\r', ''));
}
