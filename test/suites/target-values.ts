import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { runQuery } from '../../src/adapters/postgres/query.ts';
import { JsonSource, NumberSource } from '../../src/lib/json-source.ts';
import { openLab, type Lab, type OpenDatabase } from './target-lab.ts';

/** An SQL expression, and the value that a query returns for it. */
const VALUES: readonly (readonly [string, unknown])[] = [
  ['NULL', null],
  ['true', true],
  ['false', false],
  ['1::smallint', 1],
  ['-2147483648', -2147483648],
  ['9007199254740991::bigint', 9007199254740991],
  ['-9007199254740991::bigint', -9007199254740991],
  ['9007199254740992::bigint', '9007199254740992'],
  ['9223372036854775807::bigint', '9223372036854775807'],
  ['(-9223372036854775808)::bigint', '-9223372036854775808'],
  ['count(*)', 1],
  ['sum(9007199254740993::bigint)', '9007199254740993'],
  ['1.50::numeric', new NumberSource('1.50')],
  [`'NaN'::numeric`, 'NaN'],
  ['0.1::float8 + 0.2::float8', 0.30000000000000004],
  ['0.1::real', 0.1],
  ['1e300::float8', 1e300],
  [`'NaN'::float8`, 'NaN'],
  [`'Infinity'::float8`, 'Infinity'],
  [`'-Infinity'::real`, '-Infinity'],
  [`''::text`, ''],
  [`'null'::text`, 'null'],
  [`'x'::varchar`, 'x'],
  [`'x'::name`, 'x'],
  [`'2006-03-24T22:30:00.000Z'::timestamptz`, '2006-03-24T22:30:00Z'],
  [`'2006-03-24T22:30:00.120+12:30'::timestamptz`, '2006-03-24T10:00:00.12Z'],
  [`'infinity'::timestamptz`, 'infinity'],
  [`'0044-03-15 12:00 BC'::timestamptz`, '0044-03-15 12:00:00+00 BC'],
  [`'2006-03-24 22:30:00.5'::timestamp`, '2006-03-24T22:30:00.5'],
  [`'2006-03-24'::date`, '2006-03-24'],
  [`'22:30'::time`, '22:30:00'],
  [`'1 day 2 hours'::interval`, 'P1DT2H'],
  [`'\\xdeadbeef'::bytea`, '\\xdeadbeef'],
  [`'{"a": [1,  null, "é"], "a": 1.10}'::json`, new JsonSource('{"a": [1,  null, "é"], "a": 1.10}')],
  [`'{"b":12345678901234567890, "c":1e400}'::json`, new JsonSource('{"b":12345678901234567890, "c":1e400}')],
  [
    `'[12345678901234567890, 1.10, 1e22]'::jsonb`,
    new JsonSource('[12345678901234567890, 1.10, 10000000000000000000000]'),
  ],
  [`'null'::jsonb`, new JsonSource('null')],
  [`'550e8400-e29b-41d4-a716-446655440000'::uuid`, '550e8400-e29b-41d4-a716-446655440000'],
  ['ARRAY[true, NULL]', [true, null]],
  ['ARRAY[1, NULL]::smallint[]', [1, null]],
  ['ARRAY[1, 2]', [1, 2]],
  ['ARRAY[1, 9007199254740993]::bigint[]', [1, '9007199254740993']],
  ['ARRAY[1.50]::numeric[]', [new NumberSource('1.50')]],
  [`ARRAY[0.5, 'NaN']::float8[]`, [0.5, 'NaN']],
  [`ARRAY[0.5, 'Infinity']::real[]`, [0.5, 'Infinity']],
  [`ARRAY['', 'NULL', NULL, 'a,b', '"\\']`, ['', 'NULL', null, 'a,b', '"\\']],
  [`ARRAY['x']::varchar[]`, ['x']],
  [`ARRAY['x']::name[]`, ['x']],
  [`ARRAY['2006-03-24T22:30:00+02:00']::timestamptz[]`, ['2006-03-24T20:30:00Z']],
  [`ARRAY['2006-03-24T22:30:00']::timestamp[]`, ['2006-03-24T22:30:00']],
  [`ARRAY['2006-03-24']::date[]`, ['2006-03-24']],
  [`ARRAY['22:30']::time[]`, ['22:30:00']],
  [`ARRAY['1 day']::interval[]`, ['P1D']],
  [`ARRAY['\\xdeadbeef']::bytea[]`, ['\\xdeadbeef']],
  [`ARRAY['{"a": "}"}']::json[]`, [new JsonSource('{"a": "}"}')]],
  [`ARRAY['9007199254740993', NULL]::jsonb[]`, [new JsonSource('9007199254740993'), null]],
  [`ARRAY['550e8400-e29b-41d4-a716-446655440000']::uuid[]`, ['550e8400-e29b-41d4-a716-446655440000']],
  [`ARRAY[[1, 2], [3, 4]]`, [[1, 2], [3, 4]]], // prettier-ignore
  [`'[0:1]={1,2}'::int[]`, [1, 2]],
  [`'{}'::text[]`, []],
];

/** Tests the form in which queries return values, which is the same for every adapter. */
export function testValues(openDatabase: OpenDatabase): void {
  describe('a value', () => {
    let lab: Lab;
    before(async () => {
      lab = await openLab(openDatabase);
    });
    after(() => lab.close());

    it('is returned in the documented form, regardless of its type', async () => {
      const actual: unknown[] = [];
      for (const [sql] of VALUES) {
        const { rows } = await runQuery(lab.session, `SELECT ${sql} AS value`, { write: false });
        actual.push([sql, rows[0]?.[0]]);
      }
      assert.deepEqual(actual, VALUES);
    });

    it('has the same form, regardless of the server’s settings', async () => {
      const second = await lab.database.connect();
      const { columns, rows } = await runQuery(
        second,
        `SELECT current_setting('TimeZone') AS zone, current_setting('DateStyle') AS date,
           current_setting('IntervalStyle') AS interval, current_setting('bytea_output') AS bytea`,
        { write: false },
      );
      assert.deepEqual(columns, ['zone', 'date', 'interval', 'bytea']);
      assert.deepEqual(rows, [['UTC', 'ISO, YMD', 'iso_8601', 'hex']]);
    });
  });
}
