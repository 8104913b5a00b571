import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { Client } from 'pg';

import { ident } from '../../src/adapters/postgres/sql.ts';
import { LAUNCHES, sandboxReplies, startApi, type Api } from '../support/api.ts';
import { createDatabase, type TestDatabase } from '../support/postgres.ts';
import { assertFailure, createWorkspace, type Workspace, QUICK_SOURCE } from '../support/workspace.ts';

/**
 * Names of 63 bytes with uppercase letters, quotes, spaces and other special characters, which differ only in the last
 * byte.
 */
const schemas = ['a', 'b'].map((end) => `Über "all" it's; $1 %s \\ ${'é'.repeat(18)}${end}`);

let database: TestDatabase;
let api: Api;
let good: string;
const workspaces: Workspace[] = [];
before(async () => {
  const replies = await sandboxReplies({ launches: 30 });
  good = String(replies[LAUNCHES].body);
  [database, api] = await Promise.all([createDatabase(), startApi(replies)]);
  for (const schema of schemas) {
    assert.equal(Buffer.byteLength(schema), 63);
    workspaces.push(
      createWorkspace({
        source: { ...QUICK_SOURCE, schema },
        database: { url: database.url },
      }),
    );
  }
});
after(async () => {
  await Promise.all([api.close(), database.drop()]);
  for (const workspace of workspaces) workspace.remove();
});

it('every command works on a schema with a long and unusual name, and two such schemas stay separate', async () => {
  const [first, second] = workspaces;
  assert.ok(first !== undefined && second !== undefined);
  const ok = async ({ run }: Workspace, ...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(args);
    assert.equal(code, 0, `${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  await ok(first, 'migrate', 'up');
  await ok(first, 'migrate', 'down', '--yes', '--source', 'spacex');
  await ok(first, 'run', '--migrate', '--source', api.url);
  await ok(second, 'run', '--migrate', '--source', api.url);

  const [record]: readonly { readonly id: string }[] = JSON.parse(good);
  api.set(LAUNCHES, { body: good.replace(/"name":"[^"]*"/, '"name":17') });
  await ok(first, 'run', '--source', api.url);
  assert.match(await ok(first, 'query', 'SELECT count(*) AS n FROM launches'), /^ *30$/m);
  assert.equal((await first.json<unknown[]>(['runs'])).length, 2);
  assert.equal((await second.json<unknown[]>(['runs'])).length, 1);
  const open = ['rejects', 'list', '--status', 'open'];
  const rejects = await first.json<{ id: string }[]>(open);
  assert.deepEqual(
    rejects.map(({ id }) => id),
    [record?.id],
  );
  assert.deepEqual(await second.json(open), []);
  await ok(first, 'rejects', 'waive', record?.id ?? '', '--reason', 'known');
  await ok(first, 'checks');
  await ok(first, 'explain', 'launches', record?.id ?? '');
  await ok(first, 'drift');
  await ok(first, 'export', '--out', 'exported');
  await ok(first, 'runs', 'prune', '--dry-run');
  const [newest] = await first.json<{ run_id: string }[]>(['runs', '--limit', '1']);
  await ok(first, 'replay', newest?.run_id ?? '');
  await ok(first, 'plan', '--from', newest?.run_id ?? '');
  await ok(first, 'verify');
  assertFailure(await first.run(['resume']), { code: 2, message: /it has already published/ });

  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const sql = `SELECT nspname, count(*) FILTER (WHERE relname LIKE 'staging%')::int AS staging
                 FROM pg_namespace JOIN pg_class ON relnamespace = pg_namespace.oid WHERE nspname LIKE 'Über%' GROUP BY 1`;
    const { rows } = await client.query<{ nspname: string; staging: number }>(sql);
    assert.equal(rows.length, 4);
    assert.ok(rows.every(({ nspname, staging }) => Buffer.byteLength(nspname) <= 63 && staging === 0));
    for (const schema of schemas) await client.query(`DROP SCHEMA ${ident(schema)} CASCADE`);
  } finally {
    await client.end();
  }
});

it('a longer name is rejected with an error that states the limit', async () => {
  const [first] = workspaces;
  const refused = await first?.run(['migrate', 'up', '--source', 'spacex', '--schema', 'x'.repeat(64)]);
  assert.ok(refused !== undefined);
  assertFailure(refused, { code: 2, message: /must be a name of 1 to 63 bytes/ });
});
