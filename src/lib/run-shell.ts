import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export type ShellEnd = {
  /** The exit code; null if a signal ended the command or it could not be started. */
  readonly code: number | null;
  /** Why there is no exit code; null if there is one. */
  readonly reason: 'signal' | 'timeout' | 'interrupted' | 'unstarted' | null;
};

export type ShellOptions = {
  /** The text for the command's stdin. */
  readonly input: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called with each line of the command's stdout and stderr. */
  readonly onLine: (line: string) => void;
};

const WINDOWS = process.platform === 'win32';

/**
 * Runs a shell command. Waits until the command and every process that has its output open have ended. Never throws.
 */
export async function runShell(command: string, options: ShellOptions): Promise<ShellEnd> {
  const { cwd, env, input, onLine, signal, timeoutMs } = options;
  // `detached` creates a process group, so that the processes that the command starts can be killed with it.
  const child = spawn(command, { cwd, env: { ...env }, shell: true, stdio: 'pipe', detached: !WINDOWS });
  let reason: ShellEnd['reason'] = null;
  const end = (why: ShellEnd['reason']): void => {
    reason ??= why;
    kill(child);
  };
  const interrupt = (): void => end('interrupted');
  const timer = setTimeout(() => end('timeout'), timeoutMs);
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) interrupt();
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  // Ignores errors, because the command may not read its stdin.
  child.stdin.on('error', () => undefined).end(input);
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => {
      reason ??= 'unstarted';
      resolve(null);
    });
    child.on('close', resolve);
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', interrupt);
  return { code: reason === null ? code : null, reason: reason ?? (code === null ? 'signal' : null) };
}

function kill(child: ChildProcess): void {
  if (WINDOWS || child.pid === undefined) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}
