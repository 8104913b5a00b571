import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';

import { openServer } from '../../src/adapters/postgres/server.ts';
import { publish } from '../../src/steps/publish.ts';
import { ANY_LOSS, beginRun, load, openLab, randomSchema, stage } from '../suites/target-lab.ts';
import { maker, makers } from '../suites/target-resources.ts';
import { createGate, LAUNCHES } from '../support/api.ts';
import { startLoaded, type Loaded } from '../support/loaded.ts';
import { assertFailure, readText } from '../support/workspace.ts';

let loaded: Loaded;
before(async () => {
  loaded = await startLoaded();
});
after(() => loaded.close());

/** Creates a superuser with these settings, and returns its URL. */
async function roleUrl(
  t: TestContext,
  r: string,
  settings: Readonly<Record<string, string>>,
): Promise<string> {
  const set = Object.entries(settings).map(([name, value]) => `ALTER ROLE ${r} SET ${name} = '${value}'`);
  await loaded.admin().query([`CREATE ROLE ${r} LOGIN SUPERUSER PASSWORD 'geheim'`, ...set].join('; '));
  t.after(() => loaded.admin().query(`REASSIGN OWNED BY ${r} TO postgres; DROP ROLE ${r}`));
  const url = new URL(loaded.server.url);
  url.username = r;
  url.password = 'geheim';
  return url.href;
}

/** Opens a database whose sessions start with these settings. */
function openWith(t: TestContext, settings: Readonly<Record<string, string>>) {
  const url = new URL(loaded.server.url);
  const options = Object.entries(settings).map(
    ([name, value]) => `-c ${name}=${value.replaceAll(' ', '\\ ')}`,
  );
  url.searchParams.set('options', options.join(' '));
  const target = openServer({ url: url.href, schema: randomSchema() });
  t.after(target.close);
  return { target };
}

const MEANINGS = {
  array_nulls: 'off',
  bytea_output: 'escape',
  client_encoding: 'LATIN1',
  DateStyle: 'SQL, DMY',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  extra_float_digits: '-5',
  IntervalStyle: 'sql_standard',
  quote_all_identifiers: 'on',
  search_path: 'pg_catalog',
  standard_conforming_strings: 'off',
  TimeZone: 'Asia/Kolkata',
  transform_null_equals: 'on',
};

const LIMITS = {
  idle_in_transaction_session_timeout: '1ms',
  idle_session_timeout: '200ms',
  lock_timeout: '1ms',
  statement_timeout: '1ms',
  transaction_timeout: '100ms',
};

void describe('the settings that a role has on the server', () => {
  void it('do not end or change a run', async (t) => {
    const url = await roleUrl(t, 'is_set_apart', { ...MEANINGS, ...LIMITS });
    const there = ['--database-url', url, '--source', 'spacex', '--schema', 'apart'];
    const here = ['--source', 'spacex', '--schema', 'usual'];
    const { workspace, api, admin } = loaded;
    const gate = createGate(40_000);
    api.set(LAUNCHES, { body: loaded.good, gate });
    const running = workspace.start(['run', '--migrate', '--from', api.url, ...there]);
    await Promise.race([gate.reached, running.finished]);
    // Longer than the session's idle timeout.
    await admin().query('SELECT pg_sleep(0.4)');
    gate.open();
    const { code, stderr } = await running.finished;
    assert.equal(code, 0, stderr);
    api.set(LAUNCHES, { body: loaded.good });
    assert.equal((await workspace.run(['run', '--migrate', '--from', api.url, ...here])).code, 0);

    const checks = (schema: string) =>
      admin().query(`SELECT check_name, count, error FROM ${schema}_pipeline.run_checks ORDER BY check_name`);
    assert.deepEqual((await checks('apart')).rows, (await checks('usual')).rows);
    const digests = (schema: string) =>
      admin().query(`SELECT table_name, digest FROM ${schema}_pipeline.run_tables ORDER BY table_name`);
    // Compares digests, because rows also contain the id of the run that wrote them.
    assert.deepEqual((await digests('apart')).rows, (await digests('usual')).rows);

    const verified = await workspace.run(['verify', ...there]);
    assert.equal(verified.code, 0, verified.stdout + verified.stderr);
    const views = ['--tables', 'launch_cadence,static_fires'];
    for (const format of ['csv', 'ndjson']) {
      const files: string[] = [];
      for (const place of [there, here]) {
        const out = `${format}-${files.length}`;
        const options = ['--format', format, ...views, '--out', out];
        const exported = await workspace.run(['export', ...options, ...place]);
        assert.equal(exported.code, 0, exported.stderr);
        files.push(readText(workspace.folder, out, `static_fires.${format}`));
      }
      assert.match(files[0] ?? '', /20\d\d-/);
      assert.equal(files[0], files[1]);
    }
  });

  void it('do not change what SQL means, and do not let an error end the session', async (t) => {
    const { target } = openWith(t, { ...MEANINGS, exit_on_error: 'on' });
    const session = await target.connect();
    await assert.rejects(session.rows('SELECT 1/0'), { code: '22012' });
    const sql = `SELECT NULL = NULL AS same, '\\' AS backslash, quote_ident('a') AS quoted, $1::text[] AS list`;
    const expected = { same: null, backslash: '\\', quoted: 'a', list: [null] };
    assert.deepEqual(await session.rows(sql, [[null]]), [expected]);
  });

  void it('do not make publish read a state from before it locked the tables', async (t) => {
    const { target } = openWith(t, { default_transaction_isolation: 'serializable' });
    const lab = await openLab(async () => target, target.schema);
    await load(lab, [{ resource: makers, rows: { makers: [maker('m')] } }]);
    const run = await beginRun(lab);
    const derived = [await stage(run, { resource: makers, rows: { makers: [maker('m')] } })];
    await loaded.admin().query('BEGIN');
    await loaded.admin().query(`UPDATE ${target.schema}.makers SET name = 'altered'`);
    const publishing = publish(derived, run.target, ANY_LOSS);
    const waits = `SELECT FROM pg_locks WHERE NOT granted AND relation = '${target.schema}.makers'::regclass`;
    while ((await loaded.admin().query(waits)).rowCount === 0);
    await loaded.admin().query('COMMIT');
    const { entries } = await publishing;
    assert.equal(entries[0]?.report.updated, 1, 'the altered row is repaired');
  });

  void it('limit the user’s own statements, and the hint names the limit', async (t) => {
    const { workspace } = loaded;
    const sleep = ['query', 'SELECT pg_sleep(60)', '--database-url'];
    for (const [limit, code] of [
      ['statement_timeout', '57014'],
      ['transaction_timeout', '25P04'],
    ] as const) {
      const url = await roleUrl(t, `has_${limit}`, { [limit]: '100ms' });
      assertFailure(await workspace.run([...sleep, url]), {
        code: 5,
        message: new RegExp(`\\(${code}\\)$`),
        hint: new RegExp(`The server limits has_${limit} with ${limit} = 100ms\\. Raise the limit there`),
      });
    }
  });

  void it('are not blamed for a statement that an administrator canceled', async (t) => {
    const url = await roleUrl(t, 'is_cancelled', {});
    const running = loaded.workspace.start(['query', 'SELECT pg_sleep(61)', '--database-url', url]);
    const cancel = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'is_cancelled' AND query LIKE '%(61)'`;
    while ((await loaded.admin().query(cancel)).rowCount === 0);
    assertFailure(await running.finished, {
      code: 5,
      message: /\(57014\)$/,
      hint: /^hint: Someone canceled the statement/,
    });
  });
});
