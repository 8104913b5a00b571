import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import type { PlanReport } from '../../src/app/plan.ts';
import type { VerifyReport } from '../../src/app/verify.ts';
import { LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

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
  void it('has everything inserted where there is no embedded database yet', async (t) => {
    const workspace = createWorkspace({ resources: ['rockets'] });
    t.after(workspace.remove);
    const { code, stdout, stderr } = await workspace.run(['plan', '--source', 'sandbox', '--json']);
    assert.equal(code, 10, stderr);
    const { changes, resources }: PlanReport = JSON.parse(stdout);
    assert.equal(changes, true);
    const rockets = resources['rockets']?.tables['rockets'] ?? assert.fail();
    assert.partialDeepStrictEqual(rockets, { inserted: 4, updated: 0, unchanged: 0, deleted: 0 });
  });

  void it('tells what a run would change, to the cell, and changes nothing', async () => {
    const { workspace } = await published();
    const state = STATE.replace('SCHEMA', workspace.schema);
    const [asItWas] = await workspace.sql(state);
    assert.equal((await workspace.run(['plan', '--source', api.url])).code, 0);

    // 1 is renamed, 2 is gone, 3 breaks its contract, 9 honours it now, one is new.
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
    assert.match(stdout, /^A run would change this\.$/m);
    const run = await workspace.pull(['--source', api.url]);
    assert.partialDeepStrictEqual(run.report.resources['launches'], {
      inserted: 2,
      updated: 1,
      deleted: 1,
      held: 1,
    });
  });

  void it('works on archived raw files, without a request', async () => {
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

  void it('fails where an archived file breaks off, as the run did that received it', async () => {
    const { workspace } = await published();
    api.set(LAUNCHES, { body: JSON.stringify(launches).slice(0, 5000) });
    const { report } = await workspace.pull(['--source', api.url]);
    const asked = api.requests.length;
    const result = await workspace.run(['plan', '--from', report.run_id ?? '']);
    assertFailure(result, { code: 3, message: /Cannot read launches .*truncated after 2 whole records/ });
    assert.doesNotMatch(result.stdout, /A run would/);
    assert.equal(api.requests.length, asked);
  });

  void it('fails as a run would where the source does', async () => {
    const { workspace } = await published();
    api.set(LAUNCHES, { status: 500, body: 'Internal Server Error' });
    assertFailure(await workspace.run(['plan', '--source', api.url]), {
      code: 3,
      message: /it answered 500/,
    });
    assertFailure(await workspace.run(['plan', '--from', '0000']), {
      code: 2,
      message: /Cannot find run 0000/,
    });
  });
});

void describe('verify', () => {
  void it('names rows that are altered, missing or extra, and is content after the next run', async () => {
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

  void it('says what it cannot derive again, and compares digests all the same', async () => {
    const { workspace, runDir } = await published();
    rmSync(runDir, { recursive: true });
    const { code, stdout } = await workspace.run(['verify']);
    assert.equal(code, 1);
    assert.match(stdout, /^launches +59 +yes/m);
    assert.match(stdout, /^launches cannot be derived again: the folder of run \S+ is not in /m);
    assert.match(stdout, /^Every table is as the ledger says, but not all could be compared with raw\.$/m);
    assertFailure(await server.workspace().run(['verify']), {
      code: 2,
      message: /nothing was ever published/,
    });
  });
});
