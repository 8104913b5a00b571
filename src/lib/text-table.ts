import stringWidth from 'fast-string-width';

/**
 * Rows as aligned text with a header; columns of numbers are aligned right. Control characters, including terminal
 * escapes, are shown as escapes. A table wider than `width` is split into blocks of columns, one below the other, each
 * with the first `keys` columns, which identify the row. A single cell that is still too wide is not cut: a terminal
 * wraps it, and there would be no other way to see the rest.
 */
export function textTable(
  names: readonly string[],
  rows: readonly (readonly unknown[])[],
  {
    width = Infinity,
    keys = 1,
    ...look
  }: TableLook & { readonly width?: number; readonly keys?: number } = {},
): string {
  const columns = names.map((name, index) =>
    columnOf(
      name,
      rows.map((row) => row[index]),
      look.nothing,
      look.right?.[index],
    ),
  );
  return blocksOf(columns, width, keys)
    .map((block) => blockText(block, width, look.paint))
    .join('\n');
}

/** The formatting of a table. */
export type TableLook = {
  /** Shown for null; blank by default, like an empty string. */
  readonly nothing?: string | undefined;
  /** Columns to align right; by default those that hold only numbers. */
  readonly right?: readonly boolean[] | undefined;
  readonly paint?: Paint | undefined;
};

/** Adds color to a part of a table after its layout is done. */
export type Paint = (text: string, part: 'name' | 'rule' | 'nothing') => string;

type Column = {
  /** The header first. */
  readonly cells: readonly string[];
  readonly width: number;
  readonly isNumeric: boolean;
  /** For each cell, the header first: is it null? */
  readonly isNothing: readonly boolean[];
};

function columnOf(
  name: string,
  values: readonly unknown[],
  nothing = '',
  right = values.every((value) => typeof value === 'number' || value === null),
): Column {
  const isNothing = [false, ...values.map((value) => value === null || value === undefined)];
  const cells = [escapeControls(name), ...values.map((value) => cellText(value) ?? nothing)];
  return {
    cells,
    width: cells.reduce((widest, cell) => Math.max(widest, stringWidth(cell)), 0),
    isNumeric: right,
    isNothing,
  };
}

const BETWEEN = '  ';

/** Puts as many columns into each block as fit. */
function blocksOf(columns: readonly Column[], width: number, keys: number): readonly (readonly Column[])[] {
  const again = keysAgain(columns.slice(0, keys), width);
  const blocks: Column[][] = [[]];
  for (const column of columns) {
    const block = blocks.at(-1) ?? [];
    if (block.length === 0 || widthOf([...block, column]) <= width) block.push(column);
    else blocks.push([...again, column]);
  }
  return blocks;
}

/** If the keys would leave too little room for other columns, repeats only the first, at most half a line wide. */
function keysAgain(keys: readonly Column[], width: number): readonly Column[] {
  if (widthOf(keys) * 3 <= width * 2) return keys;
  const most = Math.max(1, Math.floor(width / 2));
  return keys
    .slice(0, 1)
    .map((column) =>
      column.width <= most
        ? column
        : { ...column, cells: column.cells.map((cell) => cutText(cell, most)), width: most },
    );
}

function widthOf(columns: readonly Column[]): number {
  return columns.reduce((sum, { width }) => sum + width, BETWEEN.length * (columns.length - 1));
}

function cutText(text: string, most: number): string {
  if (stringWidth(text) <= most) return text;
  let kept = '';
  for (const character of text) {
    if (stringWidth(kept + character) >= most) break;
    kept += character;
  }
  return `${kept}…`;
}

function blockText(columns: readonly Column[], width: number, paint: Paint = (text) => text): string {
  const rule = columns.map((column) => '─'.repeat(column.width)).join(BETWEEN);
  const lines = (columns[0]?.cells ?? ['']).map((_, row) =>
    columns
      .map((column) => {
        const text = padded(column.cells[row] ?? '', column);
        if (row === 0) return paint(text, 'name');
        return column.isNothing[row] === true ? paint(text, 'nothing') : text;
      })
      .join(BETWEEN)
      .trimEnd(),
  );
  return `${[lines[0], paint(rule.slice(0, width), 'rule'), ...lines.slice(1)].join('\n')}\n`;
}

function padded(text: string, { width, isNumeric }: Column): string {
  const padding = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return isNumeric ? padding + text : text + padding;
}

function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return escapeControls(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
}

/**
 * Escapes control characters and marks of writing direction as `
 * `, `\t` or `\u001b`: foreign text must not control a terminal.
 */
export function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped;
  });
}
