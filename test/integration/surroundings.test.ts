import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';

import { shellQuote } from '../../src/lib/shell-quote.ts';
import { cliEnvironment, LAUNCHER } from '../support/cli.ts';
import { copyEmbedded } from '../support/embedded-template.ts';
import { linesOf } from '../support/lines.ts';

/** The program in unusual terminals, environments and folders. */
const temporary = mkdtempSync(path.join(tmpdir(), 'test-surroundings-'));
after(() => rmSync(temporary, { recursive: true, force: true }));
const folder = path.join(temporary, "Zoë's große Flüge");
mkdirSync(folder);

const PROGRAM = `'${process.execPath}' '${LAUNCHER}'`;
const { NODE_OPTIONS = '' } = cliEnvironment();
const PATH = process.env['PATH'] ?? '';

function bash(line: string, env: Readonly<Record<string, string>> = {}) {
  return spawnSync('bash', ['--norc', '-c', `set -o pipefail; ${line}`], {
    cwd: folder,
    env: { PATH, NODE_OPTIONS, ...env },
    encoding: 'utf8',
  });
}

function assertQuiet(result: ReturnType<typeof bash>): void {
  assert.deepEqual([result.status, result.stderr], [0, '']);
}

/** Creates a data folder that already contains a database for simulated records. */
const withSandbox = (dataDir: string): Promise<void> =>
  copyEmbedded(path.join(folder, dataDir, 'sandbox', 'database'));

