import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { createWorkspace } from '../support/workspace.ts';

const LIST = `--import=file://${join(import.meta.dirname, '../support/list-modules.ts')}`;
const DATABASE = ['/node_modules/pg/', '/node_modules/@electric-sql/', '/src/adapters/postgres/'];
const SOURCE = ['/src/adapters/http/', '/src/engine/', '/src/steps/'];
const SANDBOX = ['/src/sandbox/'];

void describe('a command loads no more than it needs', { concurrency: 2 }, () => {
  for (const [command, none] of [
    ['config', [...DATABASE, ...SOURCE, ...SANDBOX]],
    ['run --help', SANDBOX],
    ['query --help', [...SOURCE, ...SANDBOX]],
    ['sandbox --help', [...DATABASE, '/src/steps/']],
  ] as const) {
    void it(command, async (t) => {
      const workspace = createWorkspace();
      t.after(workspace.remove);
      const { code, stderr } = await workspace.run(command.split(' '), { NODE_OPTIONS: LIST });
      assert.equal(code, 0, stderr);
      const modules = [...stderr.matchAll(/^module (.*)$/gm)].map(([, url = '']) => url);
      assert.ok(modules.some((url) => url.endsWith('/src/cli/program.ts')));
      assert.deepEqual(
        modules.filter((url) => none.some((part) => url.includes(part))),
        [],
      );
    });
  }
});
