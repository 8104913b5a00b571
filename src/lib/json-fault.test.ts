import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { findJsonFault } from './json-fault.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const TOKENS = ['{', '}', '[', ']', ',', ':', '"a"', '1', '-0.5e+3', 'null', 'true', ' ', '\n', '\\u00e4'];
const DOCUMENT = '{"a": [1, -2.5e3, "x\\n\\u00e4\u2028"],\n "b": {"c": null, "d": [], "e": {}}, "f": true}';

test('finds a fault if and only if JSON.parse fails', () => {
  const tokens = fc.array(fc.constantFrom(...TOKENS), { maxLength: 8 }).map((list) => list.join(''));
  const changed = fc
    .tuple(
      fc.nat(DOCUMENT.length),
      fc.nat(2),
      fc.constantFrom('', ...TOKENS, '"', '\\', '0', '.', 'e', '-', '\t', '\u0001', '/'),
    )
    .map(([at, cut, extra]) => `${DOCUMENT.slice(0, at)}${extra}${DOCUMENT.slice(at + cut)}`);
  fc.assert(
    fc.property(fc.oneof(changed, tokens), (text) => {
      assert.equal(findJsonFault(text) === null, isJson(text));
    }),
    { numRuns: 2000 },
  );
});

test('reports the line and column of a fault, and the expected and actual text', () => {
  const faults: readonly (readonly [string, number, number, string, string])[] = [
    ['', 1, 1, 'a value', 'the end of the file'],
    ['{"a": 1,}', 1, 9, 'a name in double quotes', '"}"'],
    ['{\n  // why\n}', 2, 3, 'a name in double quotes', '"/"'],
    ['{"a" 1}', 1, 6, '":"', '"1"'],
    ['{"a": 1\n"b": 2}', 2, 1, '"," or "}"', '"\\""'],
    ['[1, tru]', 1, 5, 'a value', '"t"'],
    ['["a\nb"]', 1, 4, 'the end of a string', '"\\n"'],
    ['["C:\\data"]', 1, 5, 'a valid JSON escape', '"\\\\"'],
    ['{} x', 1, 4, 'the end of the file', '"x"'],
    ['😀', 1, 1, 'a value', '"😀"'],
  ];
  for (const [text, line, column, expected, found] of faults) {
    assert.deepEqual(findJsonFault(text), { line, column, expected, found }, text);
  }
});
