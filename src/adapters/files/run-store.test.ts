import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';

import { checkDataKind, openRunStore } from './run-store.ts';

async function* body(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('[]');
}

describe('a run folder', () => {
  it('takes the first bodies of many resources at the same time, and knows their kind', async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'run-store-'));
    t.after(() => rm(dataDir, { recursive: true }));
    // The first body marks the kind of the folder, which the others read meanwhile.
    for (let round = 0; round < 20; round += 1) {
      const folder = join(dataDir, String(round));
      const run = await openRunStore(folder, true).create('run');
      const writing: ReturnType<typeof run.writeRaw>[] = [];
      for (let index = 0; index < 32; index += 1) {
        writing.push(run.writeRaw(`resource_${index}`, body()));
        await setImmediate();
      }
      const written = await Promise.all(writing);
      assert.deepEqual(new Set(written.map(({ bytes }) => bytes)), new Set([2]));
      await checkDataKind(folder, true);
      await assert.rejects(checkDataKind(folder, false), { code: 'kind' });
    }
  });

  it('is not written where the data folder does not say which kind of records it keeps', async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'run-store-'));
    t.after(() => rm(dataDir, { recursive: true }));
    const path = join(dataDir, 'contents.json');
    const run = await openRunStore(dataDir, true).create('run');
    for (const [text, reason] of [
      ['', 'it is damaged'],
      ['{"simulated":tr', 'it is damaged'],
      ['null', 'it is damaged'],
      ['{}', 'it does not say which kind of records is kept here'],
      ['{"simulated":"no"}', 'it does not say which kind of records is kept here'],
    ] as const) {
      await writeFile(path, text);
      const expected = { code: 'kind', message: `Cannot read ${path}: ${reason}` };
      await assert.rejects(checkDataKind(dataDir, true), expected);
      await assert.rejects(run.writeRaw('makers', body()), expected);
      assert.equal(await readFile(path, 'utf8'), text);
    }
    await rm(path);
    await mkdir(path);
    await assert.rejects(checkDataKind(dataDir, true), { code: 'kind', message: /^Cannot read .*EISDIR/ });
  });

  it('shares the stage files of an earlier one, all of them or none', async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'run-store-'));
    t.after(() => rm(dataDir, { recursive: true }));
    const store = openRunStore(dataDir, true);
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
    assert.equal(await later.linkStages(names, 'earlier'), false, 'one is not there');
    await writeFile(join(earlier.path, full), '');
    assert.equal(await later.linkStages(names, 'earlier'), false, 'one lost its bytes');
    assert.deepEqual([await isThere(empty), await isThere(full)], [false, false]);
    await writeFile(join(earlier.path, full), 'part_id,position,tag\n');
    // What a try of this run has left is replaced.
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
