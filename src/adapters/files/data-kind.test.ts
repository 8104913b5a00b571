import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';

import { openDataKind } from './data-kind.ts';

async function folder(t: TestContext): Promise<{ readonly dataDir: string; readonly path: string }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'data-kind-'));
  t.after(() => rm(dataDir, { recursive: true }));
  return { dataDir, path: join(dataDir, 'contents.json') };
}

describe('the record kind of a data folder', () => {
  it('is stored for each source, even if many sources are written at the same time', async (t) => {
    const { dataDir, path } = await folder(t);
    const names = Array.from({ length: 20 }, (_, index) => `source_${index}`);
    assert.equal(await openDataKind(dataDir, 'source_0').known(), null);
    await Promise.all(names.map((name, index) => openDataKind(join(dataDir), name).keep(index % 2 === 0)));
    const known = await Promise.all(names.map((name) => openDataKind(dataDir, name).known()));
    assert.deepEqual(
      known,
      names.map((_, index) => index % 2 === 0),
    );
    // // Once stored, a kind never changes.
    const before = await readFile(path, 'utf8');
    await openDataKind(dataDir, 'source_0').keep(false);
    assert.equal(await readFile(path, 'utf8'), before);
    assert.equal(await openDataKind(dataDir, 'another').known(), null);
  });

  it('applies to every source if an older version stored it', async (t) => {
    const { dataDir, path } = await folder(t);
    await writeFile(path, '{"simulated":true}\n');
    const { keep, known, refusal } = openDataKind(dataDir, 'any');
    assert.equal(await known(), true);
    await keep(true);
    assert.equal(await readFile(path, 'utf8'), '{"simulated":true}\n');
    assert.equal(
      refusal(false).message,
      `Cannot store real records in data folder ${dataDir}: it contains simulated records`,
    );
  });

  it('is not guessed if the file is damaged or does not contain it', async (t) => {
    const { dataDir, path } = await folder(t);
    const { keep, known } = openDataKind(dataDir, 'test');
    for (const [text, reason] of [
      ['', 'it is damaged'],
      ['{"simulated":tr', 'it is damaged'],
      ['null', 'it is damaged'],
      ['{}', 'it does not indicate whether the records are real or simulated'],
      ['{"simulated":"no"}', 'it does not indicate whether the records are real or simulated'],
      ['{"sources":null}', 'it does not indicate whether the records are real or simulated'],
      ['{"sources":{"test":{}}}', 'it does not indicate whether the records are real or simulated'],
    ] as const) {
      await writeFile(path, text);
      const expected = { code: 'kind', message: `Cannot read ${path}: ${reason}` };
      await assert.rejects(known(), expected, text);
      await assert.rejects(keep(true), expected, text);
      assert.equal(await readFile(path, 'utf8'), text);
    }
    await rm(path);
    await mkdir(path);
    await assert.rejects(known(), { code: 'kind', message: /^Cannot read .*EISDIR/ });
  });

  it('is written even if an earlier process was killed while writing it', async (t) => {
    const { dataDir, path } = await folder(t);
    await writeFile(`${path}.lock`, '');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${path}.lock`, longAgo, longAgo);
    await openDataKind(dataDir, 'test').keep(true);
    assert.equal(await openDataKind(dataDir, 'test').known(), true);
  });
});
