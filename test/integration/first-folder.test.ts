import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { sandboxReplies, startApi } from '../support/api.ts';
import { createTestServer, createWorkspace } from '../support/workspace.ts';

void describe('a new data folder', { concurrency: 2 }, () => {
  void it('is announced when it is created, even with --quiet', async (t) => {
    const workspace = createWorkspace(null);
    t.after(workspace.remove);
    const run = ['run', '--from', 'sandbox', '--resources', 'company', '--quiet'];
    const made = `${workspace.folder}/data/sandbox`;
    const first = await workspace.run(run);
    assert.deepEqual([first.code, first.stderr], [0, `note: created the data folder ${made}\n`]);
    const second = await workspace.run(run);
    assert.deepEqual([second.code, second.stderr], [0, '']);
    const other = await workspace.run([
      'migrate',
      'up',
      '--quiet',
      '--data-dir',
      'other',
      '--log-format',
      'json',
    ]);
    const { event, path } = JSON.parse(other.stderr);
    assert.deepEqual([event, path], ['folder.made', `${workspace.folder}/other`]);
  });

  void it('is announced even if the database is on a server', async (t) => {
    const server = await createTestServer();
    const api = await startApi(await sandboxReplies({ launches: 3 }));
    t.after(async () => {
      await api.close();
      await server.close();
    });
    const workspace = server.workspace({ resources: ['rockets'] });
    const run = ['run', '--migrate', '--quiet', '--from', api.url];
    const first = await workspace.run(run);
    assert.deepEqual(
      [first.code, first.stderr],
      [0, `note: created the data folder ${workspace.folder}/data\n`],
    );
    assert.deepEqual((await workspace.run(run)).stderr, '');
  });
});

void describe('run --from live without a network', { concurrency: 2 }, () => {
  const workspace = createWorkspace(null);
  after(workspace.remove);

  void it('fails before a run begins, and suggests a command that works', async () => {
    const { code, stderr, stdout } = await workspace.run(['run', '--from', 'live']);
    assert.deepEqual([code, stdout], [3, '']);
    const [error, hint, ...rest] = stderr.trimEnd().split('\n');
    assert.equal(
      error,
      'error: Cannot reach https://api.spacexdata.com: getaddrinfo ENOTFOUND api.spacexdata.com',
    );
    const command = /^hint: Load .* instead: \S*bin\/spacex-pipeline (run --or-sandbox)$/.exec(
      hint ?? '',
    )?.[1];
    assert.deepEqual(rest, []);
    assert.deepEqual(workspace.list(), []);
    const typed = await workspace.run([...(command ?? 'none').split(' '), '--resources', 'company']);
    assert.equal(typed.code, 0, typed.stderr);
  });

  void it('fails after 2.5 s if the API does not respond', async (t) => {
    const silent = createWorkspace({ source: { baseUrl: 'http://api.silent' } });
    t.after(silent.remove);
    const { code, stderr } = await silent.run(['run', '--from', 'live']);
    assert.equal(code, 3);
    assert.match(
      stderr,
      /^error: Cannot reach http:\/\/api\.silent: no connection within 2\.5 s\nhint: Load preserved copies instead: \S+ run --from archive\n$/,
    );
  });
});
