import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import spacex from '../../src/sources/spacex/source.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import {
  createGate,
  LAUNCHES,
  ROCKETS,
  sandboxReplies,
  startApi,
  type Api,
  type Reply,
} from '../support/api.ts';
import { derivedIn, digests, stageFiles, stepsOf } from '../support/derived.ts';
import { withEmbedded } from '../support/embedded-template.ts';
import {
  assertFailure,
  createTestServer,
  createWorkspace,
  QUICK_SOURCE,
  type ServerWorkspace,
} from '../support/workspace.ts';

const { resources } = spacex;

const replies = await sandboxReplies({ launches: 30 });
const server = await createTestServer();
after(() => server.close());

const BOTH = ['launches', 'rockets'];

void describe('a run that finds nothing changed', { concurrency: 3 }, () => {
  for (const where of ['a server', 'the embedded database']) {
    void it(`repeats no work, and reports the existing state: ${where}`, async (t) => {
      const sandbox = await startSandbox();
      t.after(sandbox.close);
      const settings = { resources: null, source: { ...QUICK_SOURCE, baseUrl: sandbox.url } };
      const own = where === 'a server' ? server.workspace(settings) : null;
      const { json, pull, remove } = own ?? (await withEmbedded(createWorkspace(settings)));
      if (own === null) t.after(remove);
      const first = await pull(['--migrate']);
      assert.equal(first.code, 0, first.stderr);
      const all = resources.map(({ name }) => name).sort();
      assert.deepEqual(derivedIn(first.report), all);
      await own?.sql(`CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS
        $$ BEGIN IF current_setting('search_path') LIKE '"${own.schema}"%' THEN RAISE 'no table is due'; END IF; END $$;
        CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN TAG IN ('CREATE TABLE', 'DROP TABLE') EXECUTE FUNCTION refuse()`);
      let earlier = first.report;
      for (let turn = 2; turn <= 3; turn += 1) {
        const { code, report, stderr } = await pull([]);
        assert.equal(code, 0, stderr);
        assert.deepEqual(stepsOf(report), Object.fromEntries(all.map((name) => [name, ['extract']])));
        for (const [name, { pages, seconds, tables, ...told }] of Object.entries(report.resources)) {
          const left = first.report.resources[name] ?? assert.fail();
          const { received, validated } = left;
          const counts = { inserted: 0, updated: 0, unchanged: received, deleted: 0, held: 0 };
          const rest = { errored: 0, repeated: 0, pass: 'full', not_modified: true, error: null };
          assert.deepEqual(told, { status: 'succeeded', received, validated, ...counts, ...rest });
          assert.deepEqual(pages, left.pages);
          assert.ok(seconds >= 0);
          for (const [table, counted] of Object.entries(tables)) {
            const { dangling, digest, live_after } = left.tables[table] ?? assert.fail();
            const rows = { staged: live_after, unchanged: live_after, live_before: live_after, live_after };
            const none = { inserted: 0, updated: 0, deleted: 0, held: 0, carried: false };
            // The first run may have counted dangling references to a table that was still empty.
            assert.deepEqual({ ...counted, dangling }, { ...rows, ...none, digest, dangling });
          }
        }
        for (const line of [
          `launches: not modified since run ${first.report.run_id}\n`,
          `launches: tables unchanged since run ${earlier.run_id}\n`,
        ])
          assert.ok(stderr.includes(line), stderr);
        assert.doesNotMatch(stderr, /validated/);
        assert.deepEqual(stageFiles(report), stageFiles(first.report));
        const shown = await json<RunReport>(['runs', 'show', report.run_id ?? '']);
        assert.deepEqual(shown.resources, report.resources);
        earlier = report;
      }
      await own?.sql('DROP EVENT TRIGGER refuse');
      if (own !== null)
        assert.partialDeepStrictEqual(await json(['verify']), { intact: true, underivable: {} });
    });
  }
});

type Place = Omit<ServerWorkspace, 'pull'> & {
  readonly api: Api;
  readonly first: RunReport;
  readonly pull: (...args: readonly string[]) => Promise<RunReport>;
};

/** A workspace in which rockets and launches have been pulled once. */
async function pulled(settings: Readonly<Record<string, unknown>> = {}, served = replies): Promise<Place> {
  const api = await startApi(served);
  after(() => api.close());
  const workspace = server.workspace({ ...settings, source: { ...QUICK_SOURCE, baseUrl: api.url } });
  const pull = async (...args: readonly string[]): Promise<RunReport> => {
    const { code, report, stderr } = await workspace.pull(args);
    assert.equal(code, 0, stderr);
    return report;
  };
  return { ...workspace, api, pull, first: await pull('--migrate') };
}

/** The reply, with some values changed in its first record. */
function altered(reply: Reply, values: Readonly<Record<string, unknown>>): Reply {
  const [first, ...rest] = JSON.parse(String(reply.body)) as Record<string, unknown>[];
  return { ...reply, body: JSON.stringify([{ ...first, ...values }, ...rest]) };
}

