import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Client } from 'pg';

import { openServer } from '../../src/adapters/postgres/server.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { startPgbouncer, withoutPgbouncer, type Pooler } from '../support/pgbouncer.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { assertFailure, createWorkspace } from '../support/workspace.ts';

void describe('behind PgBouncer', { skip: withoutPgbouncer() }, () => {
  let database: TestDatabase;
  before(async () => {
    database = await createDatabase();
  });
  after(() => database.drop());

  async function warm({ url }: Pooler, connections: number): Promise<void> {
    const clients = Array.from({ length: connections }, () => new Client({ connectionString: url }));
    await Promise.all(clients.map((client) => client.connect()));
    await Promise.all(clients.map((client) => client.query('BEGIN')));
    await Promise.all(clients.map((client) => client.query('COMMIT')));
    await Promise.all(clients.map((client) => client.end()));
  }

  const shared = /goes through a pooler \(such as PgBouncer\) in transaction mode, where locks are not safe/;
  const SESSION_MODE =
    'Connect to the server directly, or through a pooler in session mode (pool_mode=session).';
  for (const [settings, idle] of [
    [['pool_mode = transaction'], 0],
    [['pool_mode = transaction'], 8],
    [['pool_mode = transaction', 'server_round_robin = 1'], 0],
    [['pool_mode = transaction', 'server_round_robin = 1'], 1],
    [['pool_mode = transaction', 'server_round_robin = 1'], 8],
    [['pool_mode = transaction', 'default_pool_size = 1'], 0],
  ] as const) {
    void it(`${settings.join(', ')} is detected while ${idle} backends are idle`, async (t) => {
      const pooler = await startPgbouncer(database.url, settings);
      t.after(pooler.stop);
      await warm(pooler, idle);
      const target = openServer({ url: pooler.url, schema: 'any' });
      t.after(target.close);
      await assert.rejects(target.connect(), { code: 'database', message: shared });
    });
  }

  void it('statement mode and a pool that is too small are rejected', async (t) => {
    for (const [settings, message, hint] of [
      [
        ['pool_mode = statement'],
        /goes through a pooler \(such as PgBouncer\) in statement mode, where locks are not safe/,
        SESSION_MODE,
      ],
      [
        ['pool_mode = session', 'default_pool_size = 1'],
        /does not provide a second connection/,
        'Connect to the server directly, or use a larger pool.',
      ],
    ] as const) {
      const pooler = await startPgbouncer(database.url, settings);
      t.after(pooler.stop);
      const target = openServer({ url: pooler.url, schema: 'any' });
      t.after(target.close);
      await assert.rejects(target.connect(), { code: 'database', message, hint });
    }
  });

  void it('a signal cancels a statement in session mode', async (t) => {
    const pooler = await startPgbouncer(database.url, ['pool_mode = session']);
    const interrupt = new AbortController();
    const target = openServer({ url: pooler.url, schema: 'any', signal: interrupt.signal });
    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    t.after(async () => {
      await Promise.all([target.close(), admin.end()]);
      await pooler.stop();
    });
    const session = await target.connect();
    const sleeping = assert.rejects(session.rows('SELECT pg_sleep(64)'), { message: 'Cannot go on' });
    const active = `SELECT FROM pg_stat_activity WHERE query LIKE '%sleep(64)' AND state = 'active' AND pid <> pg_backend_pid()`;
    while ((await admin.query(active)).rowCount === 0);
    interrupt.abort(new PipelineError('Cannot go on', { code: 'interrupted' }));
    await sleeping;
    assert.deepEqual(await session.evenAborted.rows('SELECT 1 AS n'), [{ n: 1 }]);
    assert.equal((await admin.query(active)).rowCount, 0);
  });

  void it('the program runs in session mode, and in transaction mode explains what to do', async (t) => {
    const sandbox = await startSandbox({ launches: 30 });
    const workspace = createWorkspace();
    const session = await startPgbouncer(database.url, ['pool_mode = session']);
    const transaction = await startPgbouncer(database.url, ['pool_mode = transaction']);
    t.after(async () => {
      await Promise.all([sandbox.close(), session.stop(), transaction.stop()]);
      workspace.remove();
    });
    const args = ['run', '--migrate', '--source', sandbox.url, '--database-url'];
    const refused = await workspace.run([...args, transaction.url]);
    assertFailure(refused, { code: 5, message: shared, hint: /Connect to the server directly/ });
    assert.deepEqual(workspace.list(), ['spacex-pipeline.config.json']);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const schemas = await client.query(`SELECT FROM pg_namespace WHERE nspname LIKE 'spacex%'`);
    await client.end();
    assert.equal(schemas.rowCount, 0);
    for (const url of [session.url, database.url]) {
      const { code, stderr } = await workspace.run([...args, url]);
      assert.equal(code, 0, stderr);
    }
  });
});
