import stringWidth from 'fast-string-width';

/**
 * Formats rows as aligned text with a header. Columns of numbers are right-aligned. Control characters, including
 * terminal escapes, are shown as escapes. A table wider than `width` is split into blocks of columns, one below the
 * other. Each block contains the first `keys` columns, which identify the row. A cell that is still too wide is not
 * cut, because a terminal wraps it and the rest would not be visible anywhere else.
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
  /** The text to show for null. By default, null is blank, like an empty string. */
  readonly nothing?: string | undefined;
  /** Which columns to right-align. By default, these are the columns that contain only numbers. */
  readonly right?: readonly boolean[] | undefined;
  readonly paint?: Paint | undefined;
};

/** Adds color to a part of a table after the layout is complete. */
export type Paint = (text: string, part: 'name' | 'rule' | 'nothing') => string;

type Column = {
  /** The header, followed by the cells. */
  readonly cells: readonly string[];
  readonly width: number;
  readonly isNumeric: boolean;
  /** Whether each cell is null, starting with the header. */
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

/** Splits the columns into blocks, with as many columns in each block as fit. */
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

/**
 * The columns to repeat in each block. If the keys would leave too little room for other columns, repeats only the
 * first key and cuts it to half a line.
 */
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
 * Escapes control characters and directional marks as `\n`, `\t` or `\u001b`, because untrusted text must not control
 * the terminal.
 */
export function escapeControls(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    const escaped = JSON.stringify(character).slice(1, -1);
    return escaped === character ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : escaped;
  });
}
