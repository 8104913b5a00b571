import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { Client } from 'pg';

import { startSandbox } from '../../src/sandbox/server.ts';
import { sources } from '../../src/sources/index.ts';
import { sandboxReplies, startApi, type Api } from '../support/api.ts';
import { assertError, assertFailure, createTestServer, type TestServer } from '../support/workspace.ts';
import type { MigrateReport } from '../../src/output/documents.ts';

const COMPANY = '/v4/company';
let server: TestServer;
let api: Api;
before(async () => {
  server = await createTestServer();
  const sandbox = await startSandbox({ launches: 30 });
  const company = await fetch(sandbox.url + COMPANY);
  api = await startApi({
    ...(await sandboxReplies({ launches: 30 })),
    [COMPANY]: { body: await company.text() },
  });
  await sandbox.close();
});
after(async () => {
  await api.close();
  await server.close();
});

type Document = MigrateReport;
/** The migrations of each source, with the ledger migrations first. */
const ALL = sources.flatMap(({ name: source }) =>
  ['ledger', source].flatMap(namesIn).map((name) => ({ name, source, applied_at: null })),
);
const NAMES = ALL.map(({ name }) => name);
const SPACEX = ALL.filter(({ source }) => source === 'spacex').map(({ name }) => name);
const OTHERS = NAMES.slice(SPACEX.length);
const LAST = SPACEX.at(-1) ?? '';

function namesIn(folder: string): string[] {
  return readdirSync(new URL(`../../migrations/${folder}`, import.meta.url))
    .map((file) => `${folder}/${file.replace(/\.sql$/, '')}`)
    .sort();
}

