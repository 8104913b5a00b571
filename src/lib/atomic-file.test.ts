import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { createAtomicFile, writeFileAtomic } from './atomic-file.ts';

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'atomic-file-'));
});
after(() => rm(root, { recursive: true }));

const newFolder = () => mkdtemp(join(root, 'case-'));

/** Bytes that cannot be written, as if the disk were full. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type forbids it on purpose
const unwritable = { byteLength: 1 << 20 } as Uint8Array;

describe('writeFileAtomic', () => {
  it('creates and replaces a file, from text or bytes, and leaves nothing else behind', async () => {
    const folder = await newFolder();
    const path = join(folder, 'run.json');
    await writeFileAtomic(path, 'é');
    assert.equal(await readFile(path, 'utf8'), 'é');
    await writeFileAtomic(path, Buffer.from('new'), { sync: false });
    assert.equal(await readFile(path, 'utf8'), 'new');
    assert.deepEqual(await readdir(folder), ['run.json']);
  });

  it('keeps the old file and leaves no temporary file if a write fails', async () => {
    const folder = await newFolder();
    const path = join(folder, 'a');
    await writeFile(path, 'old');
    await assert.rejects(writeFileAtomic(path, unwritable));
    assert.equal(await readFile(path, 'utf8'), 'old');
    assert.deepEqual(await readdir(folder), ['a']);
  });

  it('leaves no temporary file if the rename fails', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'taken', 'inner'), { recursive: true });
    await assert.rejects(writeFileAtomic(join(folder, 'taken'), 'x'));
    assert.deepEqual(await readdir(folder), ['taken']);
  });

  it('rejects if the folder is missing', async () => {
    await assert.rejects(writeFileAtomic(join(root, 'missing', 'a'), 'x'), { code: 'ENOENT' });
  });

  it('never exposes a partial file, even with concurrent writers', async () => {
    const path = join(await newFolder(), 'a');
    const size = 1 << 20;
    await writeFileAtomic(path, Buffer.alloc(size, 0), { sync: false });
    const written = new AbortController();
    async function read(): Promise<number> {
      let reads = 0;
      while (!written.signal.aborted) {
        const bytes = await readFile(path);
        assert.equal(bytes.length, size);
        assert.ok(bytes.equals(Buffer.alloc(size, bytes.readUInt8(0))));
        reads++;
      }
      return reads;
    }
    async function write(fill: number): Promise<void> {
      for (let i = 0; i < 10; i++) await writeFileAtomic(path, Buffer.alloc(size, fill + i), { sync: false });
    }
    const reads = read();
    await Promise.all([write(1), write(101)]);
    written.abort();
    assert.ok((await reads) > 0);
  });
});

describe('createAtomicFile', () => {
  it('exposes nothing at its path before the commit, and the complete file after it', async () => {
    const folder = await newFolder();
    const path = join(folder, 'a');
    const file = await createAtomicFile(path);
    const part = Buffer.alloc(3 << 20, 'x');
    await file.write(part);
    await file.write(Buffer.from('end'));
    await assert.rejects(readFile(path), { code: 'ENOENT' });
    await file.commit();
    assert.deepEqual(await readFile(path), Buffer.concat([part, Buffer.from('end')]));
    assert.deepEqual(await readdir(folder), ['a']);
  });

  it('ignores further commits and discards after a commit', async () => {
    const folder = await newFolder();
    const path = join(folder, 'a');
    const file = await createAtomicFile(path);
    await file.write(Buffer.from('x'));
    await Promise.all([file.commit(), file.commit(), file.discard()]);
    await file.discard();
    await file.commit();
    assert.equal(await readFile(path, 'utf8'), 'x');
    await assert.rejects(
      file.write(Buffer.from('y')),
      new Error(`Cannot write ${path}: it was already committed`),
    );
  });

  it('leaves nothing behind when it is discarded, and can no longer be committed', async () => {
    const folder = await newFolder();
    const path = join(folder, 'a');
    const file = await createAtomicFile(path);
    await file.write(Buffer.from('x'));
    await Promise.all([file.discard(), file.discard()]);
    await file.discard();
    await assert.rejects(file.commit(), new Error(`Cannot commit ${path}: it was discarded`));
    assert.deepEqual(await readdir(folder), []);
  });

  it('does not commit after a failed write', async () => {
    const folder = await newFolder();
    const path = join(folder, 'a');
    const file = await createAtomicFile(path);
    await file.write(Buffer.from('half'));
    await assert.rejects(file.write(unwritable));
    await assert.rejects(file.commit(), new Error(`Cannot commit ${path}: an earlier write failed`));
    await file.discard();
    assert.deepEqual(await readdir(folder), []);
  });

  it('keeps small and large writes in order, even if the file is synced in between', async () => {
    const path = join(await newFolder(), 'a');
    const file = await createAtomicFile(path);
    const pieces = [3, 1 << 20, 5, 40 << 20, 7].map((size, index) => Buffer.alloc(size, index));
    for (const piece of pieces) await file.write(piece);
    await file.commit();
    assert.ok((await readFile(path)).equals(Buffer.concat(pieces)));
  });

  it('does not need the bytes after a write has resolved', async () => {
    const path = join(await newFolder(), 'a');
    const file = await createAtomicFile(path);
    const bytes = Buffer.alloc(3, 'a');
    await file.write(bytes);
    bytes.fill('b');
    await file.write(bytes);
    bytes.fill('c');
    await file.commit();
    assert.equal(await readFile(path, 'utf8'), 'aaabbb');
  });

  it(
    'rejects a commit if the last bytes cannot be written',
    { skip: process.platform === 'win32' },
    async () => {
      const folder = await newFolder();
      const script = `
      import { createAtomicFile } from ${JSON.stringify(import.meta.resolve('./atomic-file.ts'))};
      const file = await createAtomicFile(${JSON.stringify(join(folder, 'a'))});
      await file.write(Buffer.from('buffered until the commit'));
      console.log(await file.commit().then(() => 'committed', ({ code }) => code));`;
      const noFileMayGrow = `trap '' XFSZ; ulimit -f 0; exec "$0" --input-type=module --eval "$1"`;
      // Disables coverage, because the coverage file could not grow either.
      const env = { ...process.env, NODE_V8_COVERAGE: undefined };
      const { stdout } = spawnSync('sh', ['-c', noFileMayGrow, process.execPath, script], {
        encoding: 'utf8',
        env,
      });
      assert.equal(stdout, 'EFBIG\n');
      assert.deepEqual(await readdir(folder), []);
    },
  );

  it('keeps two writers of the same path separate', async () => {
    const folder = await newFolder();
    const path = join(folder, 'a');
    const first = await createAtomicFile(path, { sync: false });
    const second = await createAtomicFile(path, { sync: false });
    await first.write(Buffer.from('first'));
    await second.write(Buffer.from('second'));
    await second.commit();
    await first.commit();
    assert.equal(await readFile(path, 'utf8'), 'first');
    assert.deepEqual(await readdir(folder), ['a']);
  });
});
