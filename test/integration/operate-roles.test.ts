import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';

import { DatabaseError, type Client } from 'pg';

import { startStandIn } from '../../src/sandbox/stand-in.ts';
import { sources } from '../../src/sources/index.ts';
import {
  createGate,
  LAUNCHES,
  type ROCKETS,
  sandboxReplies,
  startApi,
  type Api,
  type Reply,
} from '../support/api.ts';
import { documentedUrl, makeDocumentedRoles, type DocumentedRole } from '../support/documented-roles.ts';
import { connected } from '../support/loaded.ts';
import { blocksBelow, readPage } from '../support/markdown.ts';
import { startPostgres, type PostgresServer } from '../support/postgres.ts';
import { startServe } from '../support/serve.ts';
import { twinOf } from '../support/twin.ts';
import { assertFailure, createWorkspace, QUICK_SOURCE, type Workspace } from '../support/workspace.ts';

/** The roles in docs/operate.md, created only with the SQL on that page. */
const PAGE = readPage('docs', 'operate.md');
const [FRESHNESS] = blocksBelow(PAGE, 'sql', '6. Logs, metrics, freshness');
const NO_RIGHT = '42501';
const READ_ONLY = '25006';

let replies: { readonly [ROCKETS]: Reply; readonly [LAUNCHES]: Reply };
let server: PostgresServer;
let api: Api;
let workspace: Workspace;
const clients: Client[] = [];

function urlOf(role: DocumentedRole): string {
  return documentedUrl(server.url, role);
}

async function connect(url: string): Promise<Client> {
  const client = await connected(url);
  clients.push(client);
  return client;
}

before(async () => {
  replies = await sandboxReplies({ launches: 50 });
  [server, api] = await Promise.all([startPostgres(), startApi(replies)]);
  await makeDocumentedRoles(server.url);
  workspace = createWorkspace({
    jobs: { pull: { schedule: null, retries: { limit: 2, delaySeconds: 1 } } },
    serve: { stopTimeoutSeconds: 1 },
    database: { url: urlOf('spacex_runner') },
    source: { ...QUICK_SOURCE, baseUrl: api.url },
  });
  const migrated = await workspace.run(['migrate', 'up', '--database-url', urlOf('spacex_owner')]);
  assert.equal(migrated.code, 0, migrated.stderr);
  assert.match(migrated.stdout, /job queue in schema spacex_pipeline_queue/);
});
after(async () => {
  await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
  workspace.remove();
  await Promise.all([api.close(), server.remove()]);
});

void describe('the runner role in docs/operate.md', () => {
  void it('can run, and can use commands that only read', async () => {
    const run = await workspace.run(['run']);
    assert.equal(run.code, 0, run.stderr);
    assert.doesNotMatch(run.stderr, /warn/);
    for (const args of [
      ['runs'],
      ['verify'],
      ['checks'],
      ['rejects', 'list'],
      ['migrate', 'status'],
      ['jobs'],
    ]) {
      const { code, stderr } = await workspace.run(args);
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    }
  });

  void it('can serve, and can run, enable and disable jobs', async (t) => {
    const serve = await startServe(workspace);
    t.after(() => serve.stop());
    assert.equal(await serve.post('/api/v1/jobs/pull/run'), 202);
    await serve.line(/job pull succeeded/);
    for (const word of ['disable', 'enable']) {
      const { code, stderr } = await workspace.run(['jobs', word, 'pull']);
      assert.equal(code, 0, stderr);
    }
    const { ready } = await serve.get<{ readonly ready: boolean }>('/readyz');
    assert.equal(ready, true);
  });

  void it('can use each source, and all sources together', async (t) => {
    const other = await startStandIn('launch-library');
    t.after(() => other.close());
    const all = [['runs'], ['checks'], ['verify'], ['migrate', 'status'], ['query', 'SELECT 1'], ['export']];
    for (const args of [['run', '--source', 'launch-library', '--from', other.url], ...all]) {
      const { code, stderr } = await workspace.run(args);
      assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    }
  });

  void it('can take over from a suspended process with the same role', async (t) => {
    const gate = createGate(100);
    const { busy, idle } = await twoServes(t, gate);
    await gate.reached;
    api.set(LAUNCHES, renamed('New'));
    busy.kill('SIGSTOP');
    await idle.line(/ended the session of a process that sent no heartbeat for too long/);
    await idle.line(/job pull succeeded/);
    busy.kill('SIGCONT');
    gate.open();
    await busy.line(/job pull interrupted/);
  });

  void it('cannot migrate, and cannot create or drop anything except staging tables', async () => {
    const down = await workspace.run(['migrate', 'down', '--yes', '--source', 'spacex']);
    assertFailure(down, { code: 5, message: /must be owner of/ });
    const runner = await connect(urlOf('spacex_runner'));
    for (const sql of [
      'CREATE TABLE spacex.own (a int)',
      'CREATE TABLE public.own (a int)',
      'CREATE TABLE spacex_pipeline_queue.own (a int)',
      'CREATE SCHEMA own',
      'DROP TABLE spacex.rockets',
      'TRUNCATE spacex.rockets',
      'CREATE ROLE own',
    ])
      await assert.rejects(runner.query(sql), { code: NO_RIGHT }, sql);
  });

  void it('can drop queued entries for jobs that are no longer configured', async () => {
    const serve = await startServe(workspace);
    const gate = createGate(100);
    api.set(LAUNCHES, { ...renamed('Newest'), gate });
    assert.equal(await serve.post('/api/v1/jobs/pull/run'), 202);
    await gate.reached;
    await serve.stop();
    gate.open();
    const runner = await connect(urlOf('spacex_runner'));
    const left = `SELECT FROM spacex_pipeline_queue.job WHERE name LIKE 'pull/%' AND state < 'active'`;
    assert.equal((await runner.query(left)).rowCount, 1);
    const file = path.join(workspace.folder, 'spacex-pipeline.config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"pull":', '"other":'));
    const renamedJob = await startServe(workspace);
    await renamedJob.stop();
    assert.equal((await runner.query(left)).rowCount, 0);
  });
});

