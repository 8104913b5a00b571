import { wantsColour } from '../config/terminal.ts';

const CODES = { red: '31', green: '32', yellow: '33', bold: '1', dim: '2' } as const;

/** The text in color, if the terminal supports colors. */
export function painted(
  stream: { readonly isTTY?: boolean | undefined },
  text: string,
  look: keyof typeof CODES,
): string {
  return stream.isTTY === true && wantsColour() ? `\u001b[${CODES[look]}m${text}\u001b[0m` : text;
}
