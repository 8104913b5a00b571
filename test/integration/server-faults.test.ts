import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import type { Client } from 'pg';

import { createGate, LAUNCHES } from '../support/api.ts';
import { connected, startLoaded, type Loaded } from '../support/loaded.ts';
import { mountSmallDisk, NO_SMALL_DISK } from '../support/small-disk.ts';
import { assertFailure } from '../support/workspace.ts';

const NAMED = `SELECT DISTINCT split_part(name, ' ', 1) AS first FROM spacex.launches`;

let loaded: Loaded;
before(async () => {
  loaded = await startLoaded();
});
after(() => loaded.close());

void describe('a server', () => {
  void it('that is down or unknown, or that rejects the login, is reported in one line', async () => {
    const url = (change: (url: URL) => void): string => {
      const changed = new URL(loaded.server.url);
      change(changed);
      return changed.href;
    };
    for (const [target, message, hint] of [
      [url((u) => (u.password = 'geheim')), /password authentication failed .*\(28P01\)$/, /PGPASSWORD/],
      [url((u) => (u.pathname = '/nowhere')), /database "nowhere" does not exist \(3D000\)$/, /createdb/],
      [url((u) => (u.hostname = 'nowhere.invalid')), /nowhere\.invalid.*\((ENOTFOUND|EAI_AGAIN)\)$/, /host/],
      [url((u) => (u.port = '1')), /ECONNREFUSED/, /server is up/],
      [
        url((u) => ([u.hostname, u.port] = ['localhost', '1'])),
        /connect ECONNREFUSED \S+:1 /,
        /server is up/,
      ],
    ] as const) {
      await loaded.failing(target, { message, hint });
    }
  });

  void it('whose database encoding is not UTF8 is rejected by runs and migrations, but can be read', async () => {
    const { workspace } = loaded;
    for (const encoding of ['LATIN1', 'WIN1252', 'SQL_ASCII']) {
      const url = new URL(loaded.server.url);
      url.pathname = `/has_${encoding.toLowerCase()}`;
      const database = ['--database-url', url.href];
      await loaded
        .admin()
        .query(`CREATE DATABASE has_${encoding} TEMPLATE template0 ENCODING '${encoding}' LOCALE 'C'`);
      for (const args of [
        ['migrate', 'up'],
        ['run', '--migrate', '--source', loaded.api.url],
        ['run', '--source', loaded.api.url],
      ]) {
        assertFailure(await workspace.run([...args, ...database]), {
          code: 5,
          message: new RegExp(`Cannot use \\S+has_${encoding.toLowerCase()}: its encoding is ${encoding}, `),
          hint: /: createdb -E UTF8 -T template0 /,
        });
      }
      const schemas = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'spacex%'";
      for (const args of [
        ['query', '--csv', schemas],
        ['migrate', 'status'],
      ]) {
        const { code, stdout, stderr } = await workspace.run([...args, ...database]);
        assert.equal(code, 0, stderr);
        if (args[0] === 'query') assert.equal(stdout, 'count\n0\n');
      }
    }
  });

  void it('whose disk is full publishes nothing, and the run can be resumed once there is space', async (t) => {
    const disk = mountSmallDisk('2m');
    if (disk === null) return t.skip(NO_SMALL_DISK);
    const { folder } = disk;
    const fill = join(folder, 'fill');
    try {
      const { uid, gid } = statSync(loaded.server.dataDir);
      chownSync(folder, uid, gid);
      await loaded.admin().query(`CREATE TABLESPACE small LOCATION '${folder}'`);
      for (const place of ['staging', 'target']) {
        const [up, down] =
          place === 'staging'
            ? [
                `ALTER DATABASE postgres SET default_tablespace = small`,
                'ALTER DATABASE postgres RESET default_tablespace',
              ]
            : [
                'ALTER TABLE spacex.launches SET TABLESPACE small',
                'ALTER TABLE spacex.launches SET TABLESPACE pg_default',
              ];
        await loaded.admin().query(up);
        spawnSync('sh', ['-c', `cat /dev/zero > ${fill}`]);
        await loaded.failing(loaded.server.url, {
          message: /No space left on device \(53100\)$/,
          hint: /Free up/,
        });
        rmSync(fill);
        const { code, stderr } = await loaded.workspace.run(['resume', '--source', loaded.api.url]);
        assert.equal(code, 0, stderr);
        await loaded.admin().query(down);
        loaded.api.set(LAUNCHES, { body: loaded.good });
        assert.equal((await loaded.workspace.run(['run', '--source', loaded.api.url])).code, 0);
        loaded.api.set(LAUNCHES, { body: loaded.other });
      }
    } finally {
      await loaded.admin().query('DROP TABLESPACE small');
      disk.remove();
    }
  });
});

/** Repeats the query until it returns a row. */
async function found<R extends object>(sql: string): Promise<R[]> {
  for (;;) {
    const { rows } = await loaded.admin().query<R>(sql);
    if (rows.length > 0) return rows;
  }
}

/** Ends the running program's backends that meet the condition, as an administrator would. */
async function terminate(condition: string): Promise<void> {
  const sql = `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'spacex-pipeline %' AND ${condition}`;
  for (const { pid } of await found<{ pid: number }>(sql))
    await loaded.admin().query('SELECT pg_terminate_backend($1, 5000)', [pid]);
}

