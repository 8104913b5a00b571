import { realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether terminal output can have colors. Respects NO_COLOR (https://no-color.org). */
export function wantsColor(): boolean {
  return (process.env['NO_COLOR'] ?? '') === '' && !isDumbTerminal();
}

/**
 * Whether a shell would run this file if given only this name. Ignores npm's own folders, which are on the PATH only
 * while npm runs.
 */
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

/**
 * The pager for long results; null for none. psql's own setting takes precedence. `less` exits by itself if
 * everything fits on one screen.
 */
export function pagerCommand(): { readonly command: string; readonly env: NodeJS.ProcessEnv } | null {
  const { LESS = 'FRX', PAGER = 'less', PSQL_PAGER: command = PAGER } = process.env;
  return command.trim() === '' || isDumbTerminal() ? null : { command, env: { ...process.env, LESS } };
}

/** Whether the terminal supports only plain text, without cursor movement. */
export function isDumbTerminal(): boolean {
  return process.env['TERM'] === 'dumb';
}
