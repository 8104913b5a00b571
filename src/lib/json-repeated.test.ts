import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findRepeatedName } from './json-repeated.ts';

test('finds the second of two equal names in an object, even if it is escaped', () => {
  assert.deepEqual(findRepeatedName('{"a": 1,\n "b": {"c": 2, "\\u0063": 3}}'), {
    path: ['b', 'c'],
    line: 2,
    column: 16,
  });
  assert.deepEqual(findRepeatedName('[[], {"x,]": ["a", "a:"], "x,]": 1}]')?.path, ['1', 'x,]']);
  assert.deepEqual(findRepeatedName('{"__proto__": 1, "__proto__": 2}')?.path, ['__proto__']);
});

test('ignores equal names in different objects, and equal values', () => {
  const text = '{"a": {"a": "a"}, "b": [{"a": 1}, {"a": 1}, "a", "a"], "c": "\\"a\\": 1, \\"a\\": 2"}';
  assert.equal(findRepeatedName(text), null);
  assert.equal(findRepeatedName('"a"'), null);
});
