import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { LAUNCHES, ROCKETS, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { assertFailure, createTestServer, type TestServer } from '../support/workspace.ts';

let server: TestServer;
let sandbox: Sandbox;
before(async () => {
  [server, sandbox] = await Promise.all([createTestServer(), startSandbox({ launches: 30 })]);
});
after(async () => {
  await sandbox.close();
  await server.close();
});

const INSERTED = { inserted: 30, updated: 0, unchanged: 0, deleted: 0, held: 0 };
const COUNTS =
  'SELECT (SELECT count(*)::int FROM rockets) AS rockets, (SELECT count(*)::int FROM launches) AS launches';

void describe('run on a server', { concurrency: 3 }, () => {
  void it('loads, then finds everything unchanged', async () => {
    const { pull, run, sql, json } = server.workspace();
    const first = await pull(['--source', sandbox.url, '--migrate', '--log-format', 'json']);
    assert.equal(first.code, 0, first.stderr);
    const { run_id, run_dir, started_at, finished_at, resources, ...rest } = first.report;
    assert.deepEqual(rest, {
      status: 'succeeded',
      source: 'spacex',
      address: sandbox.url,
      simulated: true,
      job: null,
      error: null,
    });
    assert.match(run_id ?? '', /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.ok(run_dir?.endsWith(`/data/runs/${run_id}`), run_dir ?? '');
    for (const time of [started_at, finished_at]) assert.equal(time, new Date(time ?? '').toISOString());
    const { pages, seconds, tables, ...launches } = resources['launches'] ?? assert.fail();
    assert.deepEqual(
      pages.map(({ captured_at, path, proof, url }) => [path, url, captured_at, proof]),
      [['raw/launches/0001.json', `${sandbox.url}/v5/launches`, null, null]],
    );
    assert.deepEqual(launches, {
      status: 'succeeded',
      received: 30,
      validated: 30,
      errored: 0,
      repeated: 0,
      pass: 'full',
      ...INSERTED,
      not_modified: false,
      error: null,
    });
    assert.equal(typeof seconds, 'number');
    const { digest, ...counts } = tables['launches'] ?? assert.fail();
    assert.match(digest, /^30:-?\d+$/);
    assert.deepEqual(counts, {
      staged: 30,
      ...INSERTED,
      live_before: 0,
      live_after: 30,
      dangling: { rocket_id: 0 },
      carried: false,
    });
    for (const line of first.stderr.trimEnd().split('\n')) {
      const { time, level, msg } = JSON.parse(line);
      assert.equal(time, new Date(time).toISOString());
      assert.deepEqual([level, typeof msg], ['info', 'string']);
    }

    const second = await run(['run', '--source', sandbox.url, '--quiet']);
    assert.deepEqual([second.code, second.stdout, second.stderr], [0, '', '']);
    const third = await run(['run', '--source', sandbox.url, '-v']);
    assert.equal(third.code, 0, third.stderr);
    assert.match(third.stdout, /^launches +succeeded +30 +30 +0 +0 +0 +30 +0 +0 /m);
    assert.match(
      third.stdout,
      /^✓ 2 of 2 resources, 34 records in .* · SIMULATED, from http:\S+ · everything is unchanged$/m,
    );
    assert.match(third.stdout, /^Run \S+ succeeded \(http:\S+: simulated records\)$/m);
    assert.match(third.stderr, /launches: not modified since run/);
    assert.deepEqual(await sql(COUNTS), [{ rockets: 4, launches: 30 }]);
    const touched = await sql<{ run: string }>('SELECT DISTINCT _run_id AS run FROM launches');
    assert.deepEqual(touched, [{ run: run_id }]);
    const runs = await json<{ run_id: string }[]>(['runs', '--limit', '2']);
    assert.equal(runs.length, 2);
    assert.ok((runs[0]?.run_id ?? '') > (runs[1]?.run_id ?? ''), 'newest first');
  });

  void it('fails before any request while migrations are pending', async (t) => {
    const api = await startApi({});
    t.after(api.close);
    const { list, pull, run } = server.workspace();
    const refused = await run(['run', '--source', api.url]);
    assertFailure(refused, { code: 6, message: /(\d+) of \1 migrations are pending/, hint: /migrate up/ });
    assert.deepEqual(api.requests, []);
    assert.deepEqual(list(), ['spacex-pipeline.config.json']);
    const told = await pull(['--source', api.url]);
    assert.deepEqual([told.code, told.report.run_id, told.report.error?.code], [6, null, 'migration']);
    assert.equal((await run(['migrate', 'up'])).code, 0);
    assert.equal((await run(['run', '--source', sandbox.url])).code, 0);
  });

  void it('adds the resources that the chosen resources need, and names them', async () => {
    const { run, sql } = server.workspace();
    const flags = ['-v', '--migrate', '--resources', 'launches', '--batch-size', '7', '--concurrency', '1'];
    const { code, stdout, stderr } = await run(['run', '--source', sandbox.url, ...flags]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /also pulled and published, because they are needed: rockets/);
    assert.match(stdout, /^rockets +succeeded/m);
    const rockets = await run(['run', '--source', sandbox.url, '--resources', 'rockets', '--full', '-v']);
    assert.equal(rockets.code, 0, rockets.stderr);
    assert.doesNotMatch(rockets.stdout, /^launches/m);
    assert.doesNotMatch(rockets.stderr, /not modified/);
    assert.deepEqual(await sql(COUNTS), [{ rockets: 4, launches: 30 }]);
  });

  void it('exits 1 and publishes nothing if the books do not balance', async () => {
    const { run, sql, pull } = server.workspace();
    assert.equal((await run(['migrate', 'up'])).code, 0);
    await sql(`CREATE FUNCTION eat() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.flight_number = 7 THEN RETURN NULL; END IF; RETURN NEW; END $$;
      CREATE TRIGGER eater BEFORE INSERT ON launches FOR EACH ROW EXECUTE FUNCTION eat()`);
    const result = await pull(['--source', sandbox.url]);
    assertFailure(result, { code: 1, message: /launches: its books do not balance.*30 = 29/ });
    assert.deepEqual([result.report.status, result.report.error?.code], ['failed', 'books']);
    assert.deepEqual(await sql(COUNTS), [{ rockets: 0, launches: 0 }]);
    const [last] = await sql<{ status: string }>('SELECT status FROM runs');
    assert.equal(last?.status, 'failed');
  });

  void it('exits 5 if the database rejects a row, or if the database is unavailable', async () => {
    const { run, sql } = server.workspace();
    assert.equal((await run(['migrate', 'up'])).code, 0);
    await sql('ALTER TABLE launches ADD CONSTRAINT few CHECK (flight_number < 5)');
    const refused = await run(['run', '--source', sandbox.url]);
    assertFailure(refused, { code: 5, message: /Cannot publish run .*few.*\(23514\)$/ });
    assert.deepEqual(await sql(COUNTS), [{ rockets: 0, launches: 0 }]);
    const away = 'postgres://nobody:secret@127.0.0.1:1/none';
    const none = await run(['run', '--source', sandbox.url, '--database-url', away]);
    assertFailure(none, { code: 5, message: /connect to .*127\.0\.0\.1:1\/none.*ECONNREFUSED/ });
    assert.doesNotMatch(none.stderr, /secret/);
  });

  void it('never mixes simulated and real records in a schema', async (t) => {
    const real = await startApi(await sandboxReplies({ launches: 30, seed: 2 }));
    t.after(real.close);
    for (const [first, other, message] of [
      [real.url, sandbox.url, /simulated records.* real /],
      [sandbox.url, real.url, /real records.* simulated /],
    ] as const) {
      const { run, sql, list } = server.workspace();
      assert.equal((await run(['run', '--migrate', '--source', first])).code, 0);
      const raw = () => list().filter((name) => /raw\/\w+\//.test(name));
      const asItWas = raw();
      const ids = await sql('SELECT id, _run_id FROM launches ORDER BY id');
      assertFailure(await run(['run', '--source', other]), { code: 2, message });
      assertFailure(await run(['run', '--source', other, '--data-dir', 'other']), { code: 2, message });
      assert.deepEqual(raw(), asItWas);
      assert.deepEqual(await sql('SELECT id, _run_id FROM launches ORDER BY id'), ids);
      const runs = await sql(
        `SELECT status, simulated, error->>'code' AS code FROM runs ORDER BY run_id DESC LIMIT 1`,
      );
      assert.deepEqual(runs, [{ status: 'failed', simulated: null, code: 'kind' }]);
    }
  });
});

void describe('a run in which one resource fails', { concurrency: 3 }, () => {
  const failing = async (path: string): Promise<Api> => {
    const replies = await sandboxReplies({ launches: 30 });
    const broken = { status: 404, body: 'Not Found', headers: { 'content-type': 'text/plain' } };
    return startApi({ ...replies, [path]: broken }, { simulated: true });
  };

  void it('skips the resources that need it', async (t) => {
    const api = await failing(ROCKETS);
    t.after(api.close);
    const { pull, sql } = server.workspace();
    const result = await pull(['--migrate', '--source', api.url]);
    assertFailure(result, { code: 3, message: /\/v4\/rockets: it responded with 404/ });
    const { resources, status } = result.report;
    assert.deepEqual(
      [status, resources['rockets']?.status, resources['launches']?.status],
      ['failed', 'failed', 'skipped'],
    );
    assert.equal(resources['launches']?.error?.code, 'need');
    assert.ok(!api.requests.some(({ path, method }) => path === LAUNCHES && method === 'GET'));
    assert.deepEqual(await sql(COUNTS), [{ rockets: 0, launches: 0 }]);
  });

  void it('publishes the other resources, but none with --atomic', async (t) => {
    const api = await failing(LAUNCHES);
    t.after(api.close);
    const { pull, sql } = server.workspace();
    const whole = await pull(['--migrate', '--source', api.url, '--atomic']);
    assert.deepEqual([whole.code, whole.report.status], [3, 'failed'], whole.stderr);
    assert.deepEqual(await sql(COUNTS), [{ rockets: 0, launches: 0 }]);
    const result = await pull(['--source', api.url]);
    assertFailure(result, { code: 3, message: /\/v5\/launches: it responded with 404/ });
    assert.equal(result.report.status, 'partial');
    assert.equal(result.report.error?.code, 'source');
    assert.deepEqual(await sql(COUNTS), [{ rockets: 4, launches: 0 }]);
    assert.deepEqual(await sql('SELECT status FROM runs ORDER BY run_id'), [
      { status: 'failed' },
      { status: 'partial' },
    ]);
  });
});
