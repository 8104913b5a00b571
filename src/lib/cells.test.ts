import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { jsonDocument, jsonLines, plainCell } from './cells.ts';
import { JsonSource } from './json-source.ts';

const names = (columns: readonly string[]): string =>
  jsonLines(columns, [columns.map((_, index) => index)]).join('');

describe('rows as JSON', () => {
  it('keep every value of a repeated column name, and the names of all other columns', () => {
    assert.equal(names(['name', 'name']), '{"name":0,"name_2":1}\n');
    assert.equal(names(['n', 'n', 'n_2', 'n']), '{"n":0,"n_3":1,"n_2":2,"n_4":3}\n');
    assert.equal(names(['n', 'n', 'n_2', 'n_2']), '{"n":0,"n_3":1,"n_2":2,"n_2_2":3}\n');
    assert.equal(names(['?column?', '?column?']), '{"?column?":0,"?column?_2":1}\n');
  });

  it('keep the order of columns, and names that have a special meaning in JavaScript', () => {
    assert.equal(names(['b', '2', '', '1', 'a']), '{"b":0,"2":1,"":2,"1":3,"a":4}\n');
    assert.equal(
      names(['__proto__', 'constructor', '__proto__', 'toString', 'hasOwnProperty', '"']),
      '{"__proto__":0,"constructor":1,"__proto___2":2,"toString":3,"hasOwnProperty":4,"\\"":5}\n',
    );
  });

  it('form one document with one line per field', () => {
    const rows = [
      [1, [null, 'x']],
      [null, 'a\n"b"'],
    ];
    assert.equal(
      jsonDocument(['n', 'n'], rows),
      '[\n  {\n    "n": 1,\n    "n_2": [null,"x"]\n  },\n  {\n    "n": null,\n    "n_2": "a\\n\\"b\\""\n  }\n]',
    );
    assert.equal(jsonDocument(['n'], []), '[]');
    assert.equal(jsonDocument([], [[], []]), '[\n  {},\n  {}\n]');
  });
});

const EXACT = new JsonSource('{"n": 12345678901234567890,\r\n "n": 1e400, "t": "a\\n"}');

describe('a value of type json', () => {
  it('is printed as written, but on a single line in JSON Lines', () => {
    assert.equal(plainCell(EXACT), EXACT.text);
    assert.equal(plainCell([EXACT, null]), '[{"n": 12345678901234567890,   "n": 1e400, "t": "a\\n"},null]');
    assert.deepEqual(jsonLines(['j'], [[EXACT]]), [
      '{"j":{"n": 12345678901234567890,   "n": 1e400, "t": "a\\n"}}\n',
    ]);
  });

  it('keeps its exact numbers in a complete document', () => {
    const value = new JsonSource('{"n": [12345678901234567890, 1.10, -0, 1e400], "__proto__": {"a": 7}}');
    assert.equal(
      JSON.stringify({ value }),
      '{"value":{"n":[12345678901234567890,1.10,-0,1e400],"__proto__":{"a":7}}}',
    );
  });
});

describe('a plain cell', () => {
  it('contains the value itself, or JSON for a list', () => {
    assert.deepEqual([null, 1, true, 'x', [1, ['a"', null]]].map(plainCell), [
      null,
      1,
      true,
      'x',
      '[1,["a\\"",null]]',
    ]);
  });
});
