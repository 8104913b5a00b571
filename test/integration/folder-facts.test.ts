import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';

import { folderReader } from '../../src/app/facts.ts';
import { LAUNCHES, ROCKETS, sandboxReplies, startApi } from '../support/api.ts';
import { createTestServer } from '../support/workspace.ts';

void it('the facts about a data folder come from its newest run, and are available before the first run', async (t) => {
  const replies = await sandboxReplies({ launches: 3 });
  const api = await startApi(replies);
  const server = await createTestServer();
  t.after(() => Promise.all([api.close(), server.close()]));
  const workspace = server.workspace();
  const read = folderReader(join(workspace.folder, 'data'), ['spacex']);

  const { drift, freeBytes, sizeBytes } = await read();
  assert.deepEqual(drift, []);
  assert.ok(freeBytes > 0 && sizeBytes > freeBytes);

  const findings = async (): Promise<Record<string, number>> =>
    Object.fromEntries((await read()).drift.map((one) => [one.resource, one.findings]));
  await workspace.pull(['--from', api.url, '--migrate']);
  assert.deepEqual(await findings(), { launches: 0, rockets: 0 });

  const rockets = JSON.parse(String(replies[ROCKETS].body)) as readonly object[];
  api.set(ROCKETS, { body: JSON.stringify(rockets.map((one) => ({ ...one, color: 'red' }))) });
  api.set(LAUNCHES, replies[LAUNCHES]);
  await workspace.pull(['--from', api.url]);
  assert.deepEqual(await findings(), { launches: 0, rockets: 1 });
});
