import assert from 'node:assert/strict';
import { readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import {
  createGate,
  LAUNCHES,
  ROCKETS,
  sandboxReplies,
  startApi,
  type Api,
  type Reply,
} from '../support/api.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  type ServerWorkspace,
  type TestServer,
  type Workspace,
} from '../support/workspace.ts';
import type { PruneReport } from '../../src/output/runs.ts';

let server: TestServer;
let good: Readonly<Record<string, Reply>>;
let workspace: ServerWorkspace;
let api: Api;

before(async () => {
  server = await createTestServer();
  good = await sandboxReplies({ launches: 20 });
});
after(() => server.close());
beforeEach(async () => {
  workspace = server.workspace({ retention: { prune: false, publishedRuns: 2 } });
  api = await startApi(good);
});
afterEach(() => api.close());

async function pull(...flags: readonly string[]): Promise<RunReport & { readonly stderr: string }> {
  const { report, stderr } = await workspace.pull(['--migrate', '--source', api.url, ...flags]);
  return { ...report, stderr };
}

/** Serves the same records in a different body, so that the next run receives a new file. */
function serveNew(): void {
  const length = 100_000 + api.requests.length;
  for (const at of [LAUNCHES, ROCKETS]) api.set(at, { body: String(good[at]?.body).padEnd(length) });
}

const folders = (own: Workspace = workspace): string[] =>
  readdirSync(path.join(own.folder, 'data', 'runs')).sort();
const ids = (runs: readonly RunReport[]): string[] => runs.map(({ run_id }) => run_id ?? '').sort();

void describe('a run', { concurrency: 1 }, () => {
  void it('prunes old runs at its end by default', async () => {
    workspace.configure({ retention: { publishedRuns: 1 } });
    const first = await pull();
    serveNew();
    const { stderr, ...second } = await pull();
    assert.deepEqual([second.status, folders()], ['succeeded', ids([second])]);
    assert.match(stderr, /info +removed 1 folder of old runs$/m);
    assert.ok(!folders().includes(first.run_id ?? ''));
    // A run that received nothing new refers to the run that received the records, so that run is kept as well.
    const third = await pull();
    const fourth = await pull();
    assert.deepEqual(folders(), ids([second, fourth]));
    assert.match(fourth.stderr, new RegExp(`not modified since run ${second.run_id}`));
    assert.ok(!folders().includes(third.run_id ?? ''));
  });

  void it('succeeds even if pruning fails, and warns', async () => {
    workspace.configure({ retention: { publishedRuns: 1 } });
    const first = await pull();
    serveNew();
    await workspace.sql(`CREATE FUNCTION gone() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN ALTER TABLE run_resources RENAME TO away; RETURN NULL; END $$`);
    await workspace.sql(
      'CREATE TRIGGER gone AFTER INSERT ON run_checks FOR EACH STATEMENT EXECUTE FUNCTION gone()',
    );
    const second = await pull();
    assert.equal(second.status, 'succeeded');
    assert.match(
      second.stderr,
      /warn +Cannot prune old runs: cannot read the ledger \(no run folder was removed\): .*run_resources/,
    );
    assert.deepEqual(folders(), ids([first, second]));
    await workspace.sql('ALTER TABLE away RENAME TO run_resources');
    await workspace.sql('DROP TRIGGER gone ON run_checks');
  });

  void it('never prunes a run in progress, or a different schema’s runs in the same folder', async () => {
    const mine = await pull();
    const other = server.workspace();
    const gate = createGate(10_000);
    const slow = await startApi({ ...good, [LAUNCHES]: { body: good[LAUNCHES]?.body ?? '', gate } });
    const data = path.join(workspace.folder, 'data');
    const running = other.start(['run', '--migrate', '--source', slow.url, '--data-dir', data]);
    await Promise.race([gate.reached, running.finished]);
    workspace.configure({ retention: { publishedRuns: 1, failedDays: 1 } });
    serveNew();
    const next = await pull();
    gate.open();
    const { code, stderr } = await running.finished;
    await slow.close();
    assert.equal(code, 0, stderr);
    const left = folders();
    assert.equal(left.length, 2);
    assert.ok(!left.includes(mine.run_id ?? '') && left.includes(next.run_id ?? ''));
    // Runs that were published into a different schema stay, no matter how old they are.
    workspace.configure({ retention: { prune: false, publishedRuns: 1 } });
    serveNew();
    const last = await pull();
    const { kept, pruned } = await workspace.json<PruneReport>(['runs', 'prune']);
    assert.deepEqual([kept, pruned.map(({ run_id }) => run_id)], [2, [next.run_id]]);
    assert.equal(folders().length, 2);
    assert.ok(folders().includes(last.run_id ?? ''));
  });

  void it('with simulated records prunes the simulated folder, as runs prune does on a server', async () => {
    workspace.configure({ retention: { publishedRuns: 1 } });
    const simulated = path.join(workspace.folder, 'data', 'sandbox', 'runs');
    const flags = ['run', '--migrate', '--source', 'sandbox', '--full'];
    for (const _ of [1, 2]) assert.equal((await workspace.run(flags)).code, 0);
    assert.equal(readdirSync(simulated).length, 1);
    workspace.configure({ retention: { prune: false, publishedRuns: 1 } });
    assert.equal((await workspace.run(flags)).code, 0);
    assert.equal(readdirSync(simulated).length, 2);
    const { pruned } = await workspace.json<PruneReport>(['runs', 'prune']);
    assert.equal(pruned.length, 1);
    assert.equal(readdirSync(simulated).length, 1);
  });
});

void it('runs prune works on the embedded database', async (t) => {
  const own = createWorkspace({ retention: { publishedRuns: 1 } });
  t.after(own.remove);
  assertFailure(await own.run(['runs', 'prune']), {
    code: 5,
    message: /Cannot prune runs: there is no database/,
  });
  const runs: RunReport[] = [];
  for (const flags of [['--full'], ['--full']]) {
    const { code, report, stderr } = await own.pull(['--source', api.url, ...flags]);
    assert.equal(code, 0, stderr);
    runs.push(report);
  }
  assert.deepEqual(folders(own), ids(runs.slice(1)));
  // If the database has been moved away, the new database has no record of the runs, so they stay.
  renameSync(path.join(own.folder, 'data', 'database'), path.join(own.folder, 'data', 'away'));
  const { report } = await own.pull(['--source', api.url, '--full']);
  assert.deepEqual(folders(own), ids([...runs.slice(1), report]));
});
