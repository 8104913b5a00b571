import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { after, describe, it } from 'node:test';

import { linesOf } from '../support/lines.ts';
import { findOldNode, versionOf } from '../support/old-node.ts';

const repository = path.join(import.meta.dirname, '..', '..');
const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

const VERSION = '7.8.9';

/** A stand-in for the program, which prints what it receives. */
const program = `
import { stopWithParent } from './lib/parent-watch.ts';
const [command, ...args] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(line + '\\n');
if (command === 'where') say(process.version + ' ' + process.pid);
if (command === 'args') say(JSON.stringify(args));
if (command === 'exit') process.exit(Number(args[0]));
if (command === 'die') process.kill(process.pid, args[0]);
if (command === 'wait') {
  const timer = setTimeout(() => {}, 15_000); // exits even if nothing else ends the process
  process.on('SIGTERM', () => say('SIGTERM'));
  process.on('SIGINT', () => say('SIGINT'));
  process.on('SIGHUP', () => { say('SIGHUP'); process.exitCode = 9; clearTimeout(timer); });
  stopWithParent(() => { say('parent gone'); clearTimeout(timer); }, { startedByNpm: 'npm_command' in process.env });
  say('ready');
}
`;

void describe('the launcher on a supported Node', () => {
  const tree = makeTree(24);

  void it('runs the program in its own process', async () => {
    const run = start(process.execPath, tree, ['where']);
    assert.deepEqual(await run.finish(), [0, null]);
    assert.deepEqual(run.lines, [`${process.version} ${run.child.pid}`]);
  });

  void it('stops when the npm that started it is killed', async () => {
    assert.deepEqual(await linesAfterNpmDied(process.execPath, tree), ['ready', 'parent gone']);
  });

  void it('prints the version without loading the program', () => {
    const told = spawnSync(process.execPath, [launcherOf(tree), '--version'], { encoding: 'utf8' });
    assert.deepEqual([told.status, told.stdout], [0, `${VERSION}\n`]);
  });

  void it('prefers src/main.ts, and uses dist/main.js if there is no source', async () => {
    const built = makeTree(24);
    mkdirSync(path.join(built, 'dist'));
    writeFileSync(path.join(built, 'dist/main.js'), 'process.exit(11);');
    assert.deepEqual(await start(process.execPath, built, ['exit', '7']).finish(), [7, null]);
    rmSync(path.join(built, 'src/main.ts'));
    assert.deepEqual(await start(process.execPath, built, ['exit', '7']).finish(), [11, null]);
  });
});

const old = findOldNode();
describeHandOver(
  'an actual older version of Node',
  old ?? process.execPath,
  24,
  old === null && 'no Node below 24 is installed',
);
describeHandOver('a minimum above this Node', process.execPath, 99, false);

