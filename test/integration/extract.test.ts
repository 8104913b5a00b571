import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'node:test';

import { openRunStore } from '../../src/adapters/files/run-store.ts';
import { openHttpSource } from '../../src/adapters/http/source.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { resources } from '../../src/resources/index.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { extract } from '../../src/steps/extract.ts';

void it('fails, and leaves nobody waiting, where raw cannot be written before its first byte', async (t) => {
  const sandbox = await startSandbox({ launches: 20 });
  t.after(sandbox.close);
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const source = openHttpSource({
    name: 'sandbox',
    baseUrl: sandbox.url,
    userAgent: 'test',
    connectTimeoutSeconds: 5,
    headersTimeoutSeconds: 5,
    bodyTimeoutSeconds: 5,
    maxAttempts: 3,
    maxRetryAfterSeconds: 1,
    backoffBaseSeconds: 0.01,
    backoffCapSeconds: 0.01,
    requestsPerSecond: 1000,
    clock: systemClock,
    random: Math.random,
    log: silent,
  });
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
