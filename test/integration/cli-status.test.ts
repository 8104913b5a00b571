import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { SourceStatus, StatusReport } from '../../src/core/status.ts';
import { LAUNCHES, ROCKETS, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  QUICK_SOURCE,
  type ServerWorkspace,
  type TestServer,
  type Workspace,
} from '../support/workspace.ts';

let server: TestServer;
let api: Api;
let workspace: ServerWorkspace;
let replies: Awaited<ReturnType<typeof sandboxReplies>>;
const NIGHTLY = { nightly: { schedule: '0 4 * * *', missed: 'none' }, 'by-hand': { schedule: null } };
before(async () => {
  server = await createTestServer();
  replies = await sandboxReplies({ launches: 30 });
  api = await startApi(replies);
  workspace = server.workspace({ source: { ...QUICK_SOURCE, baseUrl: api.url }, jobs: NIGHTLY });
});
after(async () => {
  await api.close();
  await server.close();
});

type Seen = { readonly code: number | null; readonly status: SourceStatus; readonly why: readonly string[] };

async function look(place: Workspace = workspace, ...args: readonly string[]): Promise<Seen> {
  const { code, stderr, stdout } = await place.run(['status', '--json', ...args]);
  assert.equal(stderr, '');
  const report: StatusReport = JSON.parse(stdout);
  const [status] = report.sources;
  assert.ok(status);
  assert.equal(code, report.needs_attention ? 10 : 0);
  return { code, status, why: status.reasons.map((reason) => reason.code) };
}

async function pull(...flags: readonly string[]): Promise<void> {
  const { report, stderr } = await workspace.pull(['--migrate', ...flags]);
  assert.equal(report.status, 'succeeded', stderr);
}