function describeHandOver(name: string, node: string, minimum: number, skip: string | false): void {
  const none = process.platform === 'win32' && 'the stand-in for the pinned Node is a shell script';
  void describe(`the launcher on an unsupported Node (${name})`, { skip: skip || none }, () => {
    const tree = makeTree(minimum);
    addPinnedNode(tree);

    void it('runs the program on the pinned Node', async () => {
      const run = start(node, tree, ['where']);
      assert.deepEqual(await run.finish(), [0, null]);
      assert.match(run.lines.join(), new RegExp(`^${process.version} (?!${run.child.pid}$)`));
    });

    void it('passes arguments through', async () => {
      const args = ['--a=b', 'two words', '', '*', 'é'];
      const run = start(node, tree, ['args', ...args]);
      assert.deepEqual(await run.finish(), [0, null]);
      assert.deepEqual(run.lines, [JSON.stringify(args)]);
    });

    void it('passes the exit code through', async () => {
      assert.deepEqual(await start(node, tree, ['exit', '7']).finish(), [7, null]);
    });

    void it('ends with the same signal as the program', async () => {
      assert.deepEqual(await start(node, tree, ['die', 'SIGTERM']).finish(), [null, 'SIGTERM']);
      assert.deepEqual(await start(node, tree, ['die', 'SIGKILL']).finish(), [137, null]);
    });

    void it('forwards SIGTERM, SIGINT and SIGHUP, each once', async () => {
      const run = start(node, tree, ['wait']);
      await run.line('ready');
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
        run.child.kill(signal);
        await run.line(signal);
      }
      assert.deepEqual(await run.finish(), [9, null]);
      assert.deepEqual(run.lines, ['ready', 'SIGTERM', 'SIGINT', 'SIGHUP']);
    });

    void it('delivers a signal only once if the terminal sends it to the whole process group', async () => {
      const run = start(node, tree, ['wait']);
      await run.line('ready');
      for (const signal of ['SIGINT', 'SIGHUP'] as const) {
        process.kill(-run.pid(), signal);
        await run.line(signal);
      }
      assert.deepEqual(await run.finish(), [9, null]);
      assert.deepEqual(run.lines, ['ready', 'SIGINT', 'SIGHUP']);
    });

    void it('stops the program when the launcher is killed', async () => {
      const run = start(node, tree, ['wait']);
      await run.line('ready');
      run.child.kill('SIGKILL');
      assert.deepEqual(await run.finish(), [null, 'SIGKILL']); // the program kept stdout open until now
      assert.deepEqual(run.lines, ['ready', 'parent gone']);
    });

    void it('stops the program when the npm that started the launcher is killed', async () => {
      const [ready, told] = await linesAfterNpmDied(node, tree);
      assert.deepEqual([ready, told], ['ready', 'SIGTERM']);
    });

    describeHangup(node, tree);

    const production = { NODE_ENV: 'production' };
    const ignoring = { npm_config_ignore_scripts: 'true' };
    const both = 'npm ci --include=dev --ignore-scripts=false';
    const cases: readonly (readonly [
      what: string,
      files: readonly string[],
      env: object,
      command: string,
    ])[] = [
      ['nothing is installed', [], {}, 'npm ci'],
      [
        'nothing is installed, and npm omits development dependencies',
        [],
        production,
        'npm ci --include=dev',
      ],
      ['nothing is installed, and npm runs no scripts', [], ignoring, 'npm ci --ignore-scripts=false'],
      ['npm omitted it', ['pg/package.json'], {}, both],
      ['its install script did not run', ['node/package.json'], {}, 'npm ci --ignore-scripts=false'],
      ['its install script did not run', ['node/package.json'], production, both],
      ['it does not run on this machine', ['node/package.json', 'node/bin/node'], {}, 'npm ci'],
    ];
    for (const [what, files, env, command] of cases) {
      void it(`explains how to install the pinned Node if ${what} (environment: ${JSON.stringify(env)})`, () => {
        const bare = makeTree(minimum);
        for (const file of files) {
          const place = path.join(bare, 'node_modules', file);
          mkdirSync(path.dirname(place), { recursive: true });
          writeFileSync(place, '{}', { mode: 0o755 });
        }
        const { NODE_ENV: _, npm_config_ignore_scripts: __, ...outer } = process.env;
        const options = { encoding: 'utf8', env: { ...outer, ...env } } as const;
        const { status, stdout, stderr } = spawnSync(node, [launcherOf(bare)], options);
        const version = node === process.execPath ? process.version : versionOf(node);
        assert.deepEqual(
          { status, stdout, stderr },
          {
            status: 2,
            stdout: '',
            stderr:
              `error: Cannot start spacex-pipeline: it needs Node ${minimum} or newer, but this is ${version}\n` +
              `hint: Install Node ${minimum} from https://nodejs.org, or run "${command}" in ${bare} to get one for this project only.\n`,
          },
        );
      });
    }
  });
}

/**
 * Starts the launcher so that it outlives its terminal, then hangs up the terminal. This must not affect the
 * program.
 */
