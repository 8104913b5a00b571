import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { uuidv7 } from '../../src/lib/uuidv7.ts';
import { createGate, LAUNCHES, ROCKETS, sandboxReplies, startApi, type Api } from '../support/api.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';
import type { PlanReport, VerifyReport } from '../../src/output/runs.ts';

type Launch = Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string };

let server: TestServer;
let api: Api;
let launches: readonly Launch[];

before(async () => {
  server = await createTestServer();
  const replies = await sandboxReplies({ launches: 60 });
  launches = JSON.parse(String(replies[LAUNCHES].body)) as Launch[];
  api = await startApi(replies);
});
after(async () => {
  await api.close();
  await server.close();
});

function serve(records: readonly unknown[]): void {
  api.set(LAUNCHES, { body: JSON.stringify(records) });
}

async function published(): Promise<{ workspace: ServerWorkspace; runId: string; runDir: string }> {
  serve(launches.map((launch, index) => (index === 9 ? { ...launch, name: 7 } : launch)));
  const workspace = server.workspace();
  const { code, report, stderr } = await workspace.pull(['--migrate', '--source', api.url]);
  assert.equal(code, 0, stderr);
  return { workspace, runId: report.run_id ?? '', runDir: report.run_dir ?? '' };
}

const id = (index: number): string => launches[index]?.id ?? '';
const STATE = `SELECT md5(string_agg(to_jsonb(t)::text, '' ORDER BY id)) AS state, (SELECT count(*)::int FROM runs) AS runs,
  (SELECT count(*)::int FROM pg_class WHERE relname LIKE 'staging%' AND relnamespace = 'SCHEMA_pipeline'::regnamespace) AS staging
  FROM launches t`;

