import stringWidth from 'fast-string-width';

/**
 * Rows as aligned text with a header; columns that hold only numbers align right. Control characters, terminal
 * escapes among them, are shown as escapes.
 */
export function textTable(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = rows.map((row) => row.map(cellText));
  const header = columns.map(escapeControls);
  const widths = header.map((column, index) =>
    Math.max(stringWidth(column), ...cells.map((row) => stringWidth(row[index] ?? ''))),
  );
  const numeric = columns.map((_, index) =>
    rows.every((row) => typeof row[index] === 'number' || row[index] === null),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, index) => {
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(text)));
        return numeric[index] === true ? padding + text : text + padding;
      })
      .join('  ')
      .trimEnd();
  const rule = line(widths.map((width) => '─'.repeat(width)));
  return `${[line(header), rule, ...cells.map(line)].join('\n')}\n`;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return escapeControls(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

/** Characters of control and of writing direction as `\n`, `\t` or `\u001b`: text from elsewhere must not steer a terminal. */
export function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped;
  });
}
