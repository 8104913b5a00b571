import xterm from '@xterm/headless';

/** Consecutive characters of a screen row with the same style. */
export type Run = { readonly text: string; readonly column: number; readonly style: Style };
export type Style = { readonly bold: boolean; readonly dim: boolean; readonly color: number | null };
/** All rows, including rows that have scrolled off the screen. */
export type Screen = readonly (readonly Run[])[];

export type Terminal = {
  readonly write: (text: string) => Promise<void>;
  /** The text on the screen. */
  readonly text: () => string;
  readonly read: () => Screen;
};

/** A terminal in memory. */
export function screenOf(columns: number, rows: number): Terminal {
  const terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
  const lines = () => {
    const { active } = terminal.buffer;
    return Array.from({ length: active.length }, (_, index) => active.getLine(index));
  };
  return {
    write: (text) => new Promise((resolve) => terminal.write(text, resolve)),
    text: () =>
      lines()
        .map((line) => line?.translateToString(true) ?? '')
        .join('\n'),
    read() {
      const screen = lines().map((line) => {
        const runs: Run[] = [];
        for (let column = 0; column < columns; column++) {
          const cell = line?.getCell(column);
          if (cell === undefined) continue;
          const style: Style = {
            bold: cell.isBold() !== 0,
            dim: cell.isDim() !== 0,
            color: cell.isFgDefault() ? null : cell.getFgColor(),
          };
          const last = runs.at(-1);
          const text = cell.getChars() || ' ';
          if (last !== undefined && isSame(last.style, style))
            runs[runs.length - 1] = { ...last, text: last.text + text };
          else runs.push({ text, column, style });
        }
        return runs;
      });
      const isBlank = (row: readonly Run[]): boolean => row.every(({ text }) => text.trim() === '');
      return screen.slice(0, screen.findLastIndex((row) => !isBlank(row)) + 1);
    },
  };
}

function isSame(a: Style, b: Style): boolean {
  return a.bold === b.bold && a.dim === b.dim && a.color === b.color;
}