void describe('plan', () => {
  void it('leaves a new data folder unchanged, regardless of its outcome, as do all commands that only read', async (t) => {
    const workspace = createWorkspace({ resources: ['rockets'] });
    t.after(workspace.remove);
    const asItWas = workspace.list();
    const plan = ['plan', '--source'];
    const { code: changes, stdout } = await workspace.run([...plan, 'sandbox', '--json']);
    assert.equal(changes, 10);
    const { resources }: PlanReport = JSON.parse(stdout);
    const inserted = { inserted: 4, updated: 0, unchanged: 0, deleted: 0 };
    assert.partialDeepStrictEqual(resources['rockets']?.tables['rockets'], inserted);
    assert.deepEqual(workspace.list(), asItWas);
    for (const [args, code] of [
      [[...plan, 'http://127.0.0.1:1'], 3],
      [['plan', '--from', '0193'], 2],
      [['migrate', 'status'], 0],
      [['migrate', 'down', '--yes', '--source', 'spacex'], 5],
      [['verify'], 5],
      [['query', 'SELECT 1'], 5],
      [['export'], 5],
      [['runs'], 0],
      [['runs', 'prune'], 5],
      [['checks'], 2],
      [['rejects', 'list'], 2],
      [['explain', 'rockets', 'x'], 5],
      [['db', 'serve'], 5],
      [['config'], 0],
    ] as const) {
      const result = await workspace.run(args);
      assert.equal(result.code, code, `${args.join(' ')}: ${result.stderr}`);
      assert.deepEqual(workspace.list(), asItWas, args.join(' '));
    }
  });

  void it('leaves no database if it is interrupted, and nothing that counts as a database if it is killed', async (t) => {
    const place = createWorkspace({ resources: ['rockets'] });
    t.after(place.remove);
    const asItWas = place.list();
    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      const gate = createGate(10);
      const slow = await startApi({
        [ROCKETS]: { body: String((await sandboxReplies({ launches: 5 }))[ROCKETS].body), gate },
      });
      t.after(slow.close);
      const running = place.start(['plan', '--source', slow.url]);
      await gate.reached;
      running.kill(signal);
      const { code } = await running.finished;
      assert.equal(code, signal === 'SIGINT' ? 130 : null);
      if (signal === 'SIGINT') assert.deepEqual(place.list(), asItWas);
    }
    const left = place.list().filter((name) => !asItWas.includes(name));
    assert.deepEqual(
      left.filter((name) => !name.startsWith('data/runs/.plan-')),
      ['data', 'data/runs'],
    );
    for (const args of [['query', 'SELECT count(*) FROM rockets'], ['export']]) {
      assertFailure(await place.run(args), { code: 5, message: /there is no database/, hint: / run$/ });
    }
    // The next run removes such a folder if it is more than a day old.
    const [name = ''] = readdirSync(join(place.folder, 'data', 'runs'));
    const old = `.plan-${uuidv7(Date.now() - 2 * 86_400_000, randomBytes)}`;
    renameSync(join(place.folder, 'data', 'runs', name), join(place.folder, 'data', 'runs', old));
    const { report, stderr } = await place.pull(['--source', api.url]);
    assert.equal(report.status, 'succeeded', stderr);
    assert.deepEqual(readdirSync(join(place.folder, 'data', 'runs')), [report.run_id]);
  });

  void it('shows every cell that a run would change, and changes nothing', async () => {
    const { workspace } = await published();
    const state = STATE.replace('SCHEMA', workspace.schema);
    const [asItWas] = await workspace.sql(state);
    assert.equal((await workspace.run(['plan', '--source', api.url])).code, 0);

    // Launch 1 is renamed, 2 is missing, 3 breaks its contract, 9 now satisfies its contract, and one is new.
    const { cores: _, ...broken } = launches[3] ?? assert.fail();
    const fresh = { ...launches[0], id: 'f'.repeat(24), cores: [] };
    serve([
      ...launches.flatMap((launch, index) => {
        if (index === 1) return [{ ...launch, name: 'Renamed' }];
        return index === 2 ? [] : [index === 3 ? broken : launch];
      }),
      fresh,
    ]);
    const result = await workspace.run(['plan', '--source', api.url, '--json']);
    assert.equal(result.code, 10, result.stderr);
    const report = JSON.parse(result.stdout) as PlanReport;
    const plan = report.resources['launches'] ?? assert.fail();
    assert.partialDeepStrictEqual(plan, {
      newly_accepted: [id(9)],
      newly_rejected: [{ id: id(3), errors: [{ path: '/cores', code: 'required' }] }],
      tables: {
        launches: { inserted: 2, updated: 1, deleted: 1, held: 1, unchanged: 56 },
        launch_cores: { updated: 0 },
      },
    });
    assert.deepEqual(
      plan.tables['launches']?.changes.find(({ kind }) => kind === 'updated'),
      {
        kind: 'updated',
        key: { id: id(1) },
        cells: [{ column: 'name', before: launches[1]?.name, after: 'Renamed' }],
      },
    );
    assert.deepEqual(await workspace.sql(state), [asItWas]);
    assert.deepEqual(
      readdirSync(join(workspace.folder, 'data', 'runs')).filter((name) => name.startsWith('.')),
      [],
    );

    const { stdout } = await workspace.run(['plan', '--source', api.url]);
    assert.match(stdout, new RegExp(`^launches: newly accepted: ${id(9)}$`, 'm'));
    assert.match(stdout, /^launches +\w{24} +updated +name +.* +Renamed$/m);
    assert.match(stdout, /^A run would make these changes\.$/m);
    const run = await workspace.pull(['--source', api.url]);
    assert.partialDeepStrictEqual(run.report.resources['launches'], {
      inserted: 2,
      updated: 1,
      deleted: 1,
      held: 1,
    });
  });

  void it('reads the raw files of a past run, without a request', async () => {
    const { workspace, runId } = await published();
    serve(launches.slice(0, 57));
    const { report: later } = await workspace.pull(['--source', api.url]);
    const asked = api.requests.length;
    const back = await workspace.run(['plan', '--from', runId, '--json']);
    assert.equal(back.code, 10, back.stderr);
    assert.partialDeepStrictEqual((JSON.parse(back.stdout) as PlanReport).resources['launches']?.tables, {
      launches: { inserted: 3, deleted: 0, held: 1 },
    });
    assert.equal((await workspace.run(['plan', '--from', later.run_id ?? ''])).code, 0);
    assert.equal(api.requests.length, asked);
  });

  void it('fails on a truncated raw file, like the run that received it', async () => {
    const { workspace } = await published();
    api.set(LAUNCHES, { body: JSON.stringify(launches).slice(0, 5000) });
    const { report } = await workspace.pull(['--source', api.url]);
    const asked = api.requests.length;
    const result = await workspace.run(['plan', '--from', report.run_id ?? '']);
    assertFailure(result, { code: 3, message: /Cannot read launches .*truncated after 2 whole records/ });
    assert.doesNotMatch(result.stdout, /A run would/);
    assert.equal(api.requests.length, asked);
  });

  void it('fails if the source fails, as a run would', async () => {
    const { workspace } = await published();
    api.set(LAUNCHES, { status: 500, body: 'Internal Server Error' });
    assertFailure(await workspace.run(['plan', '--source', api.url]), {
      code: 3,
      message: /it responded with 500/,
    });
    assertFailure(await workspace.run(['plan', '--from', '0000']), {
      code: 2,
      message: /Cannot find run 0000/,
    });
  });
});

