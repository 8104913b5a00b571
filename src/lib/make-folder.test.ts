import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { makeFolder } from './make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'make-folder-'));
after(() => rmSync(root, { recursive: true }));

test('creates missing folders and returns the topmost new folder', async () => {
  assert.equal(await makeFolder(join(root, 'a/b/c')), join(root, 'a'));
  assert.ok(statSync(join(root, 'a/b/c')).isDirectory());
  assert.equal(await makeFolder(join(root, 'a/b')), undefined);
  assert.equal(await makeFolder(join(root, 'a/b/d')), join(root, 'a/b/d'));
  const twice = await Promise.all([makeFolder(join(root, 'e/f')), makeFolder(join(root, 'e/f'))]);
  assert.ok(twice.includes(join(root, 'e')));
});

test('fails if a file is in the way', async () => {
  writeFileSync(join(root, 'file'), '');
  await assert.rejects(makeFolder(join(root, 'file')), { code: 'EEXIST' });
  await assert.rejects(makeFolder(join(root, 'file/a')), { code: 'ENOTDIR' });
});

test(
  'fails if a folder exists but nothing can be created in it',
  { skip: !existsSync('/proc/self') },
  async () => {
    await assert.rejects(makeFolder('/proc/nothing/a'), { code: 'ENOENT' });
  },
);

test('works while other folders are created next to it', async () => {
  for (let round = 0; round < 20; round++) {
    const above = join(root, `round-${round}`, 'runs');
    const paths = Array.from({ length: 8 }, (_, index) => join(above, String(index), 'raw'));
    await Promise.all(paths.map((path) => makeFolder(path)));
    for (const path of paths) assert.ok(existsSync(path));
  }
});
