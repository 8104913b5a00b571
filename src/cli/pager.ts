import { spawn } from 'node:child_process';
import { once } from 'node:events';

import stringWidth from 'fast-string-width';

import { pagerCommand } from '../config/terminal.ts';
import type { CliStreams } from './context.ts';

/**
 * Prints a result, through a pager if it is taller or wider than the terminal. In a pipe or a file, no pager is used.
 */
export async function printPaged({ stdout }: CliStreams, text: string, allowed: boolean): Promise<void> {
  const pager = allowed && stdout.isTTY === true && overflows(text, stdout) ? pagerCommand() : null;
  if (pager === null || !(await shownBy(pager, text))) stdout.write(text);
}

function overflows(text: string, { columns = 0, rows = 0 }: CliStreams['stdout']): boolean {
  const lines = text.split('\n');
  // A terminal that does not know its size reports 0. One line is for the prompt.
  if (rows > 0 && lines.length > rows - 1) return true;
  return columns > 0 && lines.some((line) => stringWidth(line) > columns);
}

/** The exit codes of a shell that cannot start a command. */
const NOT_STARTED = [126, 127];

/** False if the pager cannot be started. */
async function shownBy(
  { command, env }: { readonly command: string; readonly env: NodeJS.ProcessEnv },
  text: string,
): Promise<boolean> {
  const child = spawn(command, { shell: true, env, stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.on('error', () => undefined); // a user may quit the pager before the end
  child.stdin.end(text);
  const ended = await once(child, 'close').catch(() => [127]);
  return !NOT_STARTED.includes(Number(ended[0]));
}
