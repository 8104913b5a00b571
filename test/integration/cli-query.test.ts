import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';

import { startSandbox } from '../../src/sandbox/server.ts';
import { cliEnvironment, LAUNCHER } from '../support/cli.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

let server: TestServer;
let workspace: ServerWorkspace;
before(async () => {
  server = await createTestServer();
  workspace = server.workspace();
  const sandbox = await startSandbox({ launches: 10 });
  const { code, stderr } = await workspace.run(['run', '--migrate', '--source', sandbox.url]);
  await sandbox.close();
  assert.equal(code, 0, stderr);
});
after(() => server.close());

const VALUES = `SELECT 1 AS one, 9007199254740993 AS big, 1.50 AS exact, 0.1::float8 AS double, NULL AS nothing,
  true AS yes, timestamptz '2006-03-24 22:30:00.5+01' AS at, date '2006-03-24' AS day, 'a,"b"
c' AS text, '{"k":[1]}'::jsonb AS json`;

void describe('query', { concurrency: 3 }, () => {
  void it('prints a table', async () => {
    const sql = 'SELECT name, flight_number FROM launches WHERE flight_number < 3 ORDER BY 2';
    const { code, stdout, stderr } = await workspace.run(['query', sql]);
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^name +flight_number\n─+ {2}─+\n\S.* 1\n\S.* 2\n\(2 rows\)\n$/);
    const quiet = await workspace.run(['query', sql, '--quiet']);
    assert.equal(quiet.stdout, stdout.replace('(2 rows)\n', ''));
    const zone = await workspace.run(['query', 'SHOW TimeZone']);
    assert.equal(zone.stdout, 'TimeZone\n────────\nUTC\n(1 row)\n');
  });

  void it('warns if nothing has been published yet, because an empty result would be misleading', async () => {
    const place = server.workspace({ resources: ['rockets'] });
    const query = ['query', '--csv', 'SELECT count(*) FROM rockets'];
    await place.run(['migrate', 'up']);
    const early = await place.run(query);
    assert.deepEqual([early.code, early.stdout], [0, 'count\n0\n']);
    assert.match(early.stderr, /^\S+ warn {2}nothing has been published here yet\. \S+ run$/m);
    assertFailure(await place.run(['export']), {
      code: 2,
      message: /Cannot export schema \S+: nothing has been published yet$/,
      hint: / run$/,
    });
    const { code, report } = await place.pull(['--source', 'http://127.0.0.1:1']);
    assert.equal(code, 3);
    const why = new RegExp(
      `See why run ${report.run_id} published nothing: .* runs show ${report.run_id}$`,
      'm',
    );
    assert.match((await place.run(query)).stderr, why);
    assertFailure(await place.run(['export', '--out', 'none']), {
      code: 2,
      message: /Cannot export/,
      hint: why,
    });
    assert.ok(!place.list().includes('none'));
  });

  void it('waits for a slow reader, and prints everything', async () => {
    const sql = `SELECT repeat('x', 999) AS x FROM generate_series(1, 1000)`;
    const child = spawn(process.execPath, [LAUNCHER, 'query', '--csv', sql], {
      cwd: workspace.folder,
      env: cliEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'readable');
    await workspace.run(['query', 'SELECT 1']); // if it did not wait, it would have ended by now
    assert.equal(child.exitCode, null);
    const printed = await text(child.stdout);
    assert.equal(printed.length, 'x\n'.length + 1000 * 1000);
  });

  void it('prints an array of row objects with --json', async () => {
    assert.deepEqual(await workspace.json(['query', VALUES]), [
      {
        one: 1,
        big: '9007199254740993',
        exact: 1.5,
        double: 0.1,
        nothing: null,
        yes: true,
        at: '2006-03-24T21:30:00.5Z',
        day: '2006-03-24',
        text: 'a,"b"\nc',
        json: { k: [1] },
      },
    ]);
    assert.deepEqual(await workspace.json(['query', 'SELECT FROM launches WHERE false']), []);
  });

  void it('prints CSV with --csv', async () => {
    const { code, stdout } = await workspace.run(['query', VALUES, '--csv']);
    assert.equal(code, 0);
    assert.equal(
      stdout,
      'one,big,exact,double,nothing,yes,at,day,text,json\n' +
        '1,9007199254740993,1.50,0.1,,true,2006-03-24T21:30:00.5Z,2006-03-24,"a,""b""\nc","{""k"": [1]}"\n',
    );
  });

  void it('prints JSON values with every digit of their numbers', async () => {
    const sql = `SELECT '{"n": 12345678901234567890}'::jsonb AS j, ARRAY['[1.10,1e400]'::json] AS list, '"x"'::json AS text`;
    const table = await workspace.run(['query', sql, '--quiet']);
    assert.match(table.stdout, /^\{"n": 12345678901234567890\} {2}\[\[1\.10,1e400\]\] +"x"$/m);
    const csv = await workspace.run(['query', sql, '--csv']);
    assert.equal(csv.stdout, 'j,list,text\n"{""n"": 12345678901234567890}","[[1.10,1e400]]","""x"""\n');
    const json = await workspace.run(['query', sql, '--json']);
    assert.equal(
      json.stdout.replaceAll(/\s/g, ''),
      '[{"j":{"n":12345678901234567890},"list":[[1.10,1e400]],"text":"x"}]',
    );
  });

  void it('prints every column, even if names are repeated or special', async () => {
    const sql = `SELECT count(*), count(success), 1 AS "__proto__", 2 AS "constructor", 3 AS "7", 4 AS count_2
      FROM (VALUES (true), (NULL)) AS v (success)`;
    const table = await workspace.run(['query', sql, '--quiet']);
    assert.match(
      table.stdout,
      /^count +count +__proto__ +constructor +7 +count_2\n[─ ]+\n +2 +1 +1 +2 +3 +4\n$/,
    );
    const csv = await workspace.run(['query', sql, '--csv']);
    assert.equal(csv.stdout, 'count,count,__proto__,constructor,7,count_2\n2,1,1,2,3,4\n');
    const json = await workspace.run(['query', sql, '--json']);
    assert.equal(
      json.stdout.replaceAll(/\s/g, ''),
      '[{"count":2,"count_3":1,"__proto__":1,"constructor":2,"7":3,"count_2":4}]',
    );
  });

  for (const { sql, message, hint } of [
    { sql: 'SELECT 1 FROM', message: /Cannot run the query: syntax error .*\(42601\)/, hint: /Correct/ },
    { sql: 'SELECT * FROM cakes', message: /"cakes" does not exist \(42P01\)/, hint: / tables$/ },
    { sql: 'SELECT * FROM lunches', message: /"lunches" does not exist/, hint: /Did you mean launches\?$/ },
    { sql: 'DELETE FROM launches', message: /DELETE may change|25006/, hint: /--write/ },
    { sql: 'SELECT 1; DELETE FROM launches', message: /multiple commands|one statement/, hint: /./ },
    { sql: 'SET TRANSACTION READ WRITE', message: /SET|25006/, hint: /./ },
    { sql: `COPY launches TO '/tmp/never'`, message: /COPY/, hint: /--write/ },
    {
      sql: 'WITH gone AS (DELETE FROM launches RETURNING 1) SELECT count(*) FROM gone',
      message: /\(25006\)/,
      hint: /--write/,
    },
  ]) {
    void it(`rejects ${sql} without --write`, async () => {
      const result = await workspace.run(['query', sql]);
      assertFailure(result, { code: 5, message, hint });
      assert.equal(result.stdout, '');
      assert.deepEqual(await workspace.sql('SELECT count(*)::int AS n FROM launches'), [{ n: 10 }]);
    });
  }

  void it('prints numbers that fit a double as numbers, and all other numbers as text with every digit', async () => {
    const sql = `SELECT sum(n) AS total, avg(n) AS mean, 1.50 AS price, extract(year FROM date '2006-03-24') AS year,
      12345678901234567890 AS big, 0.1234567890123456789 AS long, 'NaN'::numeric AS none, ARRAY[1.5, 2] AS list
      FROM (VALUES (1::bigint), (2)) v (n)`;
    const { stdout } = await workspace.run(['query', sql, '--ndjson']);
    assert.equal(
      stdout,
      '{"total":3,"mean":1.5000000000000000,"price":1.50,"year":2006,"big":"12345678901234567890",' +
        '"long":"0.1234567890123456789","none":"NaN","list":[1.5,2]}\n',
    );
    const table = await workspace.run([
      'query',
      '--quiet',
      'SELECT * FROM (VALUES (1.50), (NULL), (12345678901234567890)) v (n)',
    ]);
    assert.deepEqual(table.stdout.split('\n').slice(2, 5), [
      '                1.50',
      '                NULL',
      '12345678901234567890',
    ]);
  });

  void it('distinguishes null from an empty string', async () => {
    const sql = `SELECT NULL AS nothing, '' AS empty, 1 AS one`;
    const [table, csv, expanded] = await Promise.all([
      workspace.run(['query', sql]),
      workspace.run(['query', sql, '--csv']),
      workspace.run(['query', sql, '-x', '--quiet']),
    ]);
    assert.match(table.stdout, /^NULL {14}1$/m);
    assert.equal(csv.stdout, 'nothing,empty,one\n,"",1\n');
    assert.equal(expanded.stdout, '── row 1 ──\nnothing  NULL\nempty\none      1\n');
  });

  void it('reads the statement from a file or from stdin', async () => {
    writeFileSync(path.join(workspace.folder, 'one.sql'), '-- one\nSELECT 1 AS one;\n');
    const file = await workspace.run(['query', '--csv', '-f', 'one.sql']);
    assert.deepEqual([file.code, file.stdout], [0, 'one\n1\n'], file.stderr);
    for (const args of [['-'], ['-f', '-']]) {
      const { stdout } = spawnSync(process.execPath, [LAUNCHER, 'query', '--csv', ...args], {
        cwd: workspace.folder,
        env: cliEnvironment(),
        input: 'SELECT 2 AS two',
        encoding: 'utf8',
      });
      assert.equal(stdout, 'two\n2\n');
    }
    for (const args of [[], ['SELECT 1', '-f', 'one.sql'], ['-f', 'none.sql']])
      assertFailure(await workspace.run(['query', ...args]), {
        code: 2,
        message: /Cannot (?:run the query|read)/,
      });
  });

  void it('marks the position of an error in the statement, but logs a single line in JSON format', async () => {
    const sql = 'SELECT name\nFROM lunches';
    const shown = await workspace.run(['query', sql]);
    assert.match(shown.stderr, /^line 2: FROM lunches\n {13}\^\nerror: .*\nhint: .*\n$/);
    const logged = await workspace.run(['query', sql, '--log-format', 'json']);
    assert.deepEqual(logged.stderr.trimEnd().split('\n').length, 1);
  });

  void it('changes data with --write', async () => {
    const other = server.workspace();
    assert.equal((await other.run(['migrate', 'up'])).code, 0);
    const insert = 'INSERT INTO spacex_notes VALUES (1), (2)';
    await other.sql('CREATE TABLE spacex_notes (n integer)');
    const { code, stdout } = await other.run(['query', insert, '--write']);
    assert.deepEqual([code, stdout], [0, '(2 rows)\n']);
    const comment = await other.run(['query', `COMMENT ON TABLE spacex_notes IS 'x'`, '--write']);
    assert.equal(comment.stdout, '(done)\n');
    assert.deepEqual(await other.sql('SELECT n FROM spacex_notes ORDER BY 1'), [{ n: 1 }, { n: 2 }]);
  });

  void it('exits without an error if its reader stops early', () => {
    const command = `{ "$0" "$1" query "SELECT repeat('x', 100) AS x FROM generate_series(1, 30000)" --csv; echo "code $?" >&2; } | head -1`;
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', command, process.execPath, LAUNCHER], {
      cwd: workspace.folder,
      env: cliEnvironment(),
      encoding: 'utf8',
    });
    assert.deepEqual([stdout, stderr], ['x\n', 'code 0\n']);
  });
});