void describe('a resource that the source reports as not modified', { concurrency: 3 }, () => {
  void it('is derived again and repaired if its tables have changed since the last run', async () => {
    const { first, pull, sql } = await pulled();
    for (const [act, derived] of [
      [`UPDATE launches SET name = 'altered' WHERE flight_number = 3`, ['launches']],
      [`DELETE FROM launches WHERE flight_number = 3`, ['launches']],
      [
        `INSERT INTO launches SELECT (jsonb_populate_record(l, '{"id": "new"}')).* FROM launches l LIMIT 1`,
        ['launches'],
      ],
      [`UPDATE launch_cores SET flight = -1 WHERE position = 0`, ['launches']],
      [`DELETE FROM launch_payloads`, ['launches']],
      [`UPDATE rockets SET name = 'altered'`, ['rockets']],
      [`UPDATE rockets SET name = 'altered'; DELETE FROM launch_cores`, BOTH],
    ] as const) {
      await sql(act);
      const report = await pull();
      assert.deepEqual(derivedIn(report), derived, act);
      assert.deepEqual(digests(report), digests(first), act);
    }
    assert.deepEqual(derivedIn(await pull()), []);
    const strayed = await sql(
      'SELECT FROM launches l JOIN rockets r ON r.id = rocket_id WHERE rocket_name <> r.name',
    );
    assert.deepEqual(strayed, []);
  });

  void it('is derived again if values that it looks up have changed, but not after any other change', async () => {
    const { api, pull, sql } = await pulled();
    const strayed = () =>
      sql(
        'SELECT FROM launches l JOIN rockets r ON r.id = rocket_id WHERE rocket_name IS DISTINCT FROM r.name',
      );
    api.set(ROCKETS, altered(replies[ROCKETS], { description: 'another' }));
    assert.deepEqual(derivedIn(await pull()), ['rockets']);
    api.set(ROCKETS, altered(replies[ROCKETS], { name: 'Renamed' }));
    assert.deepEqual(derivedIn(await pull()), BOTH);
    const [named] = await sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM launches WHERE rocket_name = 'Renamed'`,
    );
    assert.ok((named?.n ?? 0) > 0);
    assert.deepEqual(await strayed(), []);
    api.set(LAUNCHES, altered(replies[LAUNCHES], { name: 'Renamed, too' }));
    const report = await pull();
    assert.deepEqual(derivedIn(report), ['launches']);
    assert.equal(report.resources['launches']?.updated, 1);
    assert.deepEqual(await strayed(), []);
    assert.deepEqual(derivedIn(await pull()), []);
  });

  void it('is derived again if anything about its last publish is uncertain', async () => {
    const { first, pull, sql } = await pulled();
    let last = first;
    const inLast = (...parts: readonly string[]): string => path.join(last.run_dir ?? '', ...parts);
    const ledger = (statement: string) => () => sql(`${statement} = '${last.run_id}'`);
    for (const [what, act] of [
      [
        'different code',
        ledger(`UPDATE run_resources SET derivation_key = 'other' WHERE resource = 'launches' AND run_id`),
      ],
      [
        'no derivation key',
        ledger(`UPDATE run_resources SET derivation_key = NULL WHERE resource = 'launches' AND run_id`),
      ],
      [
        'a record that was set aside',
        ledger(`UPDATE run_resources SET received = 31, errored = 1 WHERE resource = 'launches' AND run_id`),
      ],
      [
        'a table that is missing from the ledger',
        ledger(`DELETE FROM run_tables WHERE table_name = 'launch_cores' AND run_id`),
      ],
      [
        'an open reject',
        () =>
          sql(
            `INSERT INTO rejects VALUES ('launches', 'none', 'f', 'open', NULL, 'a', 'a', now(), now(), 1, '[]', 1, 0, 0)`,
          ),
      ],
      ...['validated/launches.ndjson', 'errored/launches.ndjson', 'profile/launches.json'].map(
        (file) => [`no ${file}`, async () => rmSync(inLast(file))] as const,
      ),
      ['no file for a table', async () => rmSync(inLast('intermediate/launch_cores.csv'))],
      [
        'an empty file',
        async () => {
          rmSync(inLast('intermediate/launch_cores.csv'));
          writeFileSync(inLast('intermediate/launch_cores.csv'), '');
        },
      ],
    ] as const) {
      await act();
      const earlier = stageFiles(last);
      last = await pull();
      assert.deepEqual(derivedIn(last), ['launches'], what);
      assert.deepEqual(Object.keys(stageFiles(last)), Object.keys(stageFiles(first)).sort(), what);
      const shared = Object.entries(stageFiles(last)).filter(([name, file]) => earlier[name] === file);
      assert.ok(
        shared.every(([name]) => /\/rocket/.test(name)),
        what,
      );
      assert.deepEqual(digests(last), digests(first), what);
    }
    assert.deepEqual(derivedIn(await pull()), []);
    assert.deepEqual(await sql('SELECT status FROM rejects'), [{ status: 'gone' }]);
  });

  void it('is derived again on request (--full, replay, plan, resume)', async () => {
    const { api, first, json, pull, run, sql } = await pulled();
    assert.deepEqual(derivedIn(await pull('--full')), BOTH);
    assert.deepEqual(derivedIn(await json<RunReport>(['replay', first.run_id ?? ''])), BOTH);
    assert.deepEqual(derivedIn(await pull()), [], 'a replay changes nothing');
    type Plan = { readonly changes: boolean; readonly resources: RunReport['resources'] };
    const { changes, resources: planned } = await json<Plan>(['plan']);
    assert.deepEqual([changes, planned['launches']?.tables['launches']?.unchanged], [false, 30]);
    api.set(LAUNCHES, { status: 404, body: 'Not Found' });
    assert.equal((await run(['run', '--atomic'])).code, 3);
    api.set(LAUNCHES, replies[LAUNCHES]);
    assert.deepEqual(derivedIn(await json<RunReport>(['resume'])), BOTH);
    assert.deepEqual(await sql('SELECT DISTINCT _run_id FROM launches'), [{ _run_id: first.run_id }]);
  });

  void it('is derived again while it has rejects, or while its table has rows that the source no longer has', async () => {
    const bad = await pulled({}, { ...replies, [LAUNCHES]: altered(replies[LAUNCHES], { name: 7 }) });
    const second = await bad.pull();
    assert.deepEqual(derivedIn(second), ['launches']);
    assert.equal(second.resources['launches']?.errored, 1);

    const { api, configure, pull, sql } = await pulled({ deletes: false });
    const fewer = (JSON.parse(String(replies[LAUNCHES].body)) as unknown[]).slice(1);
    api.set(LAUNCHES, { body: JSON.stringify(fewer) });
    await pull();
    assert.deepEqual(derivedIn(await pull()), ['launches']);
    configure({ source: { ...QUICK_SOURCE, baseUrl: api.url } });
    assert.equal((await pull()).resources['launches']?.deleted, 1);
    assert.deepEqual(derivedIn(await pull()), []);
    assert.deepEqual(await sql('SELECT count(*)::int AS n FROM launches'), [{ n: 29 }]);
  });

  void it('is not published if someone has changed its rows since the run compared them', async () => {
    const { api, pull, sql, start } = await pulled();
    const books = () =>
      sql(`SELECT r.status, r.error->>'code' AS code, (SELECT count(*)::int FROM run_tables t WHERE t.run_id = r.run_id) AS tables
           FROM runs r ORDER BY run_id DESC LIMIT 1`);
    const gate = createGate(100);
    api.set(LAUNCHES, { ...altered(replies[LAUNCHES], { name: 'Renamed' }), gate });
    const running = start(['run']);
    await gate.reached;
    await running.line(/rockets: tables unchanged since run /);
    await sql(`UPDATE rockets SET country = 'altered'`);
    const asItWas = await sql('SELECT ctid, xmin, * FROM launches ORDER BY id');
    gate.open();
    const result = await running.finished;
    assertFailure(result, {
      code: 1,
      message:
        /Cannot publish rockets: its rows have changed since run \S+ \(digest 4:-?\d+ is now 4:-?\d+\)$/,
      hint: /spacex-pipeline run$/,
    });
    assert.deepEqual(await sql('SELECT ctid, xmin, * FROM launches ORDER BY id'), asItWas);
    assert.deepEqual(await books(), [{ status: 'failed', code: 'books', tables: 0 }]);
    const again = await pull();
    assert.deepEqual(derivedIn(again), BOTH);
    assert.deepEqual([again.resources['rockets']?.updated, again.resources['launches']?.updated], [4, 1]);
  });

  void it('is published even if other resources fail, but not with --atomic', async () => {
    const { api, first, pull, run } = await pulled();
    api.set(LAUNCHES, { status: 404, body: 'Not Found' });
    const partial = await run(['run', '--json']);
    const report = JSON.parse(partial.stdout) as RunReport;
    assert.deepEqual([partial.code, report.status], [3, 'partial']);
    assert.equal(report.resources['rockets']?.unchanged, 4);
    assert.ok(!existsSync(path.join(report.run_dir ?? '', 'validated', 'launches.ndjson')));
    const none = JSON.parse((await run(['run', '--json', '--atomic'])).stdout) as RunReport;
    assert.deepEqual([none.status, none.resources['rockets']?.status], ['failed', 'skipped']);
    api.set(LAUNCHES, replies[LAUNCHES]);
    const last = await pull();
    assert.deepEqual(derivedIn(last), []);
    assert.deepEqual(digests(last), digests(first));
  });
});
