import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';

import {
  socketElsewhere,
  socketInFolder,
  type SocketPlace,
} from '../../src/adapters/files/database-socket.ts';
import { findSocket, lockFolder, type FolderLock } from '../../src/adapters/files/folder-lock.ts';
import { systemClock } from '../../src/lib/clock.ts';

const root = mkdtempSync(join(realpathSync(tmpdir()), 'test-socket-'));
after(() => rmSync(root, { recursive: true }));

async function lock(dataDir: string): Promise<FolderLock> {
  const { signal } = new AbortController();
  return lockFolder(dataDir, {
    what: 'serve',
    waitMs: 0,
    clock: systemClock,
    signal,
    allowNetworkFolder: false,
  });
}

async function listen(t: TestContext, { path }: SocketPlace): Promise<void> {
  const server = createServer();
  server.listen(path);
  await once(server, 'listening');
  t.after(() => server.close());
}

for (const [name, place] of [
  ['in the data folder', socketInFolder],
  ['elsewhere', socketElsewhere],
] as const) {
  void describe(`a socket ${name}`, () => {
    void it('is found from its own data folder, but not from a copy of that folder', async (t) => {
      const [dataDir, copy] = [join(root, name), join(root, `${name}, copied`)];
      mkdirSync(copy);
      const held = await lock(dataDir);
      t.after(held.release);
      const own = (await place(dataDir)) ?? assert.fail();
      t.after(own.remove);
      await listen(t, own);
      assert.equal(await findSocket(dataDir), null);
      await held.announce({ url: null, socket: own.path });
      assert.equal(await findSocket(dataDir), own.path);
      copyFileSync(join(dataDir, 'database-holder.json'), join(copy, 'database-holder.json'));
      assert.equal(await findSocket(copy), null);
      const other = await lock(copy);
      await other.release();
      assert.ok(existsSync(own.path), 'locking the copy does not remove the socket');
    });

    void it(
      'is not trusted if it belongs to a different user',
      { skip: process.getuid?.() !== 0 && 'needs root' },
      async (t) => {
        const dataDir = join(root, `${name}, foreign`);
        const held = await lock(dataDir);
        t.after(held.release);
        const own = (await place(dataDir)) ?? assert.fail();
        t.after(own.remove);
        await listen(t, own);
        await held.announce({ url: null, socket: own.path });
        chownSync(own.path, 65_534, 65_534);
        assert.equal(await findSocket(dataDir), null);
      },
    );

    void it('is removed by the next holder if the previous holder left it behind', async (t) => {
      const dataDir = join(root, `${name}, left`);
      const first = await lock(dataDir);
      const own = (await place(dataDir)) ?? assert.fail();
      await listen(t, own);
      await first.announce({ url: null, socket: own.path });
      const left = join(root, 'left.json');
      copyFileSync(join(dataDir, 'database-holder.json'), left);
      await first.release();
      copyFileSync(left, join(dataDir, 'database-holder.json'));
      const next = await lock(dataDir);
      t.after(next.release);
      assert.equal(existsSync(own.path), false);
      assert.equal(existsSync(dirname(own.path)), place === socketInFolder);
    });
  });
}

void it('there is no socket in the data folder if its path would be too long', async () => {
  const long = join(root, 'x'.repeat(100));
  mkdirSync(long);
  assert.equal(await socketInFolder(long), null);
});
