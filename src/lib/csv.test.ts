import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { createCsvEncoder, csvLine, type CsvValue } from './csv.ts';

/** Parses CSV as COPY does: an unquoted empty field is null. */
function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    let field: string | null;
    if (text[at] === '"') {
      const quoted = /"((?:[^"]|"")*)"/y;
      quoted.lastIndex = at;
      const match = quoted.exec(text);
      assert.ok(match, `no closing quote after ${at}`);
      field = (match[1] ?? '').replaceAll('""', '"');
      at = quoted.lastIndex;
    } else {
      const bare = /[^",\r\n]*/y;
      bare.lastIndex = at;
      const found = bare.exec(text)?.[0] ?? '';
      field = found === '' ? null : found;
      at = bare.lastIndex;
    }
    row.push(field);
    if (text[at] === '\n') {
      rows.push(row);
      row = [];
    } else {
      assert.equal(text[at], ',');
    }
    at++;
  }
  assert.deepEqual(row, []);
  return rows;
}

function encodeOne(value: CsvValue): string {
  const encoder = createCsvEncoder(['value']);
  encoder.encode({ value });
  return encoder.take().toString();
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '\\', '.', ' ', '\t', 'é', '🚀', 'a') }),
);
const anyValue = fc.oneof(
  anyText,
  fc.constant(null),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.maxSafeInteger(),
);

describe('a CSV encoder', () => {
  it('writes rows that can be read back unchanged, and distinguishes null from an empty string', () => {
    const tables = fc
      .uniqueArray(anyText, { minLength: 2, maxLength: 5 })
      .chain((columns) =>
        fc.tuple(fc.constant(columns), fc.array(fc.tuple(...columns.map(() => anyValue)), { maxLength: 6 })),
      );
    fc.assert(
      fc.property(tables, ([columns, rows]) => {
        const encoder = createCsvEncoder(columns);
        for (const row of rows) {
          encoder.encode(Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])));
        }
        const text = Buffer.concat([encoder.header(), encoder.take()]).toString();
        const expected = rows.map((row) => row.map((value) => (value === null ? null : String(value))));
        assert.deepEqual(parseCsv(text), [columns, ...expected]);
        assert.equal([columns, ...rows].map(csvLine).join(''), text);
      }),
      { numRuns: 200 },
    );
  });

  it('quotes only text that a reader would otherwise misread', () => {
    const bare = ['a', 'a b', "it's", '\\.x', '\\N', 'é', ';'];
    for (const text of bare) assert.equal(encodeOne(text), `${text}\n`);
    const quoted = ['', '\\.', ',', 'a\nb', 'a\rb', ' a', 'a ', '\ta', 'a\t', ' '];
    for (const text of quoted) assert.equal(encodeOne(text), `"${text}"\n`);
    assert.equal(encodeOne('say "hi"'), '"say ""hi"""\n');
  });

  it('writes null, booleans and numbers without quotes', () => {
    const values = [null, true, false, 0, -1.5, 1e21, 9007199254740991];
    assert.deepEqual(values.map(encodeOne), [
      '\n',
      'true\n',
      'false\n',
      '0\n',
      '-1.5\n',
      '1e+21\n',
      '9007199254740991\n',
    ]);
  });

  it('rejects a value that CSV cannot represent, and writes no part of its row', () => {
    const encoder = createCsvEncoder(['a', 'b']);
    encoder.encode({ a: 1, b: 2 });
    for (const b of [Number.NaN, Infinity, -Infinity]) {
      assert.throws(() => encoder.encode({ a: 'lost', b }), new RangeError(`Cannot write b as CSV: ${b}`));
    }
    assert.throws(() => encoder.encode({ a: 1 }), new RangeError('Cannot write b as CSV: no value'));
    assert.equal(encoder.rows, 1);
    assert.equal(encoder.take().toString(), '1,2\n');
  });

  it('counts rows and bytes since the last take, and does not change taken bytes', () => {
    const encoder = createCsvEncoder(['a']);
    encoder.encode({ a: 'é' });
    encoder.encode({ a: 'x' });
    assert.deepEqual([encoder.rows, encoder.bytes], [2, 4]);
    const first = encoder.take();
    assert.deepEqual([encoder.rows, encoder.bytes], [0, 0]);
    encoder.encode({ a: 'other' });
    assert.equal(first.toString(), 'é\nx\n');
    assert.equal(encoder.take().toString(), 'other\n');
    assert.equal(encoder.take().length, 0);
  });

  it('reuses memory that the caller returns', () => {
    const encoder = createCsvEncoder(['a']);
    encoder.encode({ a: 'first' });
    const first = encoder.take();
    encoder.encode({ a: 'second' });
    encoder.reuse(first);
    const second = encoder.take();
    encoder.encode({ a: 'third' });
    const third = encoder.take();
    assert.equal(third.buffer, first.buffer);
    assert.deepEqual([second.toString(), third.toString()], ['second\n', 'third\n']);
  });

  it('enlarges its buffer for long rows', () => {
    const encoder = createCsvEncoder(['a']);
    const long = '🚀'.repeat(100_000);
    for (let i = 0; i < 5; i++) encoder.encode({ a: long });
    assert.equal(encoder.take().toString(), `${long}\n`.repeat(5));
  });
});
