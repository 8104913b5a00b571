import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import type { JobReport } from '../../src/core/job.ts';
import type { RunReport } from '../../src/core/run.ts';
import type { StatusReport } from '../../src/core/status.ts';
import { sandboxReplies, startApi } from '../support/api.ts';
import type { CliResult } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { assertFailure, createTestServer, createWorkspace, QUICK_SOURCE } from '../support/workspace.ts';

/**
 * Simulated records have their own data folder, inside the real data folder. These tests show which of the two folders
 * each command reads.
 */
const api = await startApi(await sandboxReplies({ launches: 10 }));
after(() => api.close());
const source = { ...QUICK_SOURCE, baseUrl: api.url };
const resources = ['rockets'];

void describe('the folder of simulated records', { concurrency: 1 }, () => {
  const workspace = createWorkspace({ source, resources });
  after(() => workspace.remove());

  async function look(): Promise<Record<'status' | 'runs' | 'jobs', CliResult>> {
    return {
      status: await workspace.run(['status', '--json']),
      runs: await workspace.run(['runs', '--json']),
      jobs: await workspace.run(['jobs', '--json']),
    };
  }

  const kindsOf = ({ stdout }: CliResult): readonly unknown[] =>
    (JSON.parse(stdout) as RunReport[]).map(({ simulated }) => simulated);

  void it('is read if only this folder has a database, and each command prints a note about it', async () => {
    assert.equal((await workspace.run(['run', '--from', 'sandbox'])).code, 0);
    const { jobs, runs, status } = await look();
    for (const { code, stderr } of [jobs, runs, status]) {
      assert.equal(code, 0, stderr);
      assert.equal(
        stderr,
        'note: Reading the simulated records in data/sandbox: nothing has been published in data yet\n',
      );
    }
    const { database, sources }: StatusReport = JSON.parse(status.stdout);
    assert.equal(database, path.join(workspace.folder, 'data/sandbox/database'));
    assert.equal(sources[0]?.last_success?.simulated, true);
    assert.deepEqual(kindsOf(runs), [true]);
    assert.match((await workspace.run(['status', '--max-age', '1s'])).stdout, NEXT);
  });

  void it('is read by every read-only command', async () => {
    const [rocket] = await workspace.json<{ id: string }[]>(['query', 'SELECT id FROM rockets LIMIT 1']);
    for (const args of [
      ['query', 'SELECT 1'],
      ['checks'],
      ['tables'],
      ['verify'],
      ['drift'],
      ['rejects'],
      ['explain', 'rockets', String(rocket?.id)],
      ['export', '--out', 'files'],
    ]) {
      const { code, stderr } = await workspace.run(args);
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^note: Reading the simulated records in data\/sandbox: /, args.join(' '));
    }
  });

  void it('is never written to by default', async () => {
    const disabled = await workspace.run(['jobs', 'disable', 'spacex']);
    assertFailure(disabled, { code: 5, message: /there is no database yet/ });
    for (const args of [
      ['query', '--write', 'DELETE FROM rockets'],
      ['rejects', 'waive', 'x', '--reason', 'y'],
    ])
      assertFailure(await workspace.run(args), {
        code: 5,
        message: /there is no database in \S+\/data yet/,
        hint: /^hint: List the tables of simulated records with: \S+ --data-dir \S+\/data\/sandbox tables$/,
      });
    assert.ok(!existsSync(path.join(workspace.folder, 'data/database')));
  });

  void it('contains no sandbox folder when it is the data folder itself', async () => {
    const again = await workspace.run(['--data-dir', 'data/sandbox', 'run', '--from', 'sandbox']);
    assert.equal(again.code, 0, again.stderr);
    assert.ok(!existsSync(path.join(workspace.folder, 'data/sandbox/sandbox')));
  });

  void it('does not count a run from a different address as fresh if it publishes nothing', async () => {
    workspace.configure({
      source: { ...QUICK_SOURCE, archiveUrl: 'http://127.0.0.1:9/web/20260605id_/https://api.example.com' },
      resources,
    });
    const { code, stderr } = await workspace.run(['--data-dir', 'data/sandbox', 'run']);
    workspace.configure({ source, resources });
    assert.equal(code, 3, stderr);
  });

  void it('is read until something has been published in the real folder’s database', async () => {
    workspace.configure({ source: { ...QUICK_SOURCE, baseUrl: 'http://127.0.0.1:9' }, resources });
    assert.equal((await workspace.run(['run'])).code, 3);
    workspace.configure({ source, resources });
    assert.ok(existsSync(path.join(workspace.folder, 'data/database')));
    for (const seen of Object.values(await look()))
      assert.match(seen.stderr, /^note: Reading the simulated records in data\/sandbox: /);
  });

  void it('is mentioned once something has been published in the real folder', async () => {
    assert.equal((await workspace.run(['run'])).code, 0);
    const seen = await look();
    for (const [name, { code, stderr }] of Object.entries(seen)) {
      assert.equal(code, 0, stderr);
      assert.match(stderr, /^note: Simulated records are in data\/sandbox\. To see them: .*\n$/);
      assert.match(stderr, new RegExp(`spacex-pipeline --data-dir data/sandbox ${name}\n$`));
    }
    const { database }: StatusReport = JSON.parse(seen.status.stdout);
    assert.equal(database, path.join(workspace.folder, 'data/database'));
    assert.deepEqual(kindsOf(seen.runs), [false, null]);
    const there = await workspace.run(['--data-dir', 'data/sandbox', 'runs', '--json']);
    assert.equal(there.stderr, '');
    assert.ok(kindsOf(there).includes(true));
  });
});

