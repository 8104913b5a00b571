import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';

import { createGate, LAUNCHES, ROCKETS, sandboxReplies, startApi, type Api } from '../support/api.ts';
import {
  assertFailure,
  createTestServer,
  QUICK_SOURCE,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';
import type { RunDocument } from '../../src/output/runs.ts';

let server: TestServer;
let api: Api;
let workspace: ServerWorkspace;
let replies: Awaited<ReturnType<typeof sandboxReplies>>;
before(async () => {
  server = await createTestServer();
  replies = await sandboxReplies({ launches: 30 });
  api = await startApi(replies);
  workspace = server.workspace({ source: { ...QUICK_SOURCE, baseUrl: api.url } });
});
after(async () => {
  await api.close();
  await server.close();
});
beforeEach(() => {
  for (const [at, reply] of Object.entries(replies)) api.set(at, reply);
  for (const name of ['told.json', 'told.env']) rmSync(path.join(workspace.folder, name), { force: true });
});

const KEEP = ['--on-failure', `cat > told.json; env | grep '^RUN_' | sort > told.env`];

/** What the command received; null if it did not run. */
function told(): { readonly report: RunDocument; readonly variables: readonly string[] } | null {
  const [document, variables] = ['told.json', 'told.env'].map((name) => path.join(workspace.folder, name));
  if (document === undefined || variables === undefined || !existsSync(variables)) return null;
  return {
    report: JSON.parse(readFileSync(document, 'utf8')),
    variables: readFileSync(variables, 'utf8').trimEnd().split('\n'),
  };
}

void describe('run --on-failure', { concurrency: 1 }, () => {
  void it('reports a run that never began', async () => {
    const result = await workspace.run(['run', ...KEEP]);
    assertFailure(result, { code: 6, message: /migrations are pending/ });
    const { report, variables } = told() ?? assert.fail(result.stderr);
    assert.deepEqual([report.run_id, report.status, report.error?.code], [null, 'failed', 'migration']);
    const message = `RUN_ERROR_MESSAGE=${report.error?.message}`;
    assert.deepEqual(variables, [
      'RUN_DIR=',
      'RUN_ERROR_CODE=migration',
      message,
      'RUN_ID=',
      'RUN_SOURCE=',
      'RUN_STATUS=failed',
    ]);
  });

  void it('does nothing if the run succeeds', async () => {
    const { code, stderr } = await workspace.run(['run', '--migrate', ...KEEP]);
    assert.deepEqual([code, told()], [0, null], stderr);
  });

  void it('reports a partial run, with the same document as --json', async () => {
    api.set(LAUNCHES, { status: 500, body: 'no' });
    const { code, report, stderr } = await workspace.pull(['--full', ...KEEP]);
    assert.deepEqual([code, report.status], [3, 'partial'], stderr);
    const got = told() ?? assert.fail(stderr);
    assert.deepEqual(got.report, report);
    for (const line of [
      `RUN_ID=${report.run_id}`,
      'RUN_STATUS=partial',
      'RUN_ERROR_CODE=source',
      `RUN_SOURCE=${report.source}`,
      `RUN_DIR=${report.run_dir}`,
    ])
      assert.ok(got.variables.includes(line), line);
  });

  void it('reports a failed run, and changes neither its output nor its exit code', async () => {
    for (const at of [LAUNCHES, ROCKETS]) api.set(at, { status: 500, body: 'no' });
    const failing = `echo to stdout; echo to stderr >&2; exit 9`;
    const result = await workspace.run(['run', '--json', '--full', '--on-failure', failing]);
    assertFailure(result, { code: 3, message: /500/ });
    assert.equal(JSON.parse(result.stdout).status, 'failed');
    assert.match(result.stderr, /^to stdout$/m);
    assert.match(result.stderr, /^to stderr$/m);
    assert.match(result.stderr, /^\S+ warn {2}Cannot complete the --on-failure command: .* exit code 9$/m);
    const json = await workspace.run(['run', '--full', '--log-format', 'json', '--on-failure', failing]);
    const lines: Record<string, unknown>[] = json.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const events = lines.slice(-4).map(({ event, level }) => `${String(level)} ${String(event)}`);
    assert.deepEqual(events, [
      'info on_failure.output',
      'info on_failure.output',
      'warn on_failure.failed',
      'error command.failed',
    ]);
  });

  void it('reports an invalid configuration, but not an invalid command line', async (t) => {
    for (const wrong of [
      ['--batch-size', 'many'],
      ['--batch-size', '7000000000'],
      ['--resources', 'cakes'],
      ['--from', 'mars'],
      ['--wait-timeout', '3'],
    ]) {
      const { code } = await workspace.run(['run', ...wrong, ...KEEP]);
      assert.deepEqual([code, told()], [2, null], wrong.join(' '));
    }
    t.after(() => workspace.configure({ source: { ...QUICK_SOURCE, baseUrl: api.url } }));
    for (const settings of [{ speed: 7 }, { resources: ['cakes'] }]) {
      workspace.configure(settings);
      const { code, stderr } = await workspace.run(['run', ...KEEP]);
      assert.deepEqual([code, told()?.report.error?.code], [2, 'usage'], stderr);
      rmSync(path.join(workspace.folder, 'told.env'));
    }
  });

  void it('does nothing if the user stopped the run, or if the run was skipped because the database was busy', async () => {
    const gate = createGate(5000);
    api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
    const holder = workspace.start(['run', '--full', ...KEEP]);
    await Promise.race([gate.reached, holder.finished]);
    api.set(LAUNCHES, replies[LAUNCHES]);
    const skipped = await workspace.run(['run', '--if-busy', 'skip', ...KEEP]);
    assert.deepEqual([skipped.code, told()], [0, null], skipped.stderr);
    const busy = await workspace.run(['run', ...KEEP]);
    assert.deepEqual([busy.code, told()?.report.error?.code], [7, 'busy'], busy.stderr);
    rmSync(path.join(workspace.folder, 'told.env'));
    holder.kill('SIGINT');
    const { code, stderr } = await holder.finished;
    assert.deepEqual([code, told()], [130, null], stderr);
    assert.doesNotMatch(stderr, /on-failure/);
    gate.open();
  });

  void it('reveals no secret', async () => {
    const secret = 'p4ss-Kx07';
    const url = `postgresql://me:${secret}@127.0.0.1:1/d`;
    const { code, stderr } = await workspace.run(['run', '--database-url', url, ...KEEP]);
    const text = JSON.stringify(told());
    assert.equal(code, 5, stderr);
    assert.match(text, /127\.0\.0\.1/);
    const from = ['--from', `http://me:${secret}@127.0.0.1:1/x`];
    await workspace.run(['run', ...from, ...KEEP]);
    const source = JSON.stringify(told());
    assert.match(source, /\*\*\*@127\.0\.0\.1/);
    assert.ok(!text.includes(secret) && !source.includes(secret));
  });
});
