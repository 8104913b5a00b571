import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it, type TestContext } from 'node:test';

import { openRunStore } from '../../src/adapters/files/run-store.ts';
import type { RunFolder, Source } from '../../src/core/ports.ts';
import type { Resource } from '../../src/core/resource.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { resources } from '../../src/resources/index.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { extract, type Extracted } from '../../src/steps/extract.ts';
import { openTestSource } from '../support/http-source.ts';

/** A source, the first resource that it has, and the folders of a run and of the one before it. */
async function open(
  t: TestContext,
): Promise<{ source: Source; resource: Resource; earlier: RunFolder; folder: RunFolder }> {
  const sandbox = await startSandbox({ launches: 20 });
  t.after(sandbox.close);
  const { source } = openTestSource(sandbox.url);
  t.after(() => source.close());
  const dataDir = mkdtempSync(path.join(tmpdir(), 'test-extract-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const store = openRunStore(dataDir, true);
  const [resource] = resources;
  assert.ok(resource !== undefined);
  return { source, resource, earlier: await store.create('earlier'), folder: await store.create('run') };
}

const REST = {
  runId: 'run',
  simulated: true,
  ready: null,
  published: null,
  kept: null,
  clock: systemClock,
  isDerived: async () => false,
} as const;

void it('fails, and leaves nobody waiting, where raw cannot be written before its first byte', async (t) => {
  const { folder, resource, source } = await open(t);
  mkdirSync(path.join(folder.path, 'raw'), { recursive: true });
  writeFileSync(path.join(folder.path, 'raw', resource.name), 'in the way');

  let derived: unknown = null;
  const extracting = extract(resource, {
    ...REST,
    source,
    folder,
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

void it('fetches all of it where the kept file has changed when the source says that nothing has', async (t) => {
  const { earlier, folder, resource, source } = await open(t);
  const signal = AbortSignal.timeout(20_000);
  const bodies: string[] = [];
  const stored: Extracted[] = [];
  const context = {
    ...REST,
    source,
    signal,
    async derive(chunks: AsyncIterable<Uint8Array>) {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      bodies.push(Buffer.concat(parts).toString());
    },
    onStored: (extracted: Extracted) => stored.push(extracted),
  };
  await extract(resource, { ...context, folder: earlier });
  const [first] = stored;
  assert.ok(first !== undefined);
  const file = path.join(earlier.path, first.raw.path);
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, whole.replace('"id":"', '"id":"_'));
  const kept = { run_id: 'earlier', raw: first.raw };
  await extract(resource, { ...context, folder, published: kept, kept });
  assert.deepEqual(bodies, [whole, whole]);
  assert.partialDeepStrictEqual(stored[1], {
    notModified: false,
    raw: { sha256: first.raw.sha256, received_by: 'run' },
  });
  assert.equal(readFileSync(path.join(folder.path, first.raw.path), 'utf8'), whole);
});
