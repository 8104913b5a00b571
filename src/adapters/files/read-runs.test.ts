import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { folderRuns, readManifest, readProfile, readRejects } from './read-runs.ts';

test('reading a damaged file in a run folder fails with an error that names the file, but a missing file is not an error', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'history-'));
  t.after(() => rm(dataDir, { recursive: true }));
  const runId = '01a21338-6549-7e3e-b113-c0af6ae0066d';
  const folder = join(dataDir, 'runs', runId);
  assert.equal(await readManifest(dataDir, runId), null);
  for (const stage of ['profile', 'errored']) await mkdir(join(folder, stage), { recursive: true });
  assert.equal(await readManifest(dataDir, runId), null);
  assert.equal(await readProfile(dataDir, runId, 'makers'), null);
  const damage = async (name: string): Promise<{ code: string; message: string }> => {
    const path = join(folder, name);
    await writeFile(path, '{"index":');
    return { code: 'internal', message: `Cannot read ${path}: it is damaged` };
  };
  const ofRejects = await damage('errored/makers.ndjson');
  await assert.rejects(readRejects(dataDir, runId, null).next(), ofRejects);
  const ofManifest = await damage('run.json');
  await assert.rejects(readManifest(dataDir, runId), ofManifest);
  assert.deepEqual(await folderRuns(dataDir, 10, () => true), []);
  const ofProfile = await damage('profile/makers.json');
  await assert.rejects(readProfile(dataDir, runId, 'makers'), ofProfile);
});
