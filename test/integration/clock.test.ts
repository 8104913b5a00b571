import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import { LAUNCHES, sandboxReplies, startApi } from '../support/api.ts';
import { clockOff } from '../support/cli.ts';
import { createTestServer, type TestServer } from '../support/workspace.ts';

let server: TestServer;
before(async () => {
  server = await createTestServer();
});
after(() => server.close());

void it('a run whose clock was set back still counts as the newest run', async (t) => {
  const workspace = server.workspace();
  const replies = await sandboxReplies({ launches: 40 });
  const api = await startApi(replies);
  t.after(api.close);
  const first = await workspace.pull(['--migrate', '--source', api.url]);
  api.set(LAUNCHES, { body: String(replies[LAUNCHES].body).replaceAll('"name":"', '"name":"Other ') });
  const late = await workspace.run(['run', '--json', '--source', api.url], clockOff(-3_600_000));
  assert.equal(late.code, 0, late.stderr);
  assert.match(late.stderr, /the clock is 3\d{3} s behind the last run/);
  const second = JSON.parse(late.stdout) as RunReport;
  assert.ok((second.run_id ?? '') > (first.report.run_id ?? ''));
  const third = await workspace.pull(['--source', api.url]);
  assert.ok((third.report.run_id ?? '') > (second.run_id ?? ''));
  assert.equal(third.report.resources['launches']?.not_modified, true);
  const verified = await workspace.run(['verify']);
  assert.equal(verified.code, 0, verified.stdout);
});
