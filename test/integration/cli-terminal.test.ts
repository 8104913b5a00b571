import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { lockSchema } from '../../src/adapters/postgres/lock.ts';
import { openServer } from '../../src/adapters/postgres/server.ts';
import { runCli } from '../../src/cli/program.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { cliEnvironment } from '../support/cli.ts';
import { createTestServer, type ServerWorkspace, type TestServer } from '../support/workspace.ts';

const ESCAPE = '\u001b[';
const UP = `${ESCAPE}1A`;
const CLEAR = `${ESCAPE}2K`;

let server: TestServer;
let workspace: ServerWorkspace;
const own = { NO_COLOR: process.env['NO_COLOR'], TERM: process.env['TERM'] };

before(async () => {
  await import('../support/offline.ts');
  server = await createTestServer();
  workspace = server.workspace({ resources: ['rockets', 'launches'] });
});
after(async () => {
  Object.assign(process.env, own);
  for (const [name, value] of Object.entries(own)) if (value === undefined) delete process.env[name];
  await server.close();
});

type Printed = {
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, in the order in which they were written. */
  readonly all: string;
};

/** Returns what a command prints on a terminal of this width with this NO_COLOR setting. */
async function onTerminal(args: readonly string[], columns: number, noColor = ''): Promise<Printed> {
  Object.assign(process.env, { NO_COLOR: noColor, TERM: 'xterm' });
  const written: (readonly ['stdout' | 'stderr', string])[] = [];
  await runCli(args, {
    stdout: { write: (text) => written.push(['stdout', text]), isTTY: true, columns },
    stderr: { write: (text) => written.push(['stderr', text]), isTTY: true, columns },
    cwd: workspace.folder,
    env: cliEnvironment(),
    signal: new AbortController().signal,
  });
  const text = (wanted?: string): string =>
    written.flatMap(([name, part]) => (wanted === undefined || name === wanted ? [part] : [])).join('');
  return { stdout: text('stdout'), stderr: text('stderr'), all: text() };
}

/** The lines that remain on the screen after this uncolored text is printed. */
function screenAfter(text: string): string[] {
  const lines = [''];
  let at = 0;
  for (const part of text.split(/(\n|\p{Cc}\[\d+[AGK])/u)) {
    if (part === '\n') at += 1;
    else if (part === UP) at -= 1;
    else if (part === CLEAR) lines[at] = '';
    else if (!part.startsWith(ESCAPE)) lines[at] = `${lines[at] ?? ''}${part}`;
  }
  return lines.filter((line) => line !== '');
}

void describe('on a terminal', () => {
  void it('the final lines of a run fit the width and include a colored check mark', async () => {
    const sandbox = await startSandbox({ launches: 40 });
    const { stdout } = await onTerminal(['run', '--migrate', '--from', sandbox.url], 80);
    await sandbox.close();
    assert.ok(stdout.startsWith(`${ESCAPE}32m✓${ESCAPE}0m 2 of 2 resources, `), stdout);
    const plain = stdout.replace(`${ESCAPE}32m`, '').replace(`${ESCAPE}0m`, '').trimEnd().split('\n');
    assert.ok(plain.length <= 25, stdout);
    // Commands are printed without line breaks, so they may exceed the width.
    const long = plain.filter((line) => line.length > 80 && !line.includes('bin/spacex-pipeline'));
    assert.deepEqual(long, []);
    assert.match(stdout, /^Query:\n {2}\S*bin\/spacex-pipeline query '/m);
  });

  void it('the progress display disappears, whether the run succeeds or fails', async () => {
    const sandbox = await startSandbox({ launches: 40 });
    const { all, stderr, stdout } = await onTerminal(
      ['run', '--migrate', '--from', sandbox.url, '--full'],
      80,
      '1',
    );
    await sandbox.close();
    assert.match(stderr, / total\n/);
    assert.deepEqual(screenAfter(all), screenAfter(stdout));
    const args = ['run', '--database-url', 'postgresql://127.0.0.1:1/none'];
    const failed = await onTerminal(args, 80, '1');
    assert.match(failed.stderr, / total\n/);
    const [error = '', hint = '', ...others] = screenAfter(failed.all);
    assert.match(error, /^error: Cannot connect /);
    assert.match(hint, /^hint: /);
    assert.deepEqual(others, []);
  });

  void it('a skipped run prints a warning, although nothing else is logged', async (t) => {
    const database = openServer({ url: server.url, schema: workspace.schema });
    t.after(database.close);
    await lockSchema(await database.connect(), workspace.schema);
    const { all } = await onTerminal(['run', '--if-busy', 'skip'], 80, '1');
    const [line = '', ...others] = screenAfter(all);
    assert.match(line, / warn {2}skipped because schema test_1\b.* is busy: /);
    assert.deepEqual(others, []);
  });

  void it('column names, nulls and errors are styled unless NO_COLOR is set', async () => {
    const sql = ['query', 'SELECT NULL AS nothing', '--no-pager'];
    const { stdout } = await onTerminal(sql, 80);
    assert.match(stdout, /^\S+1mnothing\S+0m$/m);
    assert.ok(stdout.includes(`${ESCAPE}2mNULL`));
    const { stderr } = await onTerminal(['query', 'SELECT nope'], 80);
    assert.ok(stderr.includes(`${ESCAPE}31merror:${ESCAPE}0m Cannot run the query`), stderr);
    assert.ok(stderr.includes(`${ESCAPE}1mhint:${ESCAPE}0m `), stderr);
    for (const args of [sql, ['query', 'SELECT nope']]) {
      const bare = await onTerminal(args, 80, '1');
      assert.ok(!`${bare.stdout}${bare.stderr}`.includes(ESCAPE), args.join(' '));
    }
  });
});
