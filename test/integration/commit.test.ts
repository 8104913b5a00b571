import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { lockSchema } from '../../src/adapters/postgres/lock.ts';
import { openServer } from '../../src/adapters/postgres/server.ts';
import { publish } from '../../src/steps/publish.ts';
import { ANY_LOSS, beginRun, openLab, runRow, stage, type Lab } from '../suites/target-lab.ts';
import { maker, makers } from '../suites/target-resources.ts';
import { LAUNCHES, sandboxReplies, startApi } from '../support/api.ts';
import { startCutProxy, type Cut } from '../support/cut-proxy.ts';
import { startSilentProxy } from '../support/silent-proxy.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { assertFailure, createTestServer } from '../support/workspace.ts';

void describe('a connection that is lost during a commit', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  const cases: readonly (readonly [Cut, boolean, number])[] = [
    ['before commit', false, 0],
    ['before commit', true, 0],
    ['after commit', false, 1],
    ['after commit', true, 1],
  ];
  for (const [cut, down, count] of cases) {
    void it(`${down ? 'leaves the outcome unknown while the server is down' : 'makes the run look up the outcome in the ledger'} (${cut})`, async (t) => {
      const proxy = await startCutProxy(database.url);
      const lab = await openLab(async (schema) => openServer({ url: proxy.url, schema }));
      const direct = openServer({ url: database.url, schema: lab.database.schema });
      t.after(async () => {
        await Promise.all([lab.close(), direct.close()]);
        await proxy.close();
      });
      const run = await beginRun(lab);
      const derived = [await stage(run, { resource: makers, rows: { makers: [maker('m')] } })];
      proxy.cut(cut, { down });
      const end = publish(derived, run.target, ANY_LOSS);
      if (down) {
        await assert.rejects(end, {
          code: 'database',
          message:
            /^Cannot determine whether run \S+ was published: .* during the commit\. Cannot connect to /,
          hint: `When the server is up again, check with: spacex-pipeline runs show ${run.id}`,
        });
      } else if (count === 0) {
        await assert.rejects(end, { code: 'database', message: /^Cannot publish run / });
      } else {
        assert.equal((await end).status, 'succeeded');
      }
      const session = await direct.connect();
      const seen: Lab = { ...lab, session };
      assert.equal((await session.query('SELECT FROM makers')).rowCount, count);
      const status = count === 1 ? 'succeeded' : 'running';
      assert.partialDeepStrictEqual(await runRow(seen, run.id), { status });
    });
  }
});

void describe('a connection that goes silent during a commit', { concurrency: true }, () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  for (const [passes, expected] of [
    [false, 0],
    [true, 1],
  ] as const) {
    void it(`makes the run ask the server, and leaves no lock (the COMMIT ${passes ? 'arrived' : 'was lost'})`, async (t) => {
      const proxy = await startSilentProxy(database.url);
      const lab = await openLab(async (schema) =>
        openServer({ url: proxy.url, schema, answerTimeoutSeconds: 0.5 }),
      );
      const direct = openServer({ url: database.url, schema: lab.database.schema });
      t.after(async () => {
        await Promise.all([lab.close(), direct.close()]);
        await proxy.close();
      });
      const run = await beginRun(lab);
      const derived = [await stage(run, { resource: makers, rows: { makers: [maker('m')] } })];
      const silent = proxy.silenceAt('COMMIT\0', 'open', passes);
      const end = publish(derived, run.target, ANY_LOSS);
      end.catch(() => undefined);
      await silent;
      if (passes) assert.equal((await end).status, 'succeeded');
      else {
        const message =
          /^Cannot publish run \S+ to schema \S+: no response for 1 s, and the server has nothing to send/;
        await assert.rejects(end, { code: 'database', message });
      }
      const session = await direct.connect();
      assert.equal((await session.query('SELECT FROM makers')).rowCount, expected);
      // If anything were left of the lost transaction, it would still hold its locks.
      await lockSchema(session, lab.database.schema);
    });
  }
});

void it('a query and a migration that receive no response to COMMIT report an unknown outcome after Ctrl-C', async (t) => {
  const server = await createTestServer();
  const proxy = await startSilentProxy(server.url);
  t.after(async () => {
    await proxy.close();
    await server.close();
  });
  for (const [args, message, hint] of [
    [
      ['query', '--write', 'SELECT 1'],
      /Cannot find out whether the query took effect: /,
      /^hint: Check the rows/,
    ],
    [['migrate', 'up'], /Cannot find out whether schema test_1 was migrated: /, /migrate status$/],
  ] as const) {
    const { start } = server.workspace();
    const running = start([...args, '--source', 'spacex', '--schema', 'test_1', '--database-url', proxy.url]);
    await Promise.race([proxy.silenceAt('COMMIT\0', 'open'), running.finished]);
    running.kill('SIGINT');
    assertFailure(await running.finished, { code: 5, message, hint });
  }
});

void it('a run reports correctly whether an interrupted commit took effect', async (t) => {
  const server = await createTestServer();
  const proxy = await startCutProxy(server.url);
  const replies = await sandboxReplies({ launches: 30 });
  const api = await startApi(replies);
  t.after(async () => {
    await Promise.all([api.close(), proxy.close()]);
    await server.close();
  });
  const { pull, run, sql, json } = server.workspace();
  assert.equal((await run(['run', '--migrate', '--source', api.url])).code, 0);
  const rename = (name: string): void =>
    api.set(LAUNCHES, { body: String(replies[LAUNCHES].body).replaceAll('"name":"', `"name":"${name} `) });
  const names = `SELECT count(*)::int AS n, split_part(name, ' ', 1) AS first FROM launches GROUP BY 2`;
  const through = ['--source', api.url, '--database-url', proxy.url];

  rename('Arrived');
  proxy.cut('after commit');
  const arrived = await pull(through);
  assert.deepEqual([arrived.code, arrived.report.status], [0, 'succeeded'], arrived.stderr);
  assert.deepEqual(await sql(names), [{ n: 30, first: 'Arrived' }]);

  rename('Lost');
  proxy.cut('before commit');
  const lost = await pull(through);
  assertFailure(lost, {
    code: 5,
    message: /Cannot publish run .*Connection terminated/,
    hint: /Nothing was published/,
  });
  assert.deepEqual(await sql(names), [{ n: 30, first: 'Arrived' }]);
  const { run_id } = lost.report;
  const ended = await sql(`SELECT status, error->>'code' AS code FROM runs WHERE run_id = '${run_id}'`);
  assert.deepEqual(ended, [{ status: 'failed', code: 'database' }]);

  const resumed = await run(['resume', '--source', api.url]);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.deepEqual(await sql(names), [{ n: 30, first: 'Lost' }]);
  const runs = await json<{ run_id: string; status: string }[]>(['runs', '--limit', '1']);
  assert.deepEqual([runs[0]?.run_id, runs[0]?.status], [run_id, 'succeeded']);
});
