import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatBytes } from './format-bytes.ts';

test('formatBytes rounds a size and adds its unit', () => {
  for (const [bytes, text] of [
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 kB'],
    [65_536, '64 kB'],
    [3_565_158, '3.4 MB'],
    [5 * 1024 ** 5, '5120 TB'],
  ] as const)
    assert.equal(formatBytes(bytes), text);
});