function describeHangup(node: string, tree: string): void {
  const launch = `'${node}' '${launcherOf(tree)}' wait`;
  const ways = {
    'nohup in a shell': `nohup ${launch}`,
    'a shell that ignores the signal': `trap '' HUP; ${launch}; :`,
    'a shell script under nohup': `nohup bash -c "${launch}; :"`,
    'nohup with a terminal on stdin': `exec ${launch} 0>/dev/null`, // GNU nohup replaces stdin with this
  };
  for (const [way, line] of Object.entries(ways)) {
    void it(`continues after a hangup if it was started by ${way}`, async () => {
      const { _: __, ...env } = process.env;
      const shell = spawn('bash', ['--norc', '-c', line], {
        stdio: ['ignore', 'pipe', 'ignore'],
        detached: true,
        env,
      });
      const { ended, seen, until } = linesOf(shell.stdout);
      await until((lines) => lines.includes('ready'));
      process.kill(-(shell.pid ?? 0), 'SIGHUP');
      process.kill(-(shell.pid ?? 0), 'SIGTERM');
      await until((lines) => lines.includes('SIGTERM'));
      process.kill(-(shell.pid ?? 0), 'SIGKILL');
      await ended;
      assert.deepEqual(seen, ['ready', 'SIGTERM', 'parent gone']);
    });
  }
}

/**
 * Starts the program from a shell that simulates npm, kills only this shell, and returns the program's first
 * two lines.
 */
async function linesAfterNpmDied(node: string, tree: string): Promise<readonly string[]> {
  const npm = spawn('sh', ['-c', '"$0" "$1" wait & echo $!; wait', node, launcherOf(tree)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, npm_command: 'exec' },
  });
  const { seen, until } = linesOf(npm.stdout);
  await until((lines) => lines.includes('ready'));
  npm.kill('SIGKILL');
  await until((lines) => lines.length >= 3);
  const [launcher, ...told] = seen;
  if (told[1] !== 'parent gone') process.kill(Number(launcher), 'SIGHUP'); // it reports SIGTERM and keeps running
  return told;
}

/** A folder that looks like a clone, with a launcher that requires Node `minimum`. */
function makeTree(minimum: number): string {
  const tree = mkdtempSync(path.join(tmpdir(), 'launcher-'));
  folders.push(tree);
  cpSync(path.join(repository, 'bin'), path.join(tree, 'bin'), { recursive: true });
  const text = readFileSync(launcherOf(tree), 'utf8');
  assert.match(text, /^const MINIMUM = 24;$/m);
  writeFileSync(launcherOf(tree), text.replace('MINIMUM = 24', `MINIMUM = ${minimum}`));
  writeFileSync(path.join(tree, 'package.json'), JSON.stringify({ type: 'module', version: VERSION }));
  cpSync(path.join(repository, 'src/lib'), path.join(tree, 'src/lib'), { recursive: true });
  writeFileSync(path.join(tree, 'src/main.ts'), program);
  return tree;
}

/** Simulates the npm package `node` with the current Node, which reports version v99. */
function addPinnedNode(tree: string): void {
  const file = path.join(tree, 'node_modules/node/bin/node');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    `#!/bin/sh\nif [ "$1" = --version ]; then echo v99.0.0; else exec '${process.execPath}' "$@"; fi\n`,
  );
  chmodSync(file, 0o755);
}

function launcherOf(tree: string): string {
  return path.join(tree, 'bin/spacex-pipeline');
}

type Launched = {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  /** What the program has written so far. */
  readonly lines: readonly string[];
  pid(): number;
  /** Waits until the program has written this line. */
  line(text: string): Promise<void>;
  /** Waits until launcher and program have ended, and returns the launcher's exit code and signal. */
  finish(): Promise<unknown[]>;
};

function start(node: string, tree: string, args: readonly string[]): Launched {
  const child = spawn(node, [launcherOf(tree), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // in its own process group, like a command started by a shell
  });
  const closed = once(child, 'close');
  const { ended, seen, until } = linesOf(child.stdout);
  return {
    child,
    lines: seen,
    pid: () => child.pid ?? assert.fail('not started'),
    line: (text) => until((lines) => lines.includes(text)),
    async finish() {
      const [how] = await Promise.all([closed, ended]);
      return how;
    },
  };
}
