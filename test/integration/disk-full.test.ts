import assert from 'node:assert/strict';
import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { copyEmbedded } from '../support/embedded-template.ts';
import { mountSmallDisk, NO_SMALL_DISK, type SmallDisk } from '../support/small-disk.ts';
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

it('a full data folder fails the affected resource, but not the others, and leaves nothing half-written', async (t) => {
  const { pull, run, sql } = server.workspace();
  assert.equal((await run(['migrate', 'up'])).code, 0);
  for (const [size, file, published] of [
    ['24k', /\/rockets(?:\/0001\.meta\.json|\.ndjson|\.json): ENOSPC/, 0],
    ['500k', /\/raw\/launches\/0001\.json: ENOSPC/, 4],
  ] as const) {
    const disk = mountSmallDisk(size);
    if (disk === null) return t.skip(NO_SMALL_DISK);
    try {
      const result = await pull(['--source', sandbox.url, '--data-dir', disk.folder]);
      assertFailure(result, { code: 1, message: file, hint: /Free up/ });
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

it('an embedded database on a full disk reports the reason, and works once there is space again', async (t) => {
  const workspace = createWorkspace();
  t.after(workspace.remove);
  const disk = mountSmallDisk('20m');
  if (disk === null) return t.skip(NO_SMALL_DISK);
  try {
    const args = ['run', '--source', sandbox.url, '--data-dir', disk.folder];
    const message = /Cannot open the embedded database in .*no space left on device.* \(ENOSPC\)$/;
    assertFailure(await workspace.run(args), { code: 5, message, hint: /Free up/ });
    disk.resize('200m');
    const { code, stderr } = await workspace.run(args);
    assert.equal(code, 0, stderr);
  } finally {
    disk.remove();
  }
});

void describe('an intact embedded database', () => {
  let disk: SmallDisk | null;
  const workspace = createWorkspace();
  before(async () => {
    disk = mountSmallDisk('200m');
    if (disk === null) return;
    await copyEmbedded(path.join(disk.folder, 'data', 'database'));
    const { code, stderr } = await workspace.run(['run', '--source', sandbox.url, ...dataDir(disk)]);
    assert.equal(code, 0, stderr);
  });
  after(() => {
    disk?.remove();
    workspace.remove();
  });

  const dataDir = ({ folder }: SmallDisk): string[] => ['--data-dir', path.join(folder, 'data')];
  const COUNT = 'SELECT count(*) AS n FROM rockets';

  for (const [free, args, message] of [
    [
      0,
      ['migrate', 'status'],
      /Cannot open the embedded database .*no space left on device: 0 MB are free, and up to 32 MB .*\(ENOSPC\)$/,
    ],
    [
      4,
      ['query', COUNT],
      /Cannot open the embedded database .*no space left on device: 0 MB are free, and up to 32 MB .*\(ENOSPC\)$/,
    ],
    [40, ['query', '--write', 'CREATE TABLE more AS SELECT n FROM generate_series(1, 9999) n'], /\(53100\)$/],
  ] as const) {
    void it(`reports that ${free} kB of free space is not enough for ${args[0]}, and stays intact`, async (t) => {
      if (disk === null) return t.skip(NO_SMALL_DISK);
      const { folder } = disk;
      const fill = path.join(folder, 'fill');
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(fill, Buffer.alloc(bavail * bsize - free * 1024));
      const failed = await workspace.run([...args, ...dataDir(disk)]);
      rmSync(fill);
      assertFailure(failed, { code: 5, message, hint: /^hint: Free up/ });
      assert.doesNotMatch(failed.stderr, /the server|Move that folder/);
      assert.deepEqual(readdirSync(path.join(folder, 'data')).sort(), [
        'contents.json',
        'database',
        'database-lock.sqlite',
        'folder-id',
        'runs',
      ]);
      assert.deepEqual(await workspace.json(['query', COUNT, ...dataDir(disk)]), [{ n: 4 }]);
    });
  }

  void it('needs free space for a log file', async (t) => {
    if (disk === null) return t.skip(NO_SMALL_DISK);
    const { folder } = disk;
    const { bavail, bsize } = statfsSync(folder);
    const fill = path.join(folder, 'fill');
    writeFileSync(fill, Buffer.alloc(bavail * bsize - 15 * 2 ** 20));
    const write = [
      'query',
      '--write',
      `CREATE TABLE large AS SELECT repeat('x', 1000) FROM generate_series(1, 6000)`,
    ];
    await workspace.run([...write, ...dataDir(disk)]);
    assertFailure(await workspace.run(['query', COUNT, ...dataDir(disk)]), {
      code: 5,
      message: /no space left on device: \d+ MB are free, and up to 32 MB may be needed \(ENOSPC\)$/,
      hint: /Free up/,
    });
    rmSync(fill);
    assert.deepEqual(await workspace.json(['query', COUNT, ...dataDir(disk)]), [{ n: 4 }]);
  });
});
