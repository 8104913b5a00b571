import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { runCli } from '../../src/cli/program.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { cliEnvironment } from '../support/cli.ts';
import { createTestServer, type ServerWorkspace, type TestServer } from '../support/workspace.ts';

const ESCAPE = '\u001b[';

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

type Printed = { readonly stdout: string; readonly stderr: string };

/** What a command prints on a terminal of a width, by its setting of NO_COLOR. */
async function onTerminal(args: readonly string[], columns: number, noColour = ''): Promise<Printed> {
  Object.assign(process.env, { NO_COLOR: noColour, TERM: 'xterm' });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  await runCli(args, {
    stdout: { write: (text) => stdout.push(text), isTTY: true, columns },
    stderr: { write: (text) => stderr.push(text), isTTY: true, columns },
    cwd: workspace.folder,
    env: cliEnvironment(),
    signal: new AbortController().signal,
  });
  return { stdout: stdout.join(''), stderr: stderr.join('') };
}

void describe('on a terminal', () => {
  void it('a run ends in lines that fit, with a coloured mark', async () => {
    const sandbox = await startSandbox({ launches: 40 });
    const { stdout } = await onTerminal(['run', '--migrate', '--from', sandbox.url], 80);
    await sandbox.close();
    assert.ok(stdout.startsWith(`${ESCAPE}32m✓${ESCAPE}0m 2 of 2 collections, `), stdout);
    const plain = stdout.replace(`${ESCAPE}32m`, '').replace(`${ESCAPE}0m`, '').trimEnd().split('\n');
    assert.ok(plain.length <= 25, stdout);
    // Commands are typed as they are, and may be long.
    const long = plain.filter((line) => line.length > 80 && !line.includes('bin/spacex-pipeline'));
    assert.deepEqual(long, []);
    assert.match(stdout, /^Ask:\n {2}\S*bin\/spacex-pipeline query '/m);
  });

  void it('names of columns, null and errors have their looks, unless NO_COLOR is set', async () => {
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
