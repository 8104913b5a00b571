import stringWidth from 'fast-string-width';

import { escapeControls, type Paint } from './text-table.ts';

/** Formats each row as a block with one line per column, like psql's expanded display. Null is shown as `nothing`. */
export function expandedRows(
  columns: readonly string[],
  rows: readonly (readonly (string | number | boolean | null)[])[],
  { nothing, paint = (text) => text }: { readonly nothing: string; readonly paint?: Paint | undefined },
): string {
  const names = columns.map(escapeControls);
  const width = names.reduce((widest, name) => Math.max(widest, stringWidth(name)), 0);
  const blocks = rows.map((row, index) => {
    const lines = names.map((name, at) => {
      const value = row[at] ?? null;
      const label = paint(name, 'name') + ' '.repeat(width - stringWidth(name));
      return `${label}  ${value === null ? paint(nothing, 'nothing') : escapeControls(String(value))}`.trimEnd();
    });
    return `${[paint(`── row ${index + 1} ──`, 'rule'), ...lines].join('\n')}\n`;
  });
  return blocks.join('');
}
