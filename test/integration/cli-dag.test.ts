import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import spacex from '../../src/sources/spacex/source.ts';
import { assertFailure, createWorkspace, type Workspace } from '../support/workspace.ts';

const { resources } = spacex;

let workspace: Workspace;
before(() => {
  workspace = createWorkspace();
});
after(() => workspace.remove());

void describe('dag', { concurrency: 3 }, () => {
  void it('prints which resources run in parallel, and which wait for others', async () => {
    workspace.configure({ resources: null });
    const { code, stdout } = await workspace.run(['dag']);
    assert.equal(code, 0);
    const lines = stdout.trimEnd().split('\n');
    assert.match(lines[0] ?? '', /^1\. .*\brockets\b/);
    assert.match(lines[1] ?? '', /^2\. launches \(needs rockets\)$/);
    assert.equal(lines[2], '3. publish');
    for (const { name } of resources) assert.match(stdout, new RegExp(`\\b${name}\\b`));
  });

  void it('adds the resources that the selected ones need, and prints every edge as JSON and as Mermaid', async () => {
    const only = ['dag', '--resources', 'launches'];
    assert.deepEqual(await workspace.json(only), [
      { name: 'rockets', needs: [] },
      { name: 'launches', needs: ['rockets'] },
      { name: 'publish', needs: ['rockets', 'launches'] },
    ]);
    const { stdout } = await workspace.run([...only, '--mermaid']);
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      'flowchart LR',
      '  rockets',
      '  launches',
      '  publish',
      '  rockets --> launches',
      '  rockets --> publish',
      '  launches --> publish',
    ]);
  });

  void it('rejects an unknown resource', async () => {
    assertFailure(await workspace.run(['dag', '--resources', 'nix']), {
      code: 2,
      message: /Cannot find resource "nix"/,
    });
  });
});
