import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { Client } from 'pg';
import { linesOf } from '../support/lines.ts';
import { createDatabase, startPostgres } from '../support/postgres.ts';

void describe('createDatabase', () => {
  void it('returns an empty database on a supported PostgreSQL version', async () => {
    const database = await createDatabase();
    const [row] = await query(
      database.url,
      `SELECT version(), current_database() AS name, current_setting('server_version_num')::int AS number,
         (SELECT count(*)::int FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS tables`,
    );
    await database.drop();
    assert.match(String(row?.['version']), /^PostgreSQL \d+/);
    assert.ok(Number(row?.['number']) >= 150_000);
    assert.deepEqual([row?.['name'], row?.['tables']], [database.name, 0]);
  });

  void it('returns databases that are independent of each other', async () => {
    const [one, two] = await Promise.all([createDatabase(), createDatabase()]);
    await query(one.url, 'CREATE TABLE only_in_one AS SELECT 1 AS x');
    assert.deepEqual(await query(one.url, 'SELECT x FROM only_in_one'), [{ x: 1 }]);
    await assert.rejects(query(two.url, 'SELECT x FROM only_in_one'), { code: '42P01' });
    await Promise.all([one.drop(), two.drop()]);
  });

  void it('copies a template', async () => {
    const template = await createDatabase();
    await query(template.url, 'CREATE TABLE t AS SELECT 7 AS x');
    const copy = await createDatabase({ template: template.name });
    assert.deepEqual(await query(copy.url, 'SELECT x FROM t'), [{ x: 7 }]);
    await Promise.all([template.drop(), copy.drop()]);
  });

  void it('drops the database even if someone is connected, and does not fail the second time', async () => {
    const database = await createDatabase();
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const codes: unknown[] = [];
    client.on('error', (error) => codes.push('code' in error && error.code));
    const ended = new Promise<void>((resolve) => client.on('end', resolve));
    await database.drop();
    await ended;
    assert.equal(codes[0], '57P01');
    await assert.rejects(query(database.url, 'SELECT 1'), { code: '3D000' });
    await database.drop();
  });
});

void describe('startPostgres', () => {
  void it('keeps every commit after SIGKILL when durable', async () => {
    const server = await startPostgres({ durable: true, options: ['max_connections=7'] });
    after(() => server.remove());
    assert.deepEqual(await query(server.url, 'SHOW max_connections'), [{ max_connections: '7' }]);
    assert.deepEqual(await query(server.url, 'SHOW fsync'), [{ fsync: 'on' }]);

    const busy = assert.rejects(query(server.url, 'SELECT count(*) FROM generate_series(1, 1e12)'));
    await query(server.url, 'CREATE TABLE t AS SELECT 1 AS x');
    await server.kill();
    await busy;
    await assert.rejects(query(server.url, 'SELECT 1'), { code: 'ECONNREFUSED' });

    await server.start();
    assert.deepEqual(await query(server.url, 'SELECT x FROM t'), [{ x: 1 }]);
    await server.stop('immediate');
    await server.start();
    assert.deepEqual(await query(server.url, 'SELECT x FROM t'), [{ x: 1 }]);
  });

  void it('leaves neither a folder nor a process behind when removed, running or not', async () => {
    const [running, stopped] = await Promise.all([startPostgres(), startPostgres()]);
    await stopped.stop();
    await Promise.all([running.remove(), stopped.remove()]);
    for (const { dataDir, port } of [running, stopped]) {
      assert.equal(existsSync(path.dirname(dataDir)), false);
      await assert.rejects(once(connect(port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
    }
  });

  void it('leaves neither a folder nor a process behind when its owner is killed', async () => {
    const module = path.join(import.meta.dirname, '../support/postgres.ts');
    const program = `
      const { startPostgres } = await import(${JSON.stringify(module)});
      const { dataDir, port } = await startPostgres();
      console.log(JSON.stringify({ dataDir, port }));
      setTimeout(() => {}, 20_000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { seen, until } = linesOf(owner.stdout);
    await until(({ length }) => length > 0);
    const { dataDir, port } = JSON.parse(seen[0] ?? '');
    const connection = connect(port, '127.0.0.1');
    await once(connection, 'connect');

    const gone = removal(path.dirname(dataDir));
    owner.kill('SIGKILL');
    await once(connection.resume(), 'close');
    await gone;
    await assert.rejects(once(connect(port, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
  });

  void it('reports why PostgreSQL does not start', async () => {
    await assert.rejects(startPostgres({ options: ['no_such_setting=1'] }), {
      message: /^Cannot start PostgreSQL: [^]*unrecognized configuration parameter "no_such_setting"/,
    });
  });
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  // Handles connection errors from the start; the query also rejects.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Resolves when the folder has been removed. */
async function removal(folder: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (!existsSync(folder)) resolve();
  };
  const watcher = watch(path.dirname(folder), look);
  look();
  await promise;
  watcher.close();
}