void describe('the program', () => {
  void it('runs without HOME, with LANG=C, in a folder with spaces, quotes and non-ASCII letters in its name', () => {
    const flags = `--data-dir 'my data' --resources launches`;
    const run = bash(`${PROGRAM} run --verbose --source sandbox ${flags}`, { LANG: 'C', LC_ALL: 'C' });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^Folder: .*Zoë's große Flüge/m);
    const proposed = /^Query: (.*)$/m.exec(run.stdout)?.[1] ?? 'false';
    // The launcher's first line uses the first `node` in the PATH.
    const tried = bash(proposed.replace(/query '.*'/, "query 'SELECT rocket_name FROM launches'"), {
      PATH: `${path.dirname(process.execPath)}:${PATH}`,
    });
    assert.match(tried.stdout, /^Albatros Größe L \(simulated\)$/m, tried.stderr);
    assert.match(proposed, /--data-dir/);
  });

  void it('names the data folder to which it cannot write, and the flag that changes it', () => {
    writeFileSync(path.join(folder, 'file'), '');
    const { status, stderr } = bash(`${PROGRAM} run --source sandbox --data-dir file/data --quiet`);
    assert.equal(status, 1);
    assert.match(stderr, /^error: Cannot write .*file\/data\/.*: ENOTDIR.*\nhint: .*--data-dir\.\n$/);
  });

  void it('names its own damaged file, and does not guess what the file contained', () => {
    const kept = path.join(folder, 'damaged', 'sandbox', 'contents.json');
    mkdirSync(path.dirname(kept), { recursive: true });
    writeFileSync(kept, '');
    const flags = '--data-dir damaged --resources launches --quiet';
    const { status, stderr } = bash(`${PROGRAM} run --source sandbox ${flags}`);
    assert.equal(status, 2);
    assert.equal(stderr.split('\n')[0], `error: Cannot read ${kept}: it is damaged`);
    assert.match(
      stderr,
      /\nhint: If the run\.json .*, write \{"sources":\{"spacex":\{"simulated":true\}\}\} to that file; .*\n$/,
    );
  });

  void it('ends quietly when the reader of its output stops reading', () => {
    const first = bash(`${PROGRAM} resources show launches --json | head -1`);
    assertQuiet(first);
    assert.equal(first.stdout, '{\n');
    assertQuiet(bash(`${PROGRAM} sandbox --help | true`));
  });

  void it(
    'finishes a run even if its log or its summary cannot be written',
    { skip: !existsSync('/dev/full') },
    async () => {
      await withSandbox('unread');
      const run = `${PROGRAM} run --source sandbox --resources launches --data-dir unread`;
      const ends = [`2>&1 >/dev/null | head -1`, `2>/dev/full >/dev/null`, `2>/dev/null | true`];
      for (const end of ends) assert.equal(bash(`${run} ${end}`).status, 0, end);
      const { stdout } = bash(`${PROGRAM} runs --json --data-dir unread/sandbox`);
      const runs = JSON.parse(stdout) as readonly { readonly status: string }[];
      assert.deepEqual(
        runs.map(({ status }) => status),
        ends.map(() => 'succeeded'),
      );
    },
  );

  void it('reports that its output cannot be written, and fails', { skip: !existsSync('/dev/full') }, () => {
    const { status, stderr } = bash(`${PROGRAM} resources >/dev/full`);
    assert.equal(status, 1);
    assert.match(stderr, /^error: Cannot write the output: ENOSPC: .*\nhint: .*\n$/);
  });

  void it('reports in one line that the current folder has been deleted', () => {
    const { status, stdout, stderr } = bash(`mkdir gone && cd gone && rmdir ../gone && ${PROGRAM} config`);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(
      stderr,
      /^error: Cannot start spacex-pipeline: the current folder was deleted.*\nhint: .*\n$/,
    );
  });

  void it('works with stdin closed', () => {
    const listed = bash(`${PROGRAM} dag <&-`);
    assertQuiet(listed);
    assert.match(listed.stdout, /publish\n$/);
  });

  void it('continues when its terminal hangs up if it was started with nohup', async () => {
    await withSandbox('hangup');
    const line = `nohup ${PROGRAM} run --source sandbox --resources launches --data-dir hangup & echo $!; wait $!`;
    const shell = spawn('bash', ['--norc', '-c', line], { cwd: folder, env: { PATH, NODE_OPTIONS } });
    const { seen, until } = linesOf(shell.stdout);
    await until(({ length }) => length > 0);
    const [pid] = seen;
    const ended = once(shell, 'close');
    let log = '';
    for await (const chunk of shell.stderr.setEncoding('utf8')) {
      const before = log;
      log += String(chunk);
      if (/ run \S+ from sandbox/.test(log) && !/ run \S+ from sandbox/.test(before))
        process.kill(Number(pid), 'SIGHUP');
    }
    assert.deepEqual(await ended, [0, null], log);
    assert.match(log, / run \S+ from sandbox/);
  });

  void it('prints the same text without colors to a pipe, regardless of TERM', () => {
    const [plain, narrow, wide, colorful] = [
      {},
      { COLUMNS: '80', TERM: 'dumb' },
      { COLUMNS: '200', NO_COLOR: '1' },
      { TERM: 'xterm-256color', FORCE_COLOR: '3' },
    ].map((env) => bash(`${PROGRAM} resources`, env));
    assert.ok(plain !== undefined && !plain.stdout.includes('\u001b'));
    for (const other of [narrow, wide, colorful]) assert.equal(other?.stdout, plain.stdout);
  });

  const columns = [40, 80, 200];
  const noPty = bash('script --version').stdout.includes('util-linux')
    ? false
    : 'needs script from util-linux';
  void it('splits wide tables to fit the terminal, but not in a pipe', { skip: noPty }, () => {
    const sql =
      'SELECT flight_number, rocket_id, launchpad_id, success, launch_date_utc FROM launches LIMIT 3';
    const query = `${PROGRAM} query '${sql}' --data-dir 'my data/sandbox' --quiet`;
    const whole = bash(query).stdout;
    assert.match(whole, /^flight_number +rocket_id /);
    for (const width of columns) {
      const { status, stdout } = inTerminal(`stty cols ${width}; ${query}`);
      assert.equal(status, 0, stdout);
      const tables = stripVTControlCharacters(stdout.replaceAll('\r', '')).replaceAll(/ +$/gm, '');
      const widest = Math.max(...tables.split('\n').map((line) => line.length));
      assert.ok(widest <= width, `${widest} on ${width} columns: ${tables}`);
      assert.equal(tables === whole, width === 200);
    }
    assert.equal(inTerminal(`stty cols 40; ${query} | cat`).stdout.replaceAll('\r', ''), whole);
  });

  void it('logs lines on a terminal that cannot move the cursor', { skip: noPty }, async () => {
    await Promise.all(['dumb', 'xterm'].map(withSandbox));
    const run = `${PROGRAM} run --source sandbox --resources launches --data-dir`;
    const [dumb, screen] = ['dumb', 'xterm'].map((TERM) => inTerminal(`${run} ${TERM}`, { TERM }));
    assert.equal(dumb?.status, 0, dumb?.stdout);
    assert.ok(!dumb.stdout.includes('\u001b['));
    assert.match(dumb.stdout, /info +launches: received \d+ bytes/);
    assert.ok(screen?.stdout.includes('\u001b[1A'), 'a capable terminal shows progress in place');
  });
});

/** Runs a line in a new terminal, which receives stdout and stderr. */
function inTerminal(line: string, env: Readonly<Record<string, string>> = {}): ReturnType<typeof bash> {
  return bash(`script -qec ${shellQuote(line)} /dev/null </dev/null`, env);
}