void describe('verify', () => {
  void it('lists altered, missing and extra rows, and finds none after the next run', async () => {
    const { workspace } = await published();
    assert.equal((await workspace.json<VerifyReport>(['verify'])).intact, true);
    await workspace.sql(
      `UPDATE launches SET name = 'Altered', launch_date_unix = 9007199254740993 WHERE id = '${id(4)}'`,
    );
    await workspace.sql(`DELETE FROM rockets WHERE id = (SELECT min(id) FROM rockets)`);
    await workspace.sql(`INSERT INTO launches SELECT (jsonb_populate_record(t, '{"id":"extra"}')).* FROM launches t
      WHERE id = '${id(5)}'`);
    const { code, stdout } = await workspace.run(['verify', '--json']);
    assert.equal(code, 1);
    const { intact, tables, underivable } = JSON.parse(stdout) as VerifyReport;
    assert.deepEqual([intact, underivable], [false, {}]);
    const verdict = (name: string) => tables.find(({ table }) => table === name) ?? assert.fail();
    assert.partialDeepStrictEqual(verdict('launches'), { missing: 0, extra: 1, altered: 1 });
    assert.partialDeepStrictEqual(verdict('rockets'), { missing: 1, extra: 0, altered: 0 });
    for (const name of ['launches', 'rockets'])
      assert.notEqual(verdict(name).digest, verdict(name).digest_now);
    assert.equal(verdict('launch_cores').digest, verdict('launch_cores').digest_now);
    assert.deepEqual(
      verdict('launches').rows.find(({ kind }) => kind === 'updated'),
      {
        kind: 'updated',
        key: { id: id(4) },
        cells: [
          { column: 'name', before: 'Altered', after: launches[4]?.name },
          { column: 'launch_date_unix', before: '9007199254740993', after: launches[4]?.['date_unix'] },
        ],
      },
    );
    const told = await workspace.run(['verify']);
    assert.match(told.stdout, /^launches +extra +extra$/m);
    assert.equal((await workspace.pull(['--source', api.url])).code, 0);
    assert.equal((await workspace.json<VerifyReport>(['verify'])).intact, true);
  });

  void it('reports resources that it cannot derive again, but still compares digests', async () => {
    const { workspace, runDir } = await published();
    rmSync(runDir, { recursive: true });
    const { code, stdout } = await workspace.run(['verify']);
    assert.equal(code, 1);
    assert.match(stdout, /^launches +59 +yes/m);
    assert.match(stdout, /^Cannot derive launches again: the folder of run \S+ is not in /m);
    assert.match(
      stdout,
      /^Every table matches the ledger, but some could not be compared with raw files\.$/m,
    );
    assert.match(stdout, /^To repair it: \S+ run --source spacex --full( --from \S+)?$/m);
    assertFailure(await server.workspace().run(['verify']), {
      code: 2,
      message: /nothing has been published yet/,
    });
  });
});
