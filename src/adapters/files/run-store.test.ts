import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
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
});
