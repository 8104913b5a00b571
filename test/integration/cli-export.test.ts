import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { Client } from 'pg';

import spacex from '../../src/sources/spacex/source.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

const { resources } = spacex;

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
  void it('writes every row of every resource table as CSV', async () => {
    await workspace.sql('CREATE TABLE "../../escaped" (a int); CREATE TABLE notes (a json, b point)');
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
    assert.deepEqual(
      written.map(({ table }) => table),
      resources.flatMap(({ tables }) => tables.map(({ name }) => name)).sort(),
    );
  });

  void it('writes NDJSON with the same values as query --json, and prints a table of the files', async () => {
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

  void it('writes views if you name them, with nulls, numbers and times as documented', async () => {
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
    assert.equal((await workspace.run(['export', ...out, '--bom'])).code, 0);
    const marked = readFileSync(join(workspace.folder, 'odd/odd.csv'), 'utf8');
    assert.match(marked, /^\uFEFFn,text,[^\uFEFF]+$/);
    assert.deepEqual(readFileSync(join(workspace.folder, 'odd/odd.ndjson'), 'utf8').split('\n'), [
      '{"n":1,"text":null,"big":"9007199254740993","exact":1.50,"double":0.1,"yes":true,"at":"2006-03-24T21:30:00.5Z","day":"2006-03-24","list":[1,2],"json":{"k": 1.10}}',
      '{"n":2,"text":"","big":1,"exact":2,"double":"NaN","yes":null,"at":"2006-03-24T22:30:00Z","day":"infinity","list":[],"json":null}',
      '',
    ]);
  });

  void it('preserves the order of columns whose names are special in JavaScript', async () => {
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

  void it('writes each table to a separate file inside the folder, on any file system', async () => {
    const names = [
      '../../escaped',
      '..',
      'Rockets',
      'rockets',
      '.hidden',
      'con',
      'Größe',
      'é'.repeat(31),
      'a%2F',
      'a/',
    ];
    for (const name of names)
      await workspace.sql(`CREATE TABLE IF NOT EXISTS "${name}" AS SELECT '${name}' AS name`);
    const args = ['export', '--out', 'deep/in/out', '--tables', names.join(','), '--format', 'ndjson'];
    const written = await workspace.json<Exported[]>(args);
    const files = readdirSync(join(workspace.folder, 'deep', 'in', 'out'));
    assert.deepEqual(written.map(({ table }) => table).sort(), names.sort());
    assert.deepEqual(written.map(({ file }) => basename(file)).sort(), files.sort());
    assert.equal(new Set(files.map((file) => file.toLowerCase())).size, names.length);
    assert.ok(files.includes('%2E%2E%2F%2E%2E%2Fescaped.ndjson') && files.includes('rockets.ndjson'));
    for (const file of files) assert.match(file, /^(?!con\b)[a-z0-9_%][\w%-]*\.ndjson$/);
    assert.equal(readdirSync(join(workspace.folder, 'deep'), { recursive: true }).length, 2 + names.length);
  });

  void it('writes columns of any type, and the same bytes for the same rows, regardless of the order in which they are stored', async () => {
    const rows = (order: string): string => `INSERT INTO alike
      SELECT 'Same', '{1}', n % 2, '(1,1)', '{}', '1', (ARRAY['1.0', '1.00', '1.000'])[n]::numeric, ROW('{"a": 1}'::json, 1)::pair, 'sad', '[1,2)', ARRAY['[1]'::json],
        format('{"n": %s}', n)::json, NULL, repeat('x', 5)
      FROM generate_series(1, 3) n ORDER BY n ${order};
      INSERT INTO heir SELECT 1, n FROM generate_series(1, 3) n ORDER BY n ${order};
      INSERT INTO parts SELECT (ARRAY['a', 'B', 'c'])[n], '{}' FROM generate_series(1, 3) n ORDER BY n ${order};
      INSERT INTO ${workspace.schema}.pg_class SELECT n FROM generate_series(1, 3) n ORDER BY n ${order}`;
    await workspace.sql(
      `CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN label AS text; CREATE TYPE pair AS (a json, b int);
       CREATE TABLE alike (t label, list int[], odd int, p point, j jsonb, x xid, n numeric, q pair, m mood, r int4range,
         js json[], last json, doc xml, c varchar(9));
       CREATE VIEW alike_view AS SELECT * FROM alike;
       CREATE TABLE parent (id int PRIMARY KEY, n int); CREATE TABLE heir () INHERITS (parent);
       CREATE TABLE parts (b text COLLATE "en-x-icu", a json, PRIMARY KEY (b) INCLUDE (a)) PARTITION BY LIST (b);
       CREATE TABLE part PARTITION OF parts DEFAULT;
       CREATE TABLE ${workspace.schema}.pg_class (mine int);
       CREATE TABLE bare (); INSERT INTO bare DEFAULT VALUES`,
    );
    const tables = ['alike', 'alike_view', 'bare', 'parent', 'parts', 'pg_class'];
    const contents: string[][] = [];
    for (const order of ['ASC', 'DESC']) {
      await workspace.sql(`TRUNCATE alike, parent, parts, ${workspace.schema}.pg_class; ${rows(order)}`);
      for (const format of ['csv', 'ndjson']) {
        const args = ['export', '--tables', tables.join(','), '--out', order, '--format', format];
        const written = await workspace.json<Exported[]>(args);
        assert.deepEqual(
          written.map((one) => [one.table, one.rows]),
          tables.map((table) => [table, table === 'bare' ? 1 : 3]),
        );
      }
      const files = readdirSync(join(workspace.folder, order)).sort();
      contents.push(files.map((file) => readFileSync(join(workspace.folder, order, file), 'utf8')));
    }
    assert.deepEqual(contents[0], contents[1]);
    assert.equal(readFileSync(join(workspace.folder, 'ASC', 'pg_class.csv'), 'utf8'), 'mine\n1\n2\n3\n');
    assert.equal(readFileSync(join(workspace.folder, 'ASC', 'parts.csv'), 'utf8'), 'b,a\nB,{}\na,{}\nc,{}\n');
    assert.equal(readFileSync(join(workspace.folder, 'ASC', 'bare.ndjson'), 'utf8'), '{}\n');
  });

  void it('leaves no partial file if it fails', async () => {
    await workspace.sql(
      'CREATE VIEW broken AS SELECT n, 1 / (7000 - n) AS q FROM generate_series(1, 9000) AS n',
    );
    const result = await workspace.run(['export', '--tables', 'broken,rockets', '--out', 'broken']);
    assertFailure(result, { code: 5, message: /^error: Cannot read broken: division by zero \(22012\)$/ });
    assert.deepEqual(readdirSync(join(workspace.folder, 'broken')), []);
  });

  void it('leaves no partial file after Ctrl-C, even while it waits for the database', async (t) => {
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

  void it('rejects an unknown format', async () => {
    const result = await workspace.run(['export', '--format', 'xlsx']);
    assertFailure(result, { code: 2, message: /xlsx.*csv, ndjson, parquet/, hint: /export --help/ });
  });

  void it('rejects tables that do not exist, and writes no files', async () => {
    const result = await workspace.run(['export', '--tables', 'rockets,nix', '--out', 'none']);
    assertFailure(result, { code: 2, message: /^error: Cannot export nix: it is not in schema / });
    assert.ok(!workspace.list().includes('none'));
  });

  void it('warns about missing resource tables, and fails if all are missing', async () => {
    const other = server.workspace();
    const message = /^error: Cannot export any table: there are no tables in schema /;
    assertFailure(await other.run(['export']), { code: 2, message });
    await workspace.sql('DROP TABLE roadster CASCADE');
    const { code, stderr } = await workspace.run(['export', '--out', 'missing']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warn {2}Cannot export roadster: it is not in schema /);
  });

  void it('fails if it cannot write to the output folder', async () => {
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
