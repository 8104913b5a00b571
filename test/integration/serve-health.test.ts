import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import type { RunningCli } from '../support/cli.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import { startServing } from '../support/serving.ts';
import { createWorkspace, type Workspace } from '../support/workspace.ts';

const LAUNCHES = 80_000;
const BETWEEN_MS = 100;
const LONGEST_MS = 1500;

let workspace: Workspace;
let sandbox: RunningCli;
before(async () => {
  workspace = await withEmbedded(createWorkspace());
  // Runs in a separate process, because creating this many records would delay the requests.
  sandbox = workspace.start(['sandbox', '--port', '0', '--launches', String(LAUNCHES), '--json']);
});
after(async () => {
  sandbox.kill('SIGINT');
  await sandbox.finished;
  workspace.remove();
});

void it('serve answers health checks while it publishes to the embedded database', async (t) => {
  const { url } = JSON.parse(await sandbox.output(/^(\{[^]*\n\})$/m)) as { url: string };
  const serving = await startServing(workspace, ['--from', url]);
  t.after(serving.kill);
  const waits: number[] = [];
  const over = new AbortController();
  t.after(() => over.abort());
  const asking = (async () => {
    while (!over.signal.aborted) {
      const asked = performance.now();
      assert.equal((await fetch(`${serving.url}/healthz`)).status, 200);
      waits.push(performance.now() - asked);
      await sleep(BETWEEN_MS);
    }
  })();
  await serving.cli.line(/job \S+ succeeded/);
  over.abort();
  await asking;
  const [{ n } = { n: 0 }] = await workspace.json<{ n: number }[]>([
    'query',
    'SELECT count(*) AS n FROM launches',
  ]);
  assert.equal(n, LAUNCHES);
  assert.ok(waits.length > 20);
  assert.ok(Math.max(...waits) < LONGEST_MS, `the longest wait was ${Math.max(...waits)} ms`);
  await serving.stop();
});
