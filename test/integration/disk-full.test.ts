import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, it } from 'node:test';

import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { mountSmallDisk, NO_SMALL_DISK } from '../support/small-disk.ts';
import { assertFailure, createTestServer, createWorkspace, type TestServer } from '../support/workspace.ts';

let server: TestServer;
let sandbox: Sandbox;
before(async () => {
  [server, sandbox] = await Promise.all([createTestServer(), startSandbox({ launches: 400 })]);
});
after(async () => {
  await sandbox.close();
  await server.close();
});

it('a data folder that is full fails the resource, publishes the others, and leaves nothing half-written', async (t) => {
  const { pull, run, sql } = server.workspace();
  assert.equal((await run(['migrate', 'up'])).code, 0);
  for (const [size, file, published] of [
    ['24k', /\/validated\/rockets\.ndjson: ENOSPC/, 0],
    ['500k', /\/raw\/launches\/0001\.json: ENOSPC/, 4],
  ] as const) {
    const disk = mountSmallDisk(size);
    if (disk === null) return t.skip(NO_SMALL_DISK);
    try {
      const result = await pull(['--source', sandbox.url, '--data-dir', disk.folder]);
      assertFailure(result, { code: 1, message: file, hint: /Make room/ });
      assert.deepEqual(await sql('SELECT count(*)::int AS n FROM rockets'), [{ n: published }]);
      assert.deepEqual(await sql('SELECT count(*)::int AS n FROM launches'), [{ n: 0 }]);
      const left = readdirSync(path.join(disk.folder, 'runs', result.report.run_id ?? ''), {
        recursive: true,
      });
      assert.deepEqual(
        left.filter((name) => String(name).endsWith('.tmp')),
        [],
      );
    } finally {
      disk.remove();
    }
  }
});

it('an embedded database on a full disk says so, and works once there is room', async (t) => {
  const workspace = createWorkspace();
  t.after(workspace.remove);
  const disk = mountSmallDisk('20m');
  if (disk === null) return t.skip(NO_SMALL_DISK);
  try {
    const args = ['run', '--source', sandbox.url, '--data-dir', disk.folder];
    const message = /Cannot open the embedded database in .*no space left on device \(ENOSPC\)$/;
    assertFailure(await workspace.run(args), { code: 5, message, hint: /Make room/ });
    disk.resize('200m');
    const { code, stderr } = await workspace.run(args);
    assert.equal(code, 0, stderr);
  } finally {
    disk.remove();
  }
});
