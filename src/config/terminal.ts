import { realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** May text on a terminal have colours? Not where NO_COLOR says so (https://no-color.org). */
export function wantsColour(): boolean {
  return (process.env['NO_COLOR'] ?? '') === '' && !isDumbTerminal();
}

/** Does a shell that is given this name, and no path, start this file? npm's own folders are on the PATH only while npm runs. */
export function isOnPath(name: string, file: string): boolean {
  const own = realPath(file);
  const first = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.endsWith(join('node_modules', '.bin')))
    .map((folder) => realPath(join(folder, name)))
    .find((path) => path !== null);
  return own !== null && first === own;
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
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
