import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { DuckDBInstance } from '@duckdb/node-api';

import { startSandbox } from '../../src/sandbox/server.ts';
import {
  assertFailure,
  createTestServer,
  type ServerWorkspace,
  type TestServer,
} from '../support/workspace.ts';

type Exported = { readonly table: string; readonly file: string; readonly rows: number };

let server: TestServer;
let workspace: ServerWorkspace;

before(async () => {
  server = await createTestServer();
  workspace = server.workspace();
  const api = await startSandbox({ launches: 60 });
  const { code, stderr } = await workspace.pull(['--migrate', '--source', api.url]);
  await api.close();
  assert.equal(code, 0, stderr);
});
after(() => server.close());

void describe('export --format parquet', () => {
  void it('writes files from which DuckDB reads every value unchanged', async () => {
    await workspace.sql(`CREATE VIEW typed AS SELECT *
      FROM (VALUES (1, 9007199254740993, 1.50, 0.1::float8, true, timestamptz '2006-03-24 22:30:00.123456+01',
                    date '1969-07-20', ARRAY['a', NULL], '{"k": 1.10}'::jsonb, 'Größe', '\\x00ff'::bytea, 12.5::numeric(6,2)),
                   (2, -1, -12345678901234567890123.4567, 'NaN', false, '1960-01-01 00:00+00', '2262-04-12', '{}', 'null', '', '', -1),
                   (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL))
        AS v (n, big, exact, double, yes, at, day, list, json, text, bytes, fixed)`);
    const out = ['--out', 'parquet', '--format', 'parquet'];
    const [typed] = await workspace.json<Exported[]>(['export', '--tables', 'typed', ...out]);
    assert.equal(typed?.rows, 3);
    const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
    const read = async (sql: string): Promise<unknown[]> =>
      (await duckdb.runAndReadAll(sql)).getRowObjectsJson();
    const file = (table: string): string => `'${join(workspace.folder, `parquet/${table}.parquet`)}'`;
    assert.deepEqual(
      (await read(`DESCRIBE SELECT * FROM ${file('typed')}`)).map((row) => Object(row).column_type),
      [
        'INTEGER',
        'BIGINT',
        'DECIMAL(38,4)',
        'DOUBLE',
        'BOOLEAN',
        'TIMESTAMP WITH TIME ZONE',
        'DATE',
        'VARCHAR',
        'VARCHAR',
        'VARCHAR',
        'BLOB',
        'DECIMAL(38,2)',
      ],
    );
    assert.deepEqual(
      await read(`SELECT n, big, exact, double::text AS double, yes, epoch_us("at")::text AS "at", day::text AS day,
        "list"::text AS "list", json::text AS json, text, hex(bytes) AS bytes, fixed FROM ${file('typed')} ORDER BY n`),
      [
        {
          n: 1,
          big: '9007199254740993',
          exact: '1.5000',
          double: '0.1',
          yes: true,
          at: '1143235800123456',
          day: '1969-07-20',
          list: '["a",null]',
          json: '{"k": 1.10}',
          text: 'Größe',
          bytes: '00FF',
          fixed: '12.50',
        },
        {
          n: 2,
          big: '-1',
          exact: '-12345678901234567890123.4567',
          double: 'nan',
          yes: false,
          at: '-315619200000000',
          day: '2262-04-12',
          list: '[]',
          json: 'null',
          text: '',
          bytes: '',
          fixed: '-1.00',
        },
        Object.fromEntries(
          ['n', 'big', 'exact', 'double', 'yes', 'at', 'day', 'list', 'json', 'text', 'bytes', 'fixed'].map(
            (name) => [name, name === 'n' ? 3 : null],
          ),
        ),
      ],
    );
    const written = await workspace.json<Exported[]>(['export', ...out]);
    for (const { table, rows } of written)
      assert.deepEqual(await read(`SELECT count(*)::int AS n FROM ${file(table)}`), [{ n: rows }], table);
    duckdb.closeSync();
  });

  void it('rejects numbers that Parquet cannot represent', async () => {
    await workspace.sql(`CREATE VIEW endless AS SELECT 'NaN'::numeric AS n;
      CREATE VIEW long AS SELECT 12345678901234567890123456789012345.1234::numeric AS n`);
    for (const [table, reason] of [
      ['endless', 'are not finite'],
      ['long', 'with more than 38 digits'],
    ])
      assertFailure(await workspace.run(['export', '--tables', `${table}`, '--format', 'parquet']), {
        code: 2,
        message: new RegExp(`Cannot export n of .*${table}"? as Parquet: it contains numbers .*${reason}`),
        hint: /--format csv/,
      });
    assert.ok(!existsSync(join(workspace.folder, 'export', 'endless.parquet')));
  });
});
