import { spawn } from 'node:child_process';
import { once } from 'node:events';

import stringWidth from 'fast-string-width';

import { pagerCommand } from '../config/terminal.ts';
import type { CliStreams } from './context.ts';

/** Prints a result. Uses a pager if the result is taller or wider than the terminal, but not in a pipe or a file. */
export async function printPaged({ stdout }: CliStreams, text: string, allowed: boolean): Promise<void> {
  const pager = allowed && stdout.isTTY === true && overflows(text, stdout) ? pagerCommand() : null;
  if (pager === null || !(await shownBy(pager, text))) stdout.write(text);
}

function overflows(text: string, { columns = 0, rows = 0 }: CliStreams['stdout']): boolean {
  const lines = text.split('\n');
  // A terminal of unknown size reports 0. The prompt needs one line.
  if (rows > 0 && lines.length > rows - 1) return true;
  return columns > 0 && lines.some((line) => stringWidth(line) > columns);
}

/** The exit codes of a shell that cannot start a command. */
const NOT_STARTED = [126, 127];

/** Returns false if the pager cannot be started. */
async function shownBy(
  { command, env }: { readonly command: string; readonly env: NodeJS.ProcessEnv },
  text: string,
): Promise<boolean> {
  const child = spawn(command, { shell: true, env, stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.on('error', () => undefined); // the user may quit the pager before it has read everything
  child.stdin.end(text);
  const ended = await once(child, 'close').catch(() => [127]);
  return !NOT_STARTED.includes(Number(ended[0]));
}