void describe('a connection that an administrator terminates', () => {
  const cases: readonly (readonly [
    when: string,
    message: RegExp,
    act: (blocker: Client) => Promise<void>,
  ])[] = [
    [
      'between the steps',
      /terminating connection due to administrator command \(57P01\)$/,
      () => terminate(`query NOT LIKE 'COPY%' AND query NOT LIKE 'CREATE%' AND state = 'idle'`),
    ],
    [
      'during COPY',
      /Cannot load rows of launches into staging: terminating connection due to administrator command \(57P01\)$/,
      () => terminate(`query LIKE 'COPY%launches%' AND wait_event_type = 'Lock'`),
    ],
    [
      'during publish',
      /Cannot publish run .*terminating connection due to administrator command \(57P01\)$/,
      async (blocker) => {
        await blocker.query('COMMIT; BEGIN; LOCK TABLE spacex.launches IN ROW EXCLUSIVE MODE');
        await terminate(`query LIKE 'LOCK TABLE%' AND wait_event_type = 'Lock'`);
      },
    ],
  ];
  for (const [when, message, act] of cases) {
    void it(`${when} does not change the rows, and the suggested command continues`, async (t) => {
      const asItWas = await loaded.state();
      const blocker = await connected(loaded.server.url);
      t.after(() => blocker.end());
      const gate = createGate(40_000);
      loaded.api.set(LAUNCHES, { body: loaded.other, gate });
      const running = loaded.workspace.start([
        'run',
        '--source',
        loaded.api.url,
        '--full',
        '--batch-size',
        '50',
      ]);
      await Promise.race([gate.reached, running.finished]);
      const [staging] = await found<{ name: string }>(
        `SELECT format('%I.%I', relnamespace::regnamespace, relname) AS name FROM pg_class WHERE relname LIKE 'staging%\\_launches' AND relname NOT LIKE '%held%' AND relname NOT LIKE '%rejects%'`,
      );
      await blocker.query('BEGIN');
      if (when === 'during COPY') await blocker.query(`LOCK TABLE ${staging?.name}`);
      const acted = when === 'between the steps' ? act(blocker).then(gate.open) : act(blocker);
      if (when !== 'between the steps') gate.open();
      await acted;
      await blocker.query('ROLLBACK');
      const result = await running.finished;
      assertFailure(result, { code: 5, message, hint: /\S/ });
      assert.deepEqual(await loaded.state(), asItWas);
      const ended = await loaded
        .admin()
        .query<{ status: string }>('SELECT status FROM spacex_pipeline.runs ORDER BY run_id DESC LIMIT 1');
      assert.notEqual(ended.rows[0]?.status, 'running');
      loaded.api.set(LAUNCHES, { body: loaded.other });
      const [, next = ''] =
        when === 'during COPY' ? ['', 'run'] : (/ (resume \S+)$/m.exec(result.stderr) ?? []);
      const resumed = await loaded.workspace.run([...next.split(' '), '--source', loaded.api.url]);
      assert.equal(resumed.code, 0, resumed.stderr);
      assert.deepEqual((await loaded.admin().query(NAMED)).rows, [{ first: 'Other' }]);
      loaded.api.set(LAUNCHES, { body: loaded.good });
      assert.equal((await loaded.workspace.run(['run', '--source', loaded.api.url])).code, 0);
    });
  }
});

void describe('a server that stops', { concurrency: 1 }, () => {
  void it('accepts no new connections while shutting down', async () => {
    const asItWas = await loaded.state();
    const stopped = loaded.server.stop('smart');
    let refused = await loaded.workspace.run(['migrate', 'status']);
    while (refused.code === 0) refused = await loaded.workspace.run(['migrate', 'status']);
    assertFailure(refused, { code: 5, message: /shutting down \(57P03\)$/, hint: /Try again in a moment/ });
    await loaded.admin().end();
    await stopped;
    await loaded.server.start();
    await loaded.reconnect();
    assert.deepEqual(await loaded.state(), asItWas);
  });

  void it('can come back as a standby, which accepts only reads', async () => {
    const asItWas = await loaded.state();
    await loaded.admin().end();
    await loaded.server.stop();
    const signal = join(loaded.server.dataDir, 'standby.signal');
    writeFileSync(signal, '', { mode: 0o666 });
    await loaded.server.start();
    await loaded.reconnect();
    await loaded.failing(loaded.server.url, {
      message: /read-only transaction \(25006\)$|during recovery/,
      hint: /primary/,
    });
    const migrate = await loaded.workspace.run(['migrate', 'up']);
    assertFailure(migrate, { code: 5, message: /read-only transaction|recovery/, hint: /primary/ });
    const query = await loaded.workspace.run(['query', NAMED]);
    assert.equal(query.code, 0, query.stderr);
    const write = await loaded.workspace.run(['query', '--write', 'UPDATE rockets SET name = name']);
    assertFailure(write, { code: 5, message: /\(25006\)$/, hint: /primary/ });
    await loaded.admin().end();
    await loaded.server.stop();
    rmSync(signal);
    await loaded.server.start();
    await loaded.reconnect();
    assert.deepEqual(await loaded.state(), asItWas);
  });
});