void describe('status', { concurrency: 1 }, () => {
  void it('reports that no run has succeeded if the database is empty or missing', async (t) => {
    const { status, why } = await look();
    assert.deepEqual(why, ['never_succeeded']);
    assert.deepEqual([status.last_success, status.last_run, status.age_seconds], [null, null, null]);
    const embedded = createWorkspace({});
    t.after(embedded.remove);
    assert.deepEqual((await look(embedded)).why, ['never_succeeded']);
    assert.deepEqual(embedded.list(), ['spacex-pipeline.config.json'], 'status creates nothing');
  });

  void it('reports no problem after a run, and shows the last success, the next run and the maximum age', async () => {
    await pull();
    const { code, status } = await look();
    assert.equal(code, 0, JSON.stringify(status.reasons));
    const [run] = await workspace.json<{ readonly run_id: string }[]>(['runs']);
    assert.partialDeepStrictEqual(status.last_success, {
      run_id: run?.run_id,
      address: api.url,
      simulated: false,
    });
    assert.deepEqual([status.max_age_seconds, status.rejects_open, status.held], [2 * 86_400, 0, 0]);
    assert.match(status.next_run ?? '', /T04:00:00\.000Z$/);
    assert.deepEqual(
      status.jobs.map(({ name }) => name),
      Object.keys(NIGHTLY),
    );
    const { stdout } = await workspace.run(['status']);
    assert.match(
      stdout,
      /^Database: postgres(?:ql)?:\/\/.*\n\n\w+: fine\n {2}Last success: \d+ s ago, run \S+\n/,
    );
    assert.match(stdout, /^ {2}Records: +real, from http:\/\/127\.0\.0\.1:\d+$/m);
    assert.match(stdout, /^ {2}Job: +nightly, next run in \d+ \w+(?: \d+ \w+)? if serve is running$/m);
    assert.match(stdout, /^ {2}Job: +by-hand, manual only$/m);
  });

  void it('reports that the last success is too old for --max-age or for the job’s schedule', async () => {
    await workspace.sql(`UPDATE runs SET finished_at = finished_at - interval '47 hours'`);
    assert.deepEqual((await look()).why, []);
    assert.deepEqual((await look(workspace, '--max-age', '2d')).why, []);
    assert.deepEqual((await look(workspace, '--max-age', '46h30m')).why, ['too_old']);
    await workspace.sql(`UPDATE runs SET finished_at = finished_at - interval '2 hours'`);
    const { stdout, code } = await workspace.run(['status']);
    assert.equal(code, 10);
    assert.match(stdout, /^ {2}Why: +The last success was 2 d 1 h ago; the maximum age is 2 d$/m);
    assert.match(stdout, /\nNext: \S+spacex-pipeline run\n$/);
    assert.deepEqual((await look(workspace, '--max-age', '3d')).why, []);
    assertFailure(await workspace.run(['status', '--max-age', 'soon']), {
      code: 2,
      message: /a duration such as 2h/,
    });
  });

  void it('uses no maximum age if no job runs on a schedule, and mentions a disabled job', async () => {
    await workspace.run(['jobs', 'disable', 'nightly']);
    const { code, status } = await look();
    assert.deepEqual([code, status.max_age_seconds, status.next_run], [0, null, null]);
    assert.match((await workspace.run(['status'])).stdout, /^ {2}Job: +nightly, disabled$/m);
    await workspace.run(['jobs', 'enable', 'nightly']);
    assert.deepEqual((await look()).why, ['too_old']);
  });

  void it('reports that the last run failed or was partial, until a run succeeds', async () => {
    api.set(LAUNCHES, { status: 500, body: 'no' });
    assert.equal((await workspace.run(['run', '--full'])).code, 3);
    const partial = await look(workspace, '--max-age', '9d');
    assert.deepEqual([partial.why, partial.status.last_run?.status], [['run_partial'], 'partial']);
    api.set(ROCKETS, { status: 500, body: 'no' });
    assert.equal((await workspace.run(['run', '--full'])).code, 3);
    assert.deepEqual((await look(workspace, '--max-age', '9d')).why, ['run_failed']);
    const { stdout } = await workspace.run(['status']);
    assert.match(stdout, /\nNext: \S+spacex-pipeline runs show [0-9a-f-]{36}\n$/);
    for (const at of [LAUNCHES, ROCKETS] as const) api.set(at, replies[at]);
    await pull();
    assert.deepEqual((await look()).why, []);
  });

  void it('counts open rejects, held rows, and the findings of the last checks', async () => {
    const launches: { id: string; name: string | null; date_unix: number }[] = JSON.parse(
      String(replies[LAUNCHES].body),
    );
    const [first, second] = launches;
    assert.ok(first && second);
    first.name = null;
    second.date_unix += 5;
    api.set(LAUNCHES, { body: JSON.stringify(launches) });
    assert.equal((await workspace.run(['run', '--full'])).code, 0);
    const seen = await look();
    assert.deepEqual(seen.why, ['check_error']);
    assert.equal(seen.status.rejects_open, 1);
    assert.ok(seen.status.held >= 1);
    assert.equal(seen.status.checks.error, 1);
    const { stdout } = await workspace.run(['status']);
    assert.match(stdout, /^ {2}Data checks: +1 error, 2 warnings, \d+ notes?$/m);
    assert.match(stdout, /\nNext: \S+spacex-pipeline checks\n$/);
    // A run without launches does not run the launch checks.
    await pull('--full', '--resources', 'rockets');
    assert.deepEqual((await look()).why, ['check_error']);
    assert.equal((await workspace.run(['rejects', 'waive', first.id, '--reason', 'known'])).code, 0);
    assert.equal((await look()).status.rejects_open, 0);
    await workspace.sql(
      `UPDATE run_checks SET check_name = 'of_an_earlier_version' WHERE severity = 'error' AND count > 0`,
    );
    assert.deepEqual((await look()).why, []);
  });

  void it('works while serve is running on a server, and on the embedded database', async (t) => {
    const serving = workspace.start(['serve', '--port', '0', '--migrate']);
    await serving
      .output(/Serving at (http\S+)/)
      .catch(async () => assert.fail((await serving.finished).stderr));
    assert.equal((await look()).status.jobs.length, 2);
    serving.kill('SIGTERM');
    await serving.finished;

    const settings = { source: { ...QUICK_SOURCE, baseUrl: api.url }, resources: ['rockets'] };
    const embedded = await withEmbedded(createWorkspace(settings));
    t.after(embedded.remove);
    const first = await embedded.run(['run']);
    assert.equal(first.code, 0, first.stderr);
    const { code, status } = await look(embedded);
    assert.deepEqual([code, status.last_success?.simulated], [0, false], JSON.stringify(status.reasons));
    const { stdout } = await embedded.run(['status']);
    assert.match(stdout, /^Database: \S+\/data\/database$/m);
    assert.match(stdout, /^ {2}Data checks: +no findings$/m);
  });

  void it('a run names the serve process that is using the embedded database', async (t) => {
    const settings = { source: { ...QUICK_SOURCE, baseUrl: api.url }, jobs: NIGHTLY };
    const embedded = await withEmbedded(createWorkspace(settings));
    t.after(embedded.remove);
    const serving = embedded.start(['serve', '--port', '0']);
    await serving.output(/Serving at (http\S+)/);
    const busy = await embedded.run(['run', '--if-busy', 'skip']);
    assert.equal(busy.code, 0);
    assert.match(busy.stderr, /another process is using it \(serve on host /);
    serving.kill('SIGTERM');
    await serving.finished;
  });

  void it('fails if the database does not respond', async () => {
    const closed = ['--database-url', 'postgresql://127.0.0.1:1/d'];
    assertFailure(await workspace.run(['status', ...closed]), { code: 5, message: /ECONNREFUSED/ });
  });
});
