import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { createWorkspace } from '../support/workspace.ts';

void describe('the program without a command', { concurrency: 1 }, () => {
  const workspace = createWorkspace(null);
  after(workspace.remove);

  void it('shows three commands to start with if there is no data, and creates no file', async () => {
    const { code, stderr, stdout } = await workspace.run([]);
    assert.deepEqual([code, stderr], [0, '']);
    const commands = [...stdout.matchAll(/^ {2}\S*bin\/spacex-pipeline (.*)$/gm)].map(([, words]) => words);
    assert.deepEqual(commands, ['run --or-sandbox', 'init', '--help']);
    assert.ok(
      stdout.split('\n').every((line) => line.length <= 100),
      stdout,
    );
    const { needs_attention } = await workspace.json<{ readonly needs_attention: boolean }>([]);
    assert.equal(needs_attention, true);
    assert.deepEqual(workspace.list(), []);
    for (const command of ['init', '--help']) assert.equal((await workspace.run([command])).code, 0);
  });

  void it('shows the status if there is data, and exits 0', async () => {
    const run = await workspace.run(['run', '--from', 'sandbox', '--resources', 'company', '--quiet']);
    assert.equal(run.code, 0, run.stderr);
    const { code, stdout } = await workspace.run([]);
    assert.equal(code, 0);
    assert.match(stdout, /^spacex: fine\n {2}Last success: \d+ s ago, run /m);
    assert.equal((await workspace.run(['--config', 'none.json'])).code, 2);
  });
});