void describe('migrate', { concurrency: 3 }, () => {
  void it('migrates up, down and up again, and reports the state', async () => {
    const { json, run, sql } = server.workspace({ serve: { queueSchema: 'queue_of_up' } });
    const start = await json<Document>(['migrate', 'status']);
    assert.deepEqual(start, {
      changed: [],
      made_again: [],
      missing: [],
      migrations: ALL,
    });
    const up = await run(['migrate', 'up']);
    assert.deepEqual([up.code, up.stderr], [0, '']);
    assert.match(
      up.stdout,
      new RegExp(
        `^Applied: ${NAMES.join(', ')}, job queue in schema queue_of_up\\nsource +migration +applied\\n`,
      ),
    );
    assert.match(up.stdout, new RegExp(`^spacex +${LAST} +20\\S+Z$`, 'm'));
    assert.match((await run(['migrate', 'up'])).stdout, /^Applied: nothing$/m);
    const down = await json<Document>(['migrate', 'down', '--yes', '--source', 'spacex']);
    assert.deepEqual(down.changed, [LAST]);
    assert.deepEqual(
      down.migrations.filter(({ applied_at }) => applied_at === null).map(({ name }) => name),
      [LAST],
    );
    const comment = `SELECT obj_description('launches'::regclass) AS comment`;
    assert.match(JSON.stringify(await sql(comment)), /how it went/);
    assert.deepEqual((await json<Document>(['migrate', 'up'])).changed, [LAST]);
  });

  void it('lists and recreates missing objects of applied migrations, and the next run loads their rows', async () => {
    const { json, pull, run, schema, sql } = server.workspace({
      resources: ['launches', 'company'],
      serve: { queueSchema: 'queue_of_missing' },
    });
    const source = ['--source', api.url];
    assert.equal((await pull(['--migrate', ...source])).code, 0);
    const count =
      'SELECT (SELECT count(*)::int FROM rockets) AS rockets, (SELECT count(*)::int FROM launches) AS launches';
    const asItWas = await sql(count);
    assert.deepEqual((await json<Document>(['migrate', 'status'])).missing, []);
    await sql('DROP TABLE rockets');
    const asked = api.requests.length;

    // If a table is missing, its resource and the resources that need it fail without being requested.
    const part = await pull(source);
    assert.equal(part.code, 6, part.stderr);
    assert.deepEqual(
      Object.entries(part.report.resources)
        .map(([name, { status }]) => `${name} ${status}`)
        .sort(),
      ['company succeeded', 'launches skipped', 'rockets failed'],
    );
    assertError(
      part.report.resources['rockets']?.error,
      'migration',
      /Cannot load rockets: table rockets is missing from schema test_\d+$/,
    );
    const gets = api.requests.slice(asked).filter(({ method }) => method === 'GET');
    assert.deepEqual(
      gets.map(({ path }) => path),
      [COMPANY],
    );
    const text = await run(['migrate', 'status']);
    assert.match(text.stdout, new RegExp(`^Missing: table ${schema}.rockets$`, 'm'));
    const up = await json<Document>(['migrate', 'up']);
    assert.deepEqual(
      [up.changed, up.made_again[0], up.missing],
      [[...OTHERS, 'job queue in schema queue_of_missing'], `table ${schema}.rockets`, []],
    );
    assert.equal((await pull(source)).code, 0);
    assert.deepEqual(await sql(count), asItWas);

    // The run itself restores everything. Resources that the API reports as unmodified are derived again, too.
    await sql(`DROP SCHEMA ${schema} CASCADE`);
    const whole = await pull(source);
    assertFailure(whole, { code: 6, message: /missing from schema/, hint: /migrate up$/ });
    const { code, report, stderr } = await pull([...source, '--migrate']);
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      new RegExp(`recreated missing objects without their contents: everything in schema ${schema}$`, 'm'),
    );
    assert.deepEqual(
      Object.values(report.resources).map(({ not_modified }) => not_modified),
      [true, true, true],
    );
    assert.deepEqual(await sql(count), asItWas);

    await sql(`DROP TABLE ${schema}_pipeline.tombstones`);
    assertFailure(await pull(source), {
      code: 6,
      message: /table tombstones is missing from schema test_\d+_pipeline$/,
      hint: /Use --migrate, or run: .* migrate up$/,
    });
    assertFailure(await run(['plan', ...source]), {
      code: 6,
      message: /table tombstones/,
      hint: /^hint: \S+ migrate up$/,
    });
  });

  void it('rejects a table whose key differs from the key in the code, before any request', async (t) => {
    const { pull, sql } = server.workspace({ resources: ['rockets'] });
    // Other tests count the requests to the shared API.
    const own = await startApi(await sandboxReplies({ launches: 5 }));
    t.after(own.close);
    const source = ['--migrate', '--source', own.url];
    assert.equal((await pull(source)).code, 0);
    await sql(
      'ALTER TABLE rocket_images DROP CONSTRAINT rocket_images_pkey, ADD PRIMARY KEY (url, rocket_id)',
    );
    const asked = own.requests.length;
    const { code, report } = await pull(source);
    assert.deepEqual([code, own.requests.length], [6, asked]);
    assertError(
      report.resources['rockets']?.error,
      'migration',
      /^Cannot load rockets: the key of table rocket_images is \(url, rocket_id\) in the database, but \(rocket_id, position\) in the code$/,
    );
    assert.match(report.resources['rockets']?.error?.hint ?? '', /: npm run migration rocket_images_key$/);
    await sql(
      'ALTER TABLE rocket_images DROP CONSTRAINT rocket_images_pkey, ADD PRIMARY KEY (position, rocket_id)',
    );
    assert.equal((await pull(source)).code, 0, 'the order of the key columns does not matter');
  });

  void it('waits for a concurrent migration, and both succeed', async (t) => {
    const { schema, start } = server.workspace({ serve: { queueSchema: 'queue_of_two' } });
    // The watcher is a separate client, because a transaction keeps seeing pg_stat_activity as it was at its first
    // read.
    const [blocker, watcher] = [1, 2].map(() => new Client({ connectionString: server.url }));
    assert.ok(blocker !== undefined && watcher !== undefined);
    await Promise.all([blocker.connect(), watcher.connect()]);
    t.after(() => Promise.all([blocker.end(), watcher.end()]));
    await blocker.query(`BEGIN; CREATE SCHEMA ${schema}`);
    const first = start(['migrate', 'up']);
    const wanted = `SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE SCHEMA%' AND wait_event_type = 'Lock'
      AND application_name LIKE '% pid ${first.pid}'`;
    while ((await watcher.query(wanted)).rowCount === 0);
    const second = start(['migrate', 'up']);
    await second.line(/waiting for another migration of schema \S+ to end/);
    await blocker.query('ROLLBACK');
    const results = await Promise.all([first.finished, second.finished]);
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0],
    );
    assert.match(
      results[0].stdout,
      new RegExp(`^Applied: .*${NAMES.at(-1)}, job queue in schema queue_of_two$`, 'm'),
    );
    assert.match(results[1].stdout, /^Applied: nothing$/m);
  });

  void it('rejects a schema that a newer version has migrated, except in commands that only read', async () => {
    const { pull, run, sql } = server.workspace({
      resources: ['rockets'],
      serve: { queueSchema: 'queue_of_newer' },
    });
    assert.equal(
      (await run(['migrate', 'up', '--quiet'])).stdout,
      `Applied: ${NAMES.join(', ')}, job queue in schema queue_of_newer\n`,
    );
    const sandbox = await startSandbox({ launches: 5 });
    const { report, stderr } = await pull(['--source', sandbox.url]);
    await sandbox.close();
    assert.equal(report.status, 'succeeded', stderr);
    const runId = report.run_id ?? '';
    await sql(`INSERT INTO migrations (name) VALUES ('spacex/9999_future')`);
    for (const args of [
      ['migrate', 'up'],
      ['migrate', 'down', '--yes', '--source', 'spacex'],
      ['migrate', 'status'],
      ['run', '--source', 'http://127.0.0.1:1'],
      ['run', '--migrate', '--source', 'http://127.0.0.1:1'],
      ['replay', runId],
      ['resume', runId],
      ['plan', '--from', runId],
      ['verify'],
      ['checks'],
      ['checks', '--rows', 'dangling_launches_rocket_id'],
      ['explain', 'rockets', 'x'],
      ['rejects', 'list', '--status', 'all'],
      ['rejects', 'show', 'x'],
      ['rejects', 'waive', 'x', '--reason', 'y'],
      ['runs', 'prune'],
    ]) {
      assertFailure(await run(args), {
        code: 6,
        message: /newer version .*spacex\/9999_future/,
        hint: /that version/,
      });
    }
    for (const args of [
      ['query', 'SELECT name FROM migrations'],
      ['export', '--tables', 'rockets', '--out', 'kept'],
      ['runs'],
      ['runs', 'show', runId],
      ['rejects', 'list', runId],
    ]) {
      const result = await run(args);
      assert.deepEqual([result.code, result.stderr], [0, ''], args.join(' '));
    }
  });

  void it('must run before queries, which otherwise fail', async () => {
    const { run } = server.workspace();
    assertFailure(await run(['query', 'SELECT * FROM launches']), {
      code: 5,
      message: /"launches" does not exist/,
    });
    assert.deepEqual((await run(['runs', '--json'])).stdout, '[]\n');
    const hint = /spacex-pipeline migrate status$/;
    const waive = await run(['rejects', 'waive', 'x', '--reason', 'y']);
    assertFailure(waive, { code: 5, message: /"rejects" does not exist/, hint });
  });
});

void it('sandbox serves the stand-in API until Ctrl-C', async () => {
  const workspace = server.workspace();
  const running = workspace.start([
    'sandbox',
    '--launches',
    '30',
    '--seed',
    '9',
    '--revision',
    '2',
    '--faults',
    'bom',
    '--json',
  ]);
  const url = await running.output(/"url": "(http:\/\/127\.0\.0\.1:\d+)"/);
  const own = await startSandbox({ launches: 30, seed: 9, revision: 2, faults: 'bom' });
  const [served, expected] = await Promise.all(
    [url, own.url].map(async (base) => (await fetch(`${base}/v5/launches`)).text()),
  );
  await own.close();
  assert.equal(served, expected);
  running.kill('SIGINT');
  const { code, stderr } = await running.finished;
  assert.deepEqual([code, stderr], [0, '']);
});
