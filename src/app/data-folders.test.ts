import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import { dataDirOf } from './data-folders.ts';

const root = mkdtempSync(join(tmpdir(), 'test-folders-'));
after(() => rmSync(root, { recursive: true, force: true }));

void describe('the data folder of a run', () => {
  const inside = join(root, 'sandbox');

  void it('is a subfolder for simulated records, unless the configured folder already is that subfolder', () => {
    assert.equal(dataDirOf({ dataDir: root }, 'live'), root);
    assert.equal(dataDirOf({ dataDir: root }, null), root);
    assert.equal(dataDirOf({ dataDir: root }, 'sandbox'), inside);
    assert.equal(dataDirOf({ dataDir: inside }, 'sandbox'), inside);
  });

  void it('is a subfolder if the configured folder is named sandbox but contains real records', () => {
    mkdirSync(inside);
    for (const real of [{ sources: { any: { simulated: false } } }, { simulated: false }]) {
      writeFileSync(join(inside, 'contents.json'), JSON.stringify(real));
      assert.equal(dataDirOf({ dataDir: inside }, 'sandbox'), join(inside, 'sandbox'));
    }
    writeFileSync(join(inside, 'contents.json'), JSON.stringify({ sources: { any: { simulated: true } } }));
    assert.equal(dataDirOf({ dataDir: inside }, 'sandbox'), inside);
  });
});
