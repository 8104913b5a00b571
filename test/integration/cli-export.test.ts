import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Client } from 'pg';

import { startSandbox } from '../../src/sandbox/server.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

let server: TestServer;
let workspace: ServerWorkspace;
type Exported = { readonly table: string; readonly file: string; readonly rows: number };

before(async () => {
  server = await createTestServer();
  workspace = server.workspace();
  const api = await startSandbox({ launches: 60 });
  const { code, stderr } = await workspace.pull(['--migrate', '--source', api.url]);
  await api.close();
  assert.equal(code, 0, stderr);
});
after(() => server.close());

void describe('export', () => {
  void it('writes every table, with every row, as CSV', async () => {
    const written = await workspace.json<Exported[]>(['export', '--out', 'all']);
    assert.deepEqual(
      written.map(({ file }) => file),
      readdirSync(join(workspace.folder, 'all'))
        .sort()
        .map((name) => join(workspace.folder, 'all', name)),
    );
    for (const { table, rows } of written) {
      const [count] = await workspace.sql<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
      assert.equal(rows, count?.n, table);
    }
    for (const table of ['launches', 'starlink']) {
      const query = await workspace.run(['query', '--csv', `SELECT * FROM ${table}`]);
      const file = readFileSync(join(workspace.folder, 'all', `${table}.csv`), 'utf8');
      assert.deepEqual(sortedLines(file), sortedLines(query.stdout), table);
    }
    const names = written.map(({ table }) => table);
    assert.ok(names.includes('launches') && names.includes('launch_cores') && names.includes('rockets'));
  });

  void it('writes what query --json says as NDJSON, and tells it as a table', async () => {
    const { code, stdout } = await workspace.run(['export', '--tables', 'launches', '--format', 'ndjson']);
    assert.equal(code, 0);
    assert.match(stdout, /^launches +60 +\S+launches\.ndjson$/m);
    const lines = readFileSync(join(workspace.folder, 'export', 'launches.ndjson'), 'utf8').trimEnd();
    const rows = await workspace.json<unknown[]>(['query', 'SELECT * FROM launches ORDER BY id']);
    assert.equal(rows.length, 60);
    assert.deepEqual(
      lines.split('\n').map((line): unknown => JSON.parse(line)),
      rows,
    );
  });

  void it('writes views when they are named, with nulls, numbers and times as documented', async () => {
    await workspace.sql(`CREATE VIEW odd AS SELECT *
      FROM (VALUES (1, NULL, 9007199254740993, 1.50, 0.1::float8, true, timestamptz '2006-03-24 22:30:00.5+01',
                    date '2006-03-24', ARRAY[1, 2], '{"k": 1.10}'::jsonb),
                   (2, '', 1, 2, 'NaN', NULL, '2006-03-24 22:30+00', 'infinity', '{}', 'null'))
        AS v (n, text, big, exact, double, yes, at, day, list, json)`);
    const out = ['--tables', 'odd', '--out', 'odd'];
    for (const format of ['csv', 'ndjson'])
      assert.equal((await workspace.run(['export', ...out, '--format', format])).code, 0);
    assert.equal(
      readFileSync(join(workspace.folder, 'odd/odd.csv'), 'utf8'),
      [
        'n,text,big,exact,double,yes,at,day,list,json',
        '1,,9007199254740993,1.50,0.1,true,2006-03-24T21:30:00.5Z,2006-03-24,"[1,2]","{""k"": 1.10}"',
        '2,"",1,2,NaN,,2006-03-24T22:30:00Z,infinity,[],null',
        '',
      ].join('\n'),
    );
    assert.deepEqual(readFileSync(join(workspace.folder, 'odd/odd.ndjson'), 'utf8').split('\n'), [
      '{"n":1,"text":null,"big":"9007199254740993","exact":"1.50","double":0.1,"yes":true,"at":"2006-03-24T21:30:00.5Z","day":"2006-03-24","list":[1,2],"json":{"k": 1.10}}',
      '{"n":2,"text":"","big":1,"exact":"2","double":"NaN","yes":null,"at":"2006-03-24T22:30:00Z","day":"infinity","list":[],"json":null}',
      '',
    ]);
    const all = await workspace.json<Exported[]>(['export', '--out', 'tables']);
    assert.ok(
      all.every(({ table }) => table !== 'odd'),
      'every table is no view',
    );
  });

  void it('writes columns with names that mean something to JavaScript, in their order', async () => {
    await workspace.sql(
      'CREATE VIEW special AS SELECT 1 AS b, 2 AS "7", 3 AS "__proto__", 4 AS "constructor"',
    );
    for (const format of ['csv', 'ndjson'])
      await workspace.run(['export', '--tables', 'special', '--out', 'odd', '--format', format]);
    assert.deepEqual(
      ['csv', 'ndjson'].map((format) =>
        readFileSync(join(workspace.folder, `odd/special.${format}`), 'utf8'),
      ),
      ['b,7,__proto__,constructor\n1,2,3,4\n', '{"b":1,"7":2,"__proto__":3,"constructor":4}\n'],
    );
  });

  void it('leaves no part of a file that cannot be had whole', async () => {
    await workspace.sql(
      'CREATE VIEW broken AS SELECT n, 1 / (7000 - n) AS q FROM generate_series(1, 9000) AS n',
    );
    const result = await workspace.run(['export', '--tables', 'broken,rockets', '--out', 'broken']);
    assertFailure(result, { code: 5, message: /^error: Cannot read broken: division by zero \(22012\)$/ });
    assert.deepEqual(readdirSync(join(workspace.folder, 'broken')), []);
  });

  void it('leaves no part of a file after Ctrl-C, even where it waits for the database', async (t) => {
    const blocker = new Client({ connectionString: server.url });
    await blocker.connect();
    t.after(() => blocker.end());
    await blocker.query(`BEGIN; LOCK TABLE ${workspace.schema}.rockets IN ACCESS EXCLUSIVE MODE`);
    const running = workspace.start(['export', '--tables', 'launches,rockets', '--out', 'stopped']);
    const waits = `SELECT FROM pg_locks WHERE NOT granted AND relation = '${workspace.schema}.rockets'::regclass`;
    while ((await blocker.query(waits)).rowCount === 0);
    running.kill('SIGINT');
    assertFailure(await running.finished, { code: 130, message: /interrupted/ });
    assert.deepEqual(readdirSync(join(workspace.folder, 'stopped')), ['launches.csv']);
  });

  void it('refuses a format that it does not know', async () => {
    const result = await workspace.run(['export', '--format', 'parquet']);
    assertFailure(result, { code: 2, message: /parquet.*csv, ndjson/, hint: /export --help/ });
  });

  void it('refuses tables that are not there, and writes none', async () => {
    const result = await workspace.run(['export', '--tables', 'rockets,nix', '--out', 'none']);
    assertFailure(result, { code: 2, message: /^error: Cannot export nix: not in schema / });
    assert.ok(!workspace.list().includes('none'));
  });

  void it('refuses a place that cannot be written', async () => {
    writeFileSync(join(workspace.folder, 'file'), '');
    assertFailure(await workspace.run(['export', '--out', 'file']), {
      code: 1,
      message: /^error: Cannot write \S+file: /,
    });
  });
});

function sortedLines(text: string): string[] {
  return text.split('\n').sort();
}
