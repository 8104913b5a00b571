import assert from 'node:assert/strict';
import { test } from 'node:test';

import { suggest } from './suggest.ts';

test('suggests the closest name, regardless of case and separators, unless it is too different', () => {
  const names = ['batchSize', 'database', 'dataDir', 'log'];
  const meant: readonly (readonly [string, string | null])[] = [
    ['BATCH_SIZE', 'batchSize'],
    ['bachSize', 'batchSize'],
    ['data-dir', 'dataDir'],
    ['databse', 'database'],
    ['lok', 'log'],
    ['lgo', 'log'],
    ['ogl', null],
    ['batch', 'batchSize'],
    ['data', null],
    ['color', null],
    ['', null],
  ];
  for (const [name, expected] of meant) assert.equal(suggest(name, names), expected, name);
});
