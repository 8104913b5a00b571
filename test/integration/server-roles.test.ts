import { once } from 'node:events';
import { after, before, describe, it, type TestContext } from 'node:test';
import assert from 'node:assert/strict';

import { connected, startLoaded, type Loaded } from '../support/loaded.ts';
import { assertFailure } from '../support/workspace.ts';

const NAMED = `SELECT DISTINCT split_part(name, ' ', 1) AS first FROM spacex.launches`;

let loaded: Loaded;
before(async () => {
  loaded = await startLoaded();
});
after(() => loaded.close());

/** Creates a role, executes `rights`, and returns the role's URL. */
async function roleUrl(t: TestContext, r: string, rights = ''): Promise<string> {
  await loaded.admin().query(`CREATE ROLE ${r} LOGIN PASSWORD 'geheim'; ${rights}`);
  t.after(() => loaded.admin().query(`DROP OWNED BY ${r}; DROP ROLE ${r}`));
  const url = new URL(loaded.server.url);
  url.username = r;
  url.password = 'geheim';
  return url.href;
}

const READ =
  'GRANT USAGE ON SCHEMA spacex, spacex_pipeline TO r; GRANT SELECT ON ALL TABLES IN SCHEMA spacex, spacex_pipeline TO r';
const WORK = `GRANT ALL ON SCHEMA spacex, spacex_pipeline TO r; GRANT ALL ON ALL TABLES IN SCHEMA spacex, spacex_pipeline TO r;
  GRANT ALL ON ALL SEQUENCES IN SCHEMA spacex_pipeline TO r`;
const as = (rights: string, r: string): string => rights.replaceAll(/\br\b/g, r);

