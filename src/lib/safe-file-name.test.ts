import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { safeFileName } from './safe-file-name.ts';

test('a plain name does not change', () => {
  for (const name of ['launches', 'launch_cores', 'a-1', '_x', '2024', 'console', 'com', 'com10'])
    assert.equal(safeFileName(name), name);
});

test('characters that a shell or a file system would misinterpret are percent-encoded', () => {
  for (const [name, expected] of [
    ['../../escaped', '%2E%2E%2F%2E%2E%2Fescaped'],
    ['..', '%2E%2E'],
    ['.hidden', '%2Ehidden'],
    ['a\\b:c\0', 'a%5Cb%3Ac%00'],
    ['-rf', '%2Drf'],
    ['Größe', '%47r%C3%B6%C3%9Fe'],
    ['con', '%63on'],
    ['lpt1', '%6Cpt1'],
    ['100%', '100%25'],
    ['🚀', '%F0%9F%9A%80'],
  ] as const)
    assert.equal(safeFileName(name), expected);
});

test('different names stay different even if case is ignored, and every name can be decoded', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'A', '%', '4', '1', 'é', '.', '/', '-', 'ß', 'ſ', 'K'),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      assert.equal(decodeURIComponent(safeFileName(a)), a);
      assert.equal(safeFileName(a).toLowerCase() === safeFileName(b).toLowerCase(), a === b);
    }),
  );
});
