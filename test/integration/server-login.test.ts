import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Client, escapeIdentifier } from 'pg';

import { LAUNCHER, cliEnvironment } from '../support/cli.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { assertFailure, createWorkspace } from '../support/workspace.ts';

/** Which server and which user commands use if the configuration does not name them. */
let database: TestDatabase;
const workspace = createWorkspace();
before(async () => {
  database = await createDatabase();
});
after(async () => {
  workspace.remove();
  await database.drop();
});

/** An address at which nothing listens. */
const CLOSED = { POSTGRES_HOST: '127.0.0.1', POSTGRES_PORT: '1', POSTGRES_USER: 'u' };

void describe('a server', () => {
  void it('that does not respond is reported with the variable that names it', async (t) => {
    const own = createWorkspace();
    t.after(own.remove);
    const lines = Object.entries(CLOSED).map((pair) => pair.join('='));
    writeFileSync(path.join(own.folder, '.env'), lines.join('\n'));
    assertFailure(await own.run(['query', 'SELECT 1']), {
      code: 5,
      message: /^error: Cannot connect to postgresql:\/\/u@127\.0\.0\.1:1\/: .*\(ECONNREFUSED\)$/,
      hint: /^hint: Check POSTGRES_HOST in \.env, and make sure that the server is up\.$/,
    });
    const url = 'postgresql://no-such-host/d';
    assertFailure(await own.run(['query', 'SELECT 1'], { DATABASE_URL: url }), {
      code: 5,
      message: /ENOTFOUND/,
      hint: /^hint: Correct the host in DATABASE_URL\.$/,
    });
  });

  void it('in the configuration file takes precedence over the environment', async (t) => {
    const own = createWorkspace({ database: { url: database.url } });
    t.after(own.remove);
    const sql = 'SELECT current_database() AS name';
    const { code, stdout, stderr } = await own.run(['query', '--json', sql], {
      ...CLOSED,
      PGHOST: '127.0.0.1',
      PGPORT: '1',
      PGDATABASE: 'another',
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(database.name));
  });
});

void describe('a URL without a user', () => {
  void it('connects as the operating system user, regardless of USER', async (t) => {
    const name = userInfo().username;
    const admin = new Client({ connectionString: database.url });
    await admin.connect();
    const role = escapeIdentifier(name);
    const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
    if (rowCount === 0) await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'geheim'`);
    t.after(async () => {
      if (rowCount === 0) await admin.query(`DROP ROLE ${role}`);
      await admin.end();
    });
    const url = new URL(database.url);
    url.username = '';
    url.password = '';
    for (const USER of ['', 'somebody_else']) {
      const env = { USER, PGPASSWORD: 'geheim', DATABASE_URL: url.href };
      const { code, stdout, stderr } = await workspace.run(
        ['query', '--csv', 'SELECT current_user AS me'],
        env,
      );
      assert.equal(code, 0, stderr);
      assert.equal(stdout.trim(), `me\n${name}`);
    }
  });
});

/** A user id without a name, as is common in containers. */
const STRANGER = { uid: 123_456, gid: 0 };
const mayBeStranger =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, [LAUNCHER, '--version'], { ...STRANGER, cwd: '/' }).status === 0;

void describe(
  'a user without HOME and without a name',
  { skip: !mayBeStranger && 'needs root, and a repository that everyone can read' },
  () => {
    const query = (url: string) => {
      const { HOME: _, USER: __, ...env } = cliEnvironment({ DATABASE_URL: url });
      const options = { ...STRANGER, env, cwd: '/', encoding: 'utf8' } as const;
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [LAUNCHER, 'query', 'SELECT 1'],
        options,
      );
      return { code: status, signal: null, stdout, stderr };
    };

    void it('can connect without a password file and without certificates', () => {
      const { code, stderr } = query(database.url);
      assert.equal(code, 0, stderr);
      const { host } = new URL(database.url);
      assertFailure(query(`postgresql://nobody@${host}/d`), { code: 5, message: /\(28(?:P01|000)\)$/ });
    });

    void it('is told to name a database user if the URL has none', () => {
      assertFailure(query('postgresql://127.0.0.1:1/d'), {
        code: 2,
        message: /: the URL names no user, and this system has no name for user id 123456$/,
        hint: /^hint: Set the user in DATABASE_URL or in PGUSER\.$/,
      });
    });
  },
);
