import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { stopCoverage } from 'node:v8';

import { EXIT_CODES } from '../../src/output/exit-codes.ts';
import type * as Program from '../../src/cli/program.ts';

export const REPOSITORY = path.join(import.meta.dirname, '..', '..');
export const LAUNCHER = path.join(REPOSITORY, 'bin', 'spacex-pipeline');
/** The cache with which the tests and their programs strip types and compile code only once. */
export const COMPILE_CACHE = path.join(REPOSITORY, 'node_modules', '.cache', 'test-compile');

export type CliOptions = {
  readonly cwd: string;
  /** The launcher of a copy of the program. */
  readonly launcher?: string;
  readonly env?: Readonly<Record<string, string>>;
};

export type CliResult = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type RunningCli = {
  readonly pid: number;
  /** The first line on stderr that matches, past or future. Rejects if the program ends without such a line. */
  readonly line: (pattern: RegExp) => Promise<string>;
  /** The first group of the first match on stdout, past or future. Rejects if the program ends without a match. */
  readonly output: (pattern: RegExp) => Promise<string>;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly finished: Promise<CliResult>;
};

/** A developer's settings for the program itself, PostgreSQL, Node or a proxy must not affect a test. */
const WITHHELD = /^(?:SPACEX_|POSTGRES_|PG|DATABASE_URL$|NODE_|(?:https?|no)_proxy$)/i;

/**
 * The test files that collect coverage, including in the programs that they start. Other files that load this module do
 * not, because it would make them 50% slower, and together they would cover only 2% more lines.
 */
const COUNTED = /^(?:cli-|resume|run-)/.test(path.basename(process.argv[1] ?? ''));
if (!COUNTED) stopCoverage();

/**
 * Collecting coverage doubles a program's startup time. The first program in a file is enough, because the others run
 * the same code at startup.
 */
let hasCounted = false;

/** The environment for a program that a test starts. */
export function cliEnvironment(
  own: Readonly<Record<string, string>> = {},
  mayCount = false,
): Record<string, string> {
  const { NODE_V8_COVERAGE: counting, ...rest } = process.env;
  const kept = Object.entries(rest).filter(([name]) => !WITHHELD.test(name));
  const counts = COUNTED && counting !== undefined && mayCount && !hasCounted;
  hasCounted ||= counts;
  // Coverage is not exact for code from the cache.
  const cache: Record<string, string> = counts
    ? { NODE_V8_COVERAGE: counting, NODE_DISABLE_COMPILE_CACHE: '1' }
    : // Set even if it is unset in this process, because Node would pass its own folder to a child, and a different user could not write to that folder.
      {
        NODE_V8_COVERAGE: '',
        NODE_COMPILE_CACHE: COMPILE_CACHE,
      };
  const offline = `--import=${path.join(import.meta.dirname, 'offline.ts')}`;
  return { ...Object.fromEntries(kept), ...cache, NODE_OPTIONS: offline, ...own };
}

/** The environment of a program whose clock is wrong by this many milliseconds. */
export function clockOff(milliseconds: number): Record<string, string> {
  const [offline, clock] = ['offline.ts', `clock.ts?offset=${milliseconds}`].map(
    (file) => `--import=file://${import.meta.dirname}/${file}`,
  );
  return { NODE_OPTIONS: `${offline} ${clock}` };
}

/** Starts the program as a user does, with nothing on stdin. */
export function startCli(args: readonly string[], options: CliOptions): RunningCli {
  const child = spawn(process.execPath, [options.launcher ?? LAUNCHER, ...args], {
    cwd: options.cwd,
    env: cliEnvironment(options.env, true),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text));
  const stderr = watchLines(child);
  const finished = once(child, 'close').then(([code, signal]): CliResult => {
    stderr.end();
    return { code, signal, stdout: stdout.join(''), stderr: stderr.text() };
  });
  return {
    pid: child.pid ?? 0,
    line: stderr.line,
    async output(pattern) {
      for (;;) {
        const found = pattern.exec(stdout.join(''))?.[1];
        if (found !== undefined) return found;
        if (child.stdout.readableEnded) throw new Error(`The program ended without ${pattern} on stdout`);
        await Promise.race([once(child.stdout, 'data'), once(child.stdout, 'end')]);
      }
    },
    kill: (signal) => void child.kill(signal),
    finished,
  };
}

export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).finished;
}

/** The variables that the program reads from its `env` argument. Node and libraries read other variables directly. */
const OWN_VARIABLE = /^(?:SPACEX_|POSTGRES_|DATABASE_URL$)/;

/** Whether `runHere` can pass these variables to the program. */
export function canRunHere(env: Readonly<Record<string, string>>): boolean {
  return Object.keys(env).every((name) => OWN_VARIABLE.test(name));
}

/**
 * Like `runCli`, but in this process. The program is imported dynamically, so that tests that only spawn it never load
 * it.
 */
export async function runHere(
  args: readonly string[],
  { cwd, env = {}, launcher = LAUNCHER }: CliOptions,
): Promise<CliResult> {
  await import('./offline.ts');
  const program = pathToFileURL(path.join(path.dirname(launcher), '..', 'src', 'cli', 'program.ts'));
  const { runCli: runProgram } = (await import(program.href)) as typeof Program;
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const outcome = await runProgram(args, {
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    cwd,
    env: cliEnvironment(env),
    signal: new AbortController().signal,
  });
  const code = outcome === null ? 0 : EXIT_CODES[outcome];
  return { code, signal: null, stdout: stdout.join(''), stderr: stderr.join('') };
}

type Waiting = {
  readonly pattern: RegExp;
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
};

function watchLines(child: ChildProcess): {
  readonly line: RunningCli['line'];
  readonly text: () => string;
  readonly end: () => void;
} {
  const seen: string[] = [];
  const waiting = new Set<Waiting>();
  let ended = false;
  const failure = (pattern: RegExp): Error =>
    new Error(`The program ended without a line that matches ${pattern}:\n${seen.join('\n')}`);
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      seen.push(line);
      for (const one of [...waiting].filter(({ pattern }) => pattern.test(line))) {
        waiting.delete(one);
        one.resolve(line);
      }
    });
  }
  return {
    line(pattern) {
      const found = seen.find((line) => pattern.test(line));
      if (found !== undefined) return Promise.resolve(found);
      if (ended) return Promise.reject(failure(pattern));
      return new Promise((resolve, reject) => waiting.add({ pattern, resolve, reject }));
    },
    text: () => seen.map((line) => `${line}\n`).join(''),
    end() {
      ended = true;
      for (const { pattern, reject } of waiting) reject(failure(pattern));
    },
  };
}