/** Returns a reply with changed names, so that the API does not return 304. */
function renamed(word: string): Reply {
  return { body: String(replies[LAUNCHES].body).replaceAll('"name":"', `"name":"${word} `) };
}

async function twoServes(t: TestContext, gate: NonNullable<Reply['gate']>) {
  const serves = await Promise.all([workspace, twinOf(t, workspace)].map((one) => startServe(one)));
  t.after(() => Promise.all(serves.map(({ stop }) => stop())));
  api.set(LAUNCHES, { ...renamed('New'), gate });
  const [one = assert.fail(), other = assert.fail()] = serves;
  assert.equal(await one.post('/api/v1/jobs/pull/run'), 202);
  const busy = await Promise.race(
    [one, other].map((serve) => serve.line(/job pull started/).then(() => serve)),
  );
  return { busy, idle: busy === one ? other : one };
}

void describe('the reader role in docs/operate.md', () => {
  type Relation = { readonly name: string; readonly kind: string };
  let reader: Client;
  let relations: readonly Relation[];
  before(async () => {
    reader = await connect(urlOf('spacex_reader'));
    const { rows } = await reader.query<Relation>(
      `SELECT c.oid::regclass::text AS name, relkind AS kind FROM pg_class c
       WHERE relnamespace::regnamespace::text = ANY ($1) AND relkind IN ('r', 'v')`,
      [sources.flatMap(({ schema }) => [schema, `${schema}_pipeline`])],
    );
    relations = rows;
    assert.ok(relations.length > 30);
  });

  void it('can read every table and view', async () => {
    for (const { name } of relations) await reader.query(`SELECT * FROM ${name} LIMIT 1`);
    const query = ['query', 'SELECT count(*) FROM launches', '--database-url', urlOf('spacex_reader')];
    const { code, stderr } = await workspace.run(query);
    assert.equal(code, 0, stderr);
  });

  void it('can read the age of the last success', async () => {
    const { rows } = await reader.query<{ source: string; fresh: boolean }>(
      `SELECT source, age BETWEEN interval '0' AND interval '1 hour' AS fresh FROM (${FRESHNESS.replace(/;\s*$/, '')}) f`,
    );
    assert.deepEqual(rows, [{ source: 'spacex', fresh: true }]);
  });

  void it('cannot write, even after it makes its transactions writable', async () => {
    const refusedWith = async (sql: string): Promise<string | undefined> => {
      try {
        await reader.query(sql);
        return 'done';
      } catch (error) {
        return error instanceof DatabaseError ? error.code : String(error);
      }
    };
    const tables = relations.filter(({ kind }) => kind === 'r');
    for (const expected of [READ_ONLY, NO_RIGHT]) {
      for (const { name } of tables)
        for (const sql of [`DELETE FROM ${name}`, `INSERT INTO ${name} DEFAULT VALUES`, `TRUNCATE ${name}`]) {
          // PostgreSQL checks permissions first, except for TRUNCATE.
          const code = await refusedWith(sql);
          assert.ok(code === expected || code === NO_RIGHT, `${sql}: ${code}`);
        }
      for (const schema of ['spacex', 'spacex_pipeline', 'public'])
        assert.equal(await refusedWith(`CREATE TABLE ${schema}.own (a int)`), expected);
      await reader.query('SET default_transaction_read_only = off');
    }
    assert.equal(await refusedWith('CREATE TEMPORARY TABLE own (a int)'), NO_RIGHT);
  });
});
