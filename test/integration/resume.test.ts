import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

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
import { withEmbedded } from '../support/embedded-template.ts';
import {
  assertFailure,
  createWorkspace,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

const DIGEST = `SELECT md5(string_agg(line, chr(10) ORDER BY line)) AS digest FROM (
  SELECT (to_jsonb(t) - '_run_id' - '_first_run_id' - '_loaded_at' - 'transformed_at_utc')::text AS line FROM launches t
  UNION ALL
  SELECT (to_jsonb(t) - '_run_id' - '_first_run_id' - '_loaded_at' - 'transformed_at_utc')::text FROM rockets t) all_rows`;

let server: TestServer;
let replies: Readonly<Record<typeof ROCKETS | typeof LAUNCHES, Reply>>;
let whole: string | undefined;

before(async () => {
  server = await createTestServer();
  replies = await sandboxReplies({ launches: 120 });
  const { workspace, pull, digest } = await open();
  assert.equal((await pull(['--migrate'])).code, 0);
  whole = await digest();
  workspace.remove();
});
after(() => server.close());

type Place = {
  readonly workspace: ServerWorkspace;
  readonly api: Api;
  readonly pull: (
    args: readonly string[],
  ) => Promise<{ code: number | null; stderr: string; report: RunReport }>;
  readonly resume: (
    ...args: readonly string[]
  ) => Promise<{ code: number | null; stderr: string; report: RunReport }>;
  readonly digest: () => Promise<string | undefined>;
};

async function open(): Promise<Place> {
  const workspace = server.workspace();
  const api = await startApi(replies);
  after(() => api.close());
  const told = async (args: readonly string[]) => {
    const result = await workspace.run([...args, '--json']);
    const report = JSON.parse(result.stdout === '' ? 'null' : result.stdout) as RunReport;
    return { code: result.code, stderr: result.stderr, report };
  };
  return {
    workspace,
    api,
    pull: (args) => told(['run', '--source', api.url, ...args]),
    resume: (...args) => told(['resume', ...args]),
    digest: async () => (await workspace.sql<{ digest: string }>(DIGEST))[0]?.digest,
  };
}

const gets = ({ requests }: Api): string[] =>
  requests.filter(({ method }) => method === 'GET').map(({ path }) => path);

void describe('resume', { concurrency: 2 }, () => {
  void it('reuses complete files, fetches the missing ones, and ends like an uninterrupted run', async () => {
    const { api, digest, pull, resume } = await open();
    api.set(LAUNCHES, { status: 500, body: 'Internal Server Error' });
    const failed = await pull(['--migrate', '--atomic']);
    assert.equal(failed.code, 3);
    api.set(LAUNCHES, replies[LAUNCHES]);
    const asked = gets(api).length;
    const { code, report, stderr } = await resume();
    assert.equal(code, 0, stderr);
    assert.equal(report.run_id, failed.report.run_id);
    assert.equal(report.started_at, failed.report.started_at);
    assert.deepEqual(gets(api).slice(asked), [LAUNCHES]);
    assert.match(stderr, /rockets: reused \d+ bytes/);
    assert.equal(await digest(), whole);
  });

  void it('continues after kill -9, and leaves no unfinished files in the folder', async () => {
    const { api, digest, pull, resume, workspace } = await open();
    assert.equal((await pull(['--migrate', '--resources', 'rockets'])).code, 0);
    const gate = createGate(100_000);
    api.set(LAUNCHES, { ...replies[LAUNCHES], gate });
    const running = workspace.start(['run', '--source', api.url]);
    await gate.reached;
    await running.line(/rockets: not modified/);
    running.kill('SIGKILL');
    await running.finished;
    gate.open();
    api.set(LAUNCHES, replies[LAUNCHES]);
    const shown = await workspace.run(['runs', 'show']);
    assert.match(shown.stdout, /^Hint: Continue with: .*spacex-pipeline resume [0-9a-f-]{36}$/m);
    const { code, report, stderr } = await resume();
    assert.equal(code, 0, stderr);
    assert.equal(await digest(), whole);
    const names = readdirSync(report.run_dir ?? '', { recursive: true, encoding: 'utf8' });
    assert.deepEqual(
      names.filter((name) => name.includes('.tmp')),
      [],
    );
    const [runs] = await workspace.sql<{ n: number }>('SELECT count(*)::int AS n FROM runs');
    assert.equal(runs?.n, 2);
  });

  void it('detects a flipped bit, and fetches that file again', async () => {
    const { api, digest, pull, resume } = await open();
    api.set(LAUNCHES, { ...replies[LAUNCHES], body: `${String(replies[LAUNCHES].body).slice(0, -1)},{}` });
    const failed = await pull(['--migrate', '--atomic']);
    assert.equal(failed.code, 3, failed.stderr);
    const path = join(failed.report.run_dir ?? '', 'raw', 'rockets', '0001.json');
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    rmSync(path);
    writeFileSync(path, bytes);
    api.set(LAUNCHES, replies[LAUNCHES]);
    const asked = gets(api).length;
    const { code, stderr } = await resume(failed.report.run_id ?? '');
    assert.equal(code, 0, stderr);
    // The launches arrived in full but were not valid JSON, so they are also fetched again.
    assert.deepEqual(gets(api).slice(asked).sort(), [ROCKETS, LAUNCHES]);
    assert.equal(await digest(), whole);
  });

  void it('fetches a file again if its meta file is incomplete', async () => {
    const { api, digest, pull, resume } = await open();
    api.set(LAUNCHES, { status: 500, body: 'Internal Server Error' });
    const failed = await pull(['--migrate', '--atomic']);
    const path = join(failed.report.run_dir ?? '', 'raw', 'rockets', '0001.meta.json');
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, 200));
    api.set(LAUNCHES, replies[LAUNCHES]);
    const asked = gets(api).length;
    const { code, stderr } = await resume();
    assert.equal(code, 0, stderr);
    assert.deepEqual(gets(api).slice(asked).sort(), [ROCKETS, LAUNCHES]);
    assert.equal(await digest(), whole);
  });

  void it('counts a record only once if both a run and its resumption set it aside', async () => {
    const { api, pull, resume, workspace } = await open();
    const rockets = JSON.parse(String(replies[ROCKETS].body)) as Record<string, unknown>[];
    api.set(ROCKETS, {
      body: JSON.stringify(rockets.map((rocket, at) => (at === 1 ? { ...rocket, name: 7 } : rocket))),
    });
    api.set(LAUNCHES, { status: 500, body: 'Internal Server Error' });
    assert.equal((await pull(['--migrate', '--atomic'])).code, 3);
    api.set(LAUNCHES, replies[LAUNCHES]);
    const { code, stderr } = await resume();
    assert.equal(code, 0, stderr);
    assert.deepEqual(await workspace.sql('SELECT times::int, status FROM rejects'), [
      { times: 1, status: 'open' },
    ]);
  });

  void it('never falls back to the sandbox', async (t) => {
    const workspace = await withEmbedded(createWorkspace());
    t.after(workspace.remove);
    const { code, report } = await workspace.pull(['--resources', 'rockets']);
    assert.equal(code, 3);
    const resumed = await workspace.run(['resume']);
    assertFailure(resumed, { code: 3, message: /rockets/ });
    const listed = await workspace.json<readonly RunReport[]>(['runs']);
    assert.deepEqual(
      listed.map(({ run_id, simulated }) => [run_id, simulated]),
      [[report.run_id, null]],
    );
    assert.ok(!workspace.list().includes(join('data', 'sandbox')));
  });

  void it('rejects a run that has already published or that a later run has superseded', async () => {
    const { api, pull, workspace } = await open();
    api.set(LAUNCHES, { status: 500, body: 'Internal Server Error' });
    const failed = await pull(['--migrate', '--atomic']);
    api.set(LAUNCHES, replies[LAUNCHES]);
    const later = await pull([]);
    assert.equal(later.code, 0, later.stderr);
    const manifest = join(later.report.run_dir ?? '', 'run.json');
    const asItWas = readFileSync(manifest, 'utf8');
    assertFailure(await workspace.run(['resume']), { code: 2, message: /it has already published$/ });
    api.set(LAUNCHES, { status: 500, body: 'Internal Server Error' });
    assert.equal((await pull(['--full'])).report.status, 'partial');
    assertFailure(await workspace.run(['resume']), {
      code: 2,
      message: /it has already published$/,
      hint: /spacex-pipeline run --resources launches$/,
    });
    assertFailure(await workspace.run(['resume', failed.report.run_id ?? '']), {
      code: 2,
      message: new RegExp(`run ${later.report.run_id} has published since then$`),
      hint: /spacex-pipeline run$/,
    });
    assert.equal(readFileSync(manifest, 'utf8'), asItWas);
    rmSync(failed.report.run_dir ?? '', { recursive: true });
    assertFailure(await workspace.run(['resume', failed.report.run_id ?? '']), {
      code: 2,
      message: /its folder is not in/,
    });
  });
});

