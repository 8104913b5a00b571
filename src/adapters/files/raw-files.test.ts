import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import * as fc from 'fast-check';

import { findRaw, readRawRequest, scanRaw, type KnownRaw } from './raw-files.ts';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'raw-files-'));
});
after(() => rm(dir, { recursive: true }));

const { signal } = new AbortController();

function scan(path: string, wanted: unknown, maxRecordBytes = 1 << 26) {
  const matches = (record: unknown): boolean => record !== null && Object(record).id === wanted;
  return scanRaw(path, { shape: 'array', member: null, maxRecordBytes, matches, signal });
}

async function write(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

void describe('scanRaw', () => {
  void it('finds the first matching record and its position in a page that wraps its records in an object', async () => {
    const record = '{ "id": 7, "name": "é" }';
    const text = `\uFEFF{"count": 3, "next": "?a=[{]", "results": [{"id":1}, ${record}, {"id":7}]}`;
    const path = await write(join(dir, 'page.json'), text);
    const options = { shape: 'array', member: 'results', maxRecordBytes: 1 << 20, signal } as const;
    const { record: found, sha256 } = await scanRaw(path, {
      ...options,
      matches: (one) => Object(one).id === 7,
    });
    assert.equal(sha256, createHash('sha256').update(text).digest('hex'));
    const { bytes, index, offset } = found ?? assert.fail();
    assert.deepEqual([bytes.toString(), index], [record, 1]);
    assert.equal((await readFile(path)).subarray(offset, offset + bytes.length).toString(), record);
    const broken = await write(join(dir, 'broken.json'), '{"results": [');
    assert.equal((await scanRaw(broken, { ...options, matches: () => true })).record, null);
  });

  void it('finds the bytes of the first matching record and hashes the whole file', async () => {
    const record = fc.oneof(
      fc.record({ id: fc.integer({ min: 0, max: 20 }), text: fc.string({ unit: 'binary' }) }),
      fc.jsonValue(),
    );
    const spaces = fc.constantFrom('', ' ', '\n\t', '\r\n  ');
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 40 }), spaces, async (records, space) => {
        const texts = records.map((one) => JSON.stringify(one));
        const text = `${space}[${space}${texts.join(`${space},${space}`)}${space}]`;
        const path = await write(join(dir, 'any.json'), text);
        const index = records.findIndex((one) => Object(one).id === 7);
        const { record: found, sha256 } = await scan(path, 7);
        assert.equal(sha256, createHash('sha256').update(text).digest('hex'));
        assert.equal(found?.index, index === -1 ? undefined : index);
        if (found === null) return;
        const bytes = (await readFile(path)).subarray(found.offset, found.offset + found.bytes.length);
        assert.equal(bytes.toString(), texts[index]);
        assert.equal(found.bytes.toString(), texts[index]);
      }),
    );
  });

  void it('finds a record that is longer than the read buffer', async () => {
    const text = `[{"id":"a"},{"id":"b","text":"${'ä'.repeat(200_000)}"},{"id":"c"}]`;
    const { record } = await scan(await write(join(dir, 'long.json'), text), 'b');
    assert.equal(record?.bytes.toString(), text.slice(12, text.indexOf(',{"id":"c"')));
  });

  void it('hashes a file with a JSON syntax error and finds the records before the error', async () => {
    const path = await write(join(dir, 'broken.json'), '[{"id":"a"},{"id":"b"},oops');
    assert.equal((await scan(path, 'b')).record?.index, 1);
    const { record, sha256 } = await scan(path, 'c');
    assert.deepEqual(
      [record, sha256],
      [
        null,
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      ],
    );
  });
});

void describe('findRaw', () => {
  const file = {
    path: join('raw', 'things', '0001.json'),
    url: 'http://a/things',
    bytes: 2,
    sha256: '',
    etag: null,
    received_by: 'old',
    captured_at: null,
    proof: null,
  };

  void it('prefers the run that received the file to a run that linked it, and this data folder to the one in the ledger', async () => {
    const [here, there] = [join(dir, 'here'), join(dir, 'there')];
    const known: KnownRaw = { run_id: 'new', run_dir: join(there, 'runs', 'new'), file };
    assert.equal(await findRaw(here, known), null);
    for (const [dataDir, run_id] of [
      [there, 'new'],
      [here, 'new'],
      [there, 'old'],
      [here, 'old'],
    ] as const) {
      const path = await write(join(dataDir, 'runs', run_id, file.path), '[]');
      assert.deepEqual(await findRaw(here, known), { run_id, path });
    }
  });

  void it('returns a file of the wrong size only if there is no file of the right size', async () => {
    const known: KnownRaw = { run_id: 'new', run_dir: join(dir, 'size', 'runs', 'new'), file };
    const wrong = await write(join(dir, 'size', 'runs', 'old', file.path), '[ ]');
    assert.equal((await findRaw(join(dir, 'size'), known))?.path, wrong);
    const right = await write(join(dir, 'size', 'runs', 'new', file.path), '[]');
    assert.equal((await findRaw(join(dir, 'size'), known))?.path, right);
  });
});

void it('readRawRequest returns the values in the meta file, or null if the file is missing or incomplete', async () => {
  const path = join(dir, 'request', '0001.json');
  assert.equal(await readRawRequest(path), null);
  await write(join(dir, 'request', '0001.meta.json'), '{"url":"http://a","status":200,"headers":{}}');
  const expected = { url: 'http://a', status: 200, etag: null, received_at: null };
  assert.deepEqual(await readRawRequest(path), expected);
  await write(join(dir, 'request', '0001.meta.json'), '{"url":');
  assert.equal(await readRawRequest(path), null);
});