const NEXT = /\nNext: \S+spacex-pipeline --data-dir data\/sandbox run --from sandbox\n$/;

void it('simulated jobs next to real jobs are read from the simulated folder, and simulated and real jobs cannot be served together', async (t) => {
  const mixed = createWorkspace({
    source,
    resources,
    jobs: { made: { from: 'sandbox', schedule: null }, real: { schedule: null, enabled: false } },
  });
  t.after(mixed.remove);
  const lasts = async (): Promise<readonly unknown[]> =>
    (await mixed.json<JobReport[]>(['jobs'])).map(({ last, name }) => [name, last?.status ?? null]);
  assert.deepEqual(await lasts(), [
    ['made', null],
    ['real', null],
  ]);
  await Promise.all([withEmbedded(mixed), withEmbedded(mixed, 'data/sandbox')]);
  assert.equal((await mixed.run(['jobs', 'run', 'made'])).code, 0);
  const real = await mixed.run(['jobs', 'run', 'real', '--json']);
  assert.match(real.stderr, /^note: Job real is disabled: it runs now, but not on its schedule$/m);
  assert.partialDeepStrictEqual(JSON.parse(real.stdout), { queued: false, state: null, enabled: false });
  assert.deepEqual(await lasts(), [
    ['made', 'succeeded'],
    ['real', 'succeeded'],
  ]);
  const status = await mixed.run(['status', '--json']);
  const { sources }: StatusReport = JSON.parse(status.stdout);
  assert.deepEqual(
    sources[0]?.jobs.map(({ last }) => last?.status),
    ['succeeded', 'succeeded'],
  );
  assertFailure(await mixed.run(['serve', '--port', '0']), {
    code: 2,
    message: /Cannot serve job real together with made: simulated records/,
  });
});

void it('an empty list of jobs means that there is nothing to list or to serve', async (t) => {
  const workspace = createWorkspace({ source, resources });
  t.after(workspace.remove);
  const env = { SPACEX_PIPELINE_JOBS: '{}' };
  const listed = await workspace.run(['jobs', '--json'], env);
  assert.deepEqual([listed.code, JSON.parse(listed.stdout)], [0, []], listed.stderr);
  assert.equal((await workspace.run(['status', '--json'], env)).code, 10);
  assertFailure(await workspace.run(['serve', '--port', '0'], env), {
    code: 2,
    message: /^error: Cannot serve: there are no jobs$/,
    hint: /omit jobs/,
  });
});

void it('verify compares a server with the raw files in the folder of simulated records', async (t) => {
  const server = await createTestServer();
  t.after(server.close);
  const onServer = server.workspace({ resources });
  const { code, stderr } = await onServer.run(['run', '--migrate', '--from', 'sandbox']);
  assert.equal(code, 0, stderr);
  const { stdout } = await onServer.run(['verify']);
  assert.match(stdout, /^Everything is as it was published\.$/m);
});