void describe('replay', { concurrency: 2 }, () => {
  void it('derives the rows again without any request, as a new run that names its origin', async () => {
    const { api, digest, pull, workspace } = await open();
    const { report: origin } = await pull(['--migrate']);
    await workspace.sql(`UPDATE launches SET name = 'altered' WHERE flight_number < 10`);
    const asked = api.requests.length;
    const result = await workspace.run(['replay', origin.run_id ?? '', '--json']);
    assert.equal(result.code, 0, result.stderr);
    const report = JSON.parse(result.stdout) as RunReport;
    assert.equal(api.requests.length, asked);
    assert.partialDeepStrictEqual(report.resources['launches'], { updated: 9, unchanged: 111, inserted: 0 });
    assert.equal(await digest(), whole);
    const runs = await workspace.sql('SELECT run_id, origin_run_id FROM runs ORDER BY run_id');
    assert.deepEqual(runs, [
      { run_id: origin.run_id, origin_run_id: null },
      { run_id: report.run_id, origin_run_id: origin.run_id },
    ]);
    // The replay published the same rows, so the next pull still gets a 304.
    assert.equal((await pull([])).report.resources['launches']?.not_modified, true);
  });

  void it('rejects a run that the target is not based on unless --force is given, and names what it would revert', async () => {
    const { api, digest, pull, workspace } = await open();
    const { report: origin } = await pull(['--migrate']);
    const fewer = JSON.stringify((JSON.parse(String(replies[LAUNCHES].body)) as unknown[]).slice(3));
    api.set(LAUNCHES, { body: fewer });
    const { report: later } = await pull([]);
    assert.equal(later.resources['launches']?.deleted, 3);
    const replay = ['replay', origin.run_id ?? '', '--resource', 'launches'];
    assertFailure(await workspace.run(replay), {
      code: 2,
      message: new RegExp(
        `would switch launches of schema \\w+ from run ${later.run_id} to run ${origin.run_id}`,
      ),
      hint: /--force/,
    });
    const forced = await workspace.run([...replay, '--force']);
    assert.equal(forced.code, 0, forced.stderr);
    assert.match(forced.stderr, /switching launches of schema/);
    assert.equal(await digest(), whole);
  });

  void it('rejects damaged or missing raw files', async () => {
    const { digest, pull, workspace } = await open();
    const { report } = await pull(['--migrate']);
    const path = join(report.run_dir ?? '', 'raw', 'launches', '0001.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"', "'"));
    assertFailure(await workspace.run(['replay', report.run_id ?? '']), {
      code: 1,
      message: /Cannot replay launches .* has changed since it was received/,
    });
    rmSync(path);
    assertFailure(await workspace.run(['replay', report.run_id ?? '']), {
      code: 1,
      message: /Cannot replay launches .* cannot be read/,
    });
    assert.equal(await digest(), whole);
  });
});
