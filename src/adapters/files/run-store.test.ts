import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { openRunStore } from './run-store.ts';

async function* body(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('[]');
}

describe('a run folder', () => {
  it('accepts pages of many resources at the same time', async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'run-store-'));
    t.after(() => rm(dataDir, { recursive: true }));
    const run = await openRunStore(dataDir, 'test').create('run');
    const names = Array.from({ length: 16 }, (_, index) => `resource_${index}`);
    const written = await Promise.all(
      names.flatMap((name) => [run.writeRaw(name, 1, body()), run.writeRaw(name, 2, body())]),
    );
    assert.deepEqual(new Set(written.map(({ bytes }) => bytes)), new Set([2]));
    assert.equal(new Set(written.map(({ path }) => path)).size, 32);
    assert.equal(written[1]?.path, join('raw', 'resource_0', '0002.json'));
  });

  it('returns the pages that it contains, up to the first incomplete page', async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'run-store-'));
    t.after(() => rm(dataDir, { recursive: true }));
    const run = await openRunStore(dataDir, 'test').create('run');
    assert.equal(await run.rawInPlace('makers'), null);
    const own = { url: 'http://a/makers', etag: null, received_by: 'run', captured_at: null, proof: null };
    for (const page of [1, 2, 3]) {
      const { path, bytes, sha256 } = await run.writeRaw('makers', page, body());
      await run.writeRawMeta('makers', page, { ...own, path, bytes, sha256, simulated: page === 1 });
    }
    const inPlace = async () => (await run.rawInPlace('makers'))?.pages.map(({ file }) => file.path);
    const paths = [1, 2, 3].map((page) => join('raw', 'makers', `000${page}.json`));
    assert.deepEqual(await inPlace(), paths);
    assert.equal((await run.rawInPlace('makers'))?.simulated, true);
    await writeFile(join(run.path, paths[1] ?? ''), '{}');
    assert.deepEqual(await inPlace(), paths.slice(0, 1));
    await rm(join(run.path, 'raw', 'makers', '0001.meta.json'));
    assert.equal(await run.rawInPlace('makers'), null);
  });

  it('links all requested stage files of an earlier run, or none', async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'run-store-'));
    t.after(() => rm(dataDir, { recursive: true }));
    const store = openRunStore(dataDir, 'test');
    const [earlier, later] = [await store.create('earlier'), await store.create('later')];
    const names = [
      ['errored', 'makers'],
      ['intermediate', 'part_tags'],
    ] as const;
    const [empty, full] = ['errored/makers.ndjson', 'intermediate/part_tags.csv'] as const;
    const isThere = (name: string) =>
      stat(join(later.path, name)).then(
        () => true,
        () => false,
      );
    await writeFile(join(earlier.path, empty), '');
    assert.equal(await later.linkStages(names, 'earlier'), false, 'one file is missing');
    await writeFile(join(earlier.path, full), '');
    assert.equal(await later.linkStages(names, 'earlier'), false, 'one file is empty but should not be');
    assert.deepEqual([await isThere(empty), await isThere(full)], [false, false]);
    await writeFile(join(earlier.path, full), 'part_id,position,tag\n');
    // // Replaces files that an earlier attempt of this run left behind.
    await writeFile(join(later.path, full), 'older');
    assert.equal(await later.linkStages(names, 'earlier'), true);
    assert.equal(await readFile(join(later.path, full), 'utf8'), 'part_id,position,tag\n');
    assert.deepEqual(
      await Promise.all([later, earlier].map(async ({ path }) => (await stat(join(path, full))).nlink)),
      [2, 2],
    );
    assert.equal(await isThere(empty), true);
  });
});
