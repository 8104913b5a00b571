import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';

import { openRunStore } from '../../src/adapters/files/run-store.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { resources } from '../../src/resources/index.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { extract } from '../../src/steps/extract.ts';
import { openTestSource } from '../support/http-source.ts';

void it('fails, and leaves nobody waiting, where raw cannot be written before its first byte', async (t) => {
  const sandbox = await startSandbox({ launches: 20 });
  t.after(sandbox.close);
  const { source } = openTestSource(sandbox.url);
  t.after(() => source.close());
  const dataDir = mkdtempSync(path.join(tmpdir(), 'test-extract-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const folder = await openRunStore(dataDir, true).create('run');
  const [resource] = resources;
  assert.ok(resource !== undefined);
  mkdirSync(path.join(folder.path, 'raw'), { recursive: true });
  writeFileSync(path.join(folder.path, 'raw', resource.name), 'in the way');

  let derived: unknown = null;
  const extracting = extract(resource, {
    source,
    folder,
    runId: 'run',
    simulated: true,
    ready: null,
    published: null,
    kept: null,
    clock: systemClock,
    signal: AbortSignal.timeout(20_000),
    async derive(chunks) {
      try {
        for await (const _ of chunks) assert.fail('nothing was written, so nothing may be read');
      } catch (error) {
        derived = error;
        throw error;
      }
    },
    onStored: () => assert.fail('nothing was stored'),
  });
  await assert.rejects(extracting, { code: 'internal', message: /^Cannot write .*: EEXIST/ });
  assert.match(String(derived), /EEXIST/);
});
