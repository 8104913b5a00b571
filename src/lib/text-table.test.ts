import assert from 'node:assert/strict';
import { test } from 'node:test';

import { textTable } from './text-table.ts';

test('nothing in a table steers a terminal: neither a cell nor the name of a column', () => {
  const table = textTable(['\u001b[31mred', 'b\u009b'], [['\u202ex\ny', { a: '\u0007' }]]);
  // oxlint-disable-next-line eslint/no-control-regex -- these are what is looked for
  assert.doesNotMatch(table, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.equal(table.split('\n').length, 4, table);
  assert.match(table, /^\\u001b\[31mred {2}b\\u009b$/m);
});
