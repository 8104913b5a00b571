import type { Screen, Style } from './terminal-screen.ts';

const CELL = { width: 8.4, height: 18 };
const MARGIN = 12;
const COLORS = [
  '#3b4048',
  '#e06c75',
  '#98c379',
  '#e5c07b',
  '#61afef',
  '#c678dd',
  '#56b6c2',
  '#dcdfe4',
] as const;

/** Renders a screen as SVG. */
export function screenPicture(screen: Screen, columns: number): string {
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = screen.length * CELL.height + 2 * MARGIN;
  const rows = screen.flatMap((runs, row) => {
    const y = MARGIN + (row + 0.75) * CELL.height;
    return runs
      .filter(({ text }) => text.trim() !== '')
      .map(({ column, style, text }) => {
        const trimmed = text.trimEnd();
        const length = (trimmed.length * CELL.width).toFixed(1);
        const x = (MARGIN + column * CELL.width).toFixed(1);
        return `<text x="${x}" y="${y.toFixed(1)}" textLength="${length}"${look(style)}>${escaped(trimmed)}</text>`;
      });
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14" fill="#dcdfe4" xml:space="preserve">`,
    `<rect width="100%" height="100%" rx="6" fill="#1e2127"/>`,
    ...rows,
    '</svg>\n',
  ].join('\n');
}

function look({ bold, color, dim }: Style): string {
  const fill = color === null ? undefined : COLORS[color % 8];
  return `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.6"' : ''}${fill === undefined ? '' : ` fill="${fill}"`}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