void describe('a role', () => {
  void it('that cannot create schemas is told which rights to request, and these rights are sufficient', async (t) => {
    const url = await roleUrl(t, 'creates_nothing');
    const args = ['--source', 'spacex', '--schema', 'Its "own"', '--database-url', url];
    const refused = await loaded.workspace.run(['migrate', 'up', ...args]);
    assertFailure(refused, {
      code: 5,
      message: /Cannot create schema Its "own": .*\(42501\)$/,
      hint: /can create schemas: CREATE SCHEMA/,
    });
    const [, sql = ''] = /schemas: (CREATE.*;)$/m.exec(refused.stderr) ?? [];
    await loaded.admin().query(sql);
    const { code, stderr } = await loaded.workspace.run([
      'run',
      '--migrate',
      '--from',
      loaded.api.url,
      ...args,
    ]);
    assert.equal(code, 0, stderr);
  });

  void it('that can only read is rejected at the start of a run, but can query', async (t) => {
    const url = await roleUrl(t, 'reads', as(READ, 'reads'));
    await loaded.failing(url, {
      message:
        /Cannot use schema spacex: permission denied because role reads lacks CREATE on schema spacex_pipeline; INSERT, UPDATE, DELETE on rockets; .* on \d+ other tables \(42501\)$/,
      hint: /GRANT/,
    });
    const query = await loaded.workspace.run(['query', NAMED, '--database-url', url]);
    assert.equal(query.code, 0, query.stderr);
  });

  void it('that lacks rights on one table publishes nothing', async (t) => {
    const url = await roleUrl(
      t,
      'lacks_one',
      `${as(WORK, 'lacks_one')}; REVOKE ALL ON spacex.rockets FROM lacks_one`,
    );
    await loaded.failing(url, {
      message:
        /Cannot use schema spacex: permission denied because role lacks_one lacks SELECT, INSERT, UPDATE, DELETE on rockets \(42501\)$/,
      hint: /GRANT/,
    });
    const runs = await loaded.workspace.run(['verify', '--database-url', url]);
    assertFailure(runs, { code: 5, message: /permission denied/, hint: /GRANT/ });
  });

  void it('that lacks rights can run after the statements in the hint have granted them', async (t) => {
    const url = await roleUrl(t, 'is_granted');
    const args = ['run', '--full', '--source', loaded.api.url, '--database-url', url];
    const refused = await loaded.workspace.run([...args, '--data-dir', 'granted']);
    assertFailure(refused, { code: 5, message: /role is_granted lacks USAGE on schema spacex;/ });
    const [, sql = ''] = /superuser: (GRANT.*;)$/m.exec(refused.stderr) ?? [];
    await loaded.admin().query(sql);
    const { code, stderr } = await loaded.workspace.run([...args, '--data-dir', 'granted']);
    assert.equal(code, 0, stderr);
    await loaded.restore();
  });

  void it('that cannot write to the tables can preview what a run would change', async (t) => {
    const url = await roleUrl(
      t,
      'plans',
      as(`${READ}; GRANT CREATE ON SCHEMA spacex_pipeline TO r`, 'plans'),
    );
    for (const args of [['plan', '--source', loaded.api.url], ['verify']]) {
      const result = await loaded.workspace.run([...args, '--database-url', url]);
      assert.equal(result.code, args[0] === 'plan' ? 10 : 0, result.stderr);
    }
  });

  void it('leaves the staging tables from another role’s killed run alone, and names their owner', async (t) => {
    const url = await roleUrl(t, 'comes_later', as(WORK, 'comes_later'));
    const staging = 'spacex_pipeline.staging_0123456789ab_rockets';
    await loaded.admin().query(`CREATE UNLOGGED TABLE ${staging} (a int)`);
    const args = ['run', '--full', '--source', loaded.api.url, '--data-dir', 'later'];
    const { code, stderr } = await loaded.workspace.run([...args, '--database-url', url]);
    assert.equal(code, 0, stderr);
    const [warning, ...more] = stderr.split('\n').filter((line) => line.includes('staging'));
    assert.deepEqual(more, []);
    const [, sql = ''] =
      /warn .* postgres owns them\. .* as postgres: (DROP TABLE .*;)$/.exec(warning ?? '') ?? [];
    await loaded.admin().query(sql);
    const { rows } = await loaded.admin().query(`SELECT to_regclass('${staging}') AS left`);
    assert.deepEqual(rows, [{ left: null }]);
    await loaded.restore();
  });

  void it('that resumes another role’s run creates new staging tables', async (t) => {
    const url = await roleUrl(t, 'resumes', as(WORK, 'resumes'));
    await loaded
      .admin()
      .query('ALTER TABLE spacex_pipeline.run_tables ADD CONSTRAINT no CHECK (staged < 0) NOT VALID');
    const failed = await loaded.workspace.pull([
      '--full',
      '--source',
      loaded.api.url,
      '--data-dir',
      'resumed',
    ]);
    assert.equal(failed.code, 5, failed.stderr);
    await loaded.admin().query('ALTER TABLE spacex_pipeline.run_tables DROP CONSTRAINT no');
    const runId = failed.report.run_id ?? '';
    const staging = `spacex_pipeline.staging_${runId.slice(-12)}_rockets`;
    await loaded.admin().query(`CREATE UNLOGGED TABLE ${staging} (a int)`);
    t.after(() => loaded.admin().query(`DROP TABLE IF EXISTS ${staging}`));
    const args = ['resume', runId, '--data-dir', 'resumed', '--database-url', url];
    const { code, stderr } = await loaded.workspace.run(args);
    assert.equal(code, 0, stderr);
    await loaded.restore();
  });

  void it('that does not own the tables is told which role must migrate', async (t) => {
    const url = await roleUrl(t, 'owns_nothing', as(WORK, 'owns_nothing'));
    assertFailure(
      await loaded.workspace.run(['migrate', 'down', '--yes', '--source', 'spacex', '--database-url', url]),
      {
        code: 5,
        message: /must be owner of .*\(42501\)$/,
        hint: /as the role that owns the tables: postgres$/,
      },
    );
  });

  void it('that cannot read the ledger receives a one-line error from each command', async (t) => {
    const url = await roleUrl(t, 'sees_nothing');
    for (const args of [
      ['migrate', 'status'],
      ['plan', '--source', loaded.api.url],
      ['rejects', 'list', '--status', 'all'],
      ['runs', 'prune'],
    ]) {
      const result = await loaded.workspace.run([...args, '--database-url', url]);
      assertFailure(result, { code: 5, message: /permission denied.*\(42501\)$/, hint: /GRANT/ });
    }
  });

  void it('that can use only one of the schemas, or neither, is told which schema it cannot use', async (t) => {
    const { workspace } = loaded;
    const ledger = [['runs'], ['runs', 'show'], ['checks'], ['query', 'SELECT count(*) FROM runs']];
    const target = [
      ['run', '--source', loaded.api.url],
      ['verify'],
      ['query', NAMED.replace('spacex.', '')],
      ['checks', '--rows', 'dangling_launches_rocket_id'],
    ];
    for (const [r, rights, closed, commands] of [
      ['uses_none', '', /permission denied.*\(42501\)$/, [...ledger, ...target]],
      ['uses_target', READ.replaceAll(', spacex_pipeline', ''), /spacex_pipeline\b.*\(42501\)$/, ledger],
      [
        'uses_ledger',
        READ.replaceAll('spacex, ', ''),
        /Cannot use schema spacex: permission denied.*\(42501\)$/,
        target,
      ],
    ] as const) {
      const url = await roleUrl(t, r, as(rights, r));
      for (const args of commands) {
        const result = await workspace.run([...args, '--database-url', url]);
        assertFailure(result, { code: 5, message: closed, hint: /GRANT/ });
        const elsewhere = await workspace.run([...args, '--database-url', url, '--data-dir', 'elsewhere']);
        assertFailure(elsewhere, { code: 5, message: /permission denied/, hint: /GRANT/ });
      }
    }
  });

  void it('whose transactions are read-only writes nothing', async (t) => {
    const rights = 'ALTER ROLE only_reads SET default_transaction_read_only = on';
    const url = await roleUrl(t, 'only_reads', `${as(WORK, 'only_reads')}; ${rights}`);
    await loaded.failing(url, { message: /read-only transaction \(25006\)$/, hint: /primary/ });
    const args = ['query', '--database-url', url, 'WITH w AS (DELETE FROM tombstones) SELECT'];
    assertFailure(await loaded.workspace.run(args), { code: 5, message: /25006/, hint: /Use --write/ });
    const write = await loaded.workspace.run([...args, '--write']);
    assertFailure(write, { code: 5, message: /25006/, hint: /default_transaction_read_only/ });
  });

  void it('with too low a connection limit is told about max_connections', async (t) => {
    const url = await roleUrl(t, 'has_few', `${as(WORK, 'has_few')}; ALTER ROLE has_few CONNECTION LIMIT 1`);
    await loaded.failing(url, {
      message: /too many connections for role .*\(53300\)$/,
      hint: /max_connections/,
    });
    const holder = await connected(url);
    await loaded.failing(url, {
      message: /Cannot connect to .*too many connections/,
      hint: /max_connections/,
    });
    const gone = once(holder, 'end');
    await holder.end();
    await gone;
  });
});
