/** Is the terminal one that takes text alone, where a cursor cannot be moved? */
export function isDumbTerminal(): boolean {
  return process.env['TERM'] === 'dumb';
}
