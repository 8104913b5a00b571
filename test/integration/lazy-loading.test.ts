import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { createWorkspace, type Workspace } from '../support/workspace.ts';

const LIST = `--import=file://${join(import.meta.dirname, '../support/list-modules.ts')}`;
const DATABASE = ['/node_modules/pg/', '/node_modules/@electric-sql/', '/src/adapters/postgres/'];
const SOURCE = ['/src/adapters/http/', '/src/engine/', '/src/steps/'];
const SANDBOX = ['/src/sandbox/'];
/** Modules needed only by `serve`, the job commands and the metrics. */
const SERVE = ['pg-boss', '@hono', 'hono', 'cron-parser', 'cronstrue', '@prometheus-io'].map(
  (name) => `/node_modules/${name}/`,
);

void describe('a command loads no more than it needs', { concurrency: 2 }, () => {
  for (const [command, none] of [
    ['config', [...DATABASE, ...SOURCE, ...SANDBOX]],
    ['run --help', SANDBOX],
    [
      'resources',
      [...DATABASE, ...SANDBOX, '/src/adapters/http/', '/src/app/draft/', '/src/app/new-resource.ts'],
    ],
    ['query --help', [...SOURCE, ...SANDBOX]],
    ['sandbox --help', [...DATABASE, '/src/steps/']],
  ] as const) {
    void it(command, async (t) => {
      const workspace = createWorkspace();
      t.after(workspace.remove);
      assert.deepEqual(await loaded(workspace, command.split(' '), none), []);
    });
  }

  void it('run and query, from start to finish', async (t) => {
    const workspace = createWorkspace({ resources: ['rockets'] });
    t.after(workspace.remove);
    assert.deepEqual(await loaded(workspace, ['run', '--from', 'sandbox'], SERVE), []);
    const query = ['query', '--data-dir', 'data/sandbox', 'SELECT 1'];
    assert.deepEqual(await loaded(workspace, query, [...SERVE, ...SANDBOX]), []);
    const watched = ['run', '--from', 'sandbox', '--metrics-file', 'run.prom'];
    assert.ok((await loaded(workspace, watched, SERVE)).length > 0, 'loaded modules are detected');
  });
});

/** The modules in these places that the command loads. */
async function loaded(
  workspace: Workspace,
  args: readonly string[],
  places: readonly string[],
): Promise<readonly string[]> {
  const { code, stderr } = await workspace.run(args, { NODE_OPTIONS: LIST });
  assert.equal(code, 0, stderr);
  const modules = [...stderr.matchAll(/^module (.*)$/gm)].map(([, url = '']) => url);
  assert.ok(modules.some((url) => url.endsWith('/src/cli/program.ts')));
  return modules.filter((url) => places.some((part) => url.includes(part)));
}
