/** May text on a terminal have colours? Not where NO_COLOR says so (https://no-color.org). */
export function wantsColour(): boolean {
  return (process.env['NO_COLOR'] ?? '') === '' && !isDumbTerminal();
}

/** What shows long results; null for none. psql's own setting comes first; `less` ends by itself where all fits. */
export function pagerCommand(): { readonly command: string; readonly env: NodeJS.ProcessEnv } | null {
  const { LESS = 'FRX', PAGER = 'less', PSQL_PAGER: command = PAGER } = process.env;
  return command.trim() === '' || isDumbTerminal() ? null : { command, env: { ...process.env, LESS } };
}

/** Is the terminal one that takes text alone, where a cursor cannot be moved? */
export function isDumbTerminal(): boolean {
  return process.env['TERM'] === 'dumb';
}
