import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';

import { textTable } from './text-table.ts';

test('neither cells nor column names can control the terminal', () => {
  const table = textTable(['\u001b[31mred', 'b\u009b'], [['\u202ex\ny', { a: '\u0007' }]]);
  // oxlint-disable-next-line eslint/no-control-regex -- the expression looks for them
  assert.doesNotMatch(table, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.equal(table.split('\n').length, 4, table);
  assert.match(table, /^\\u001b\[31mred {2}b\\u009b$/m);
});

const NAMES = ['id', 'name', 'n', 'text'];
const ROWS = [
  ['a1', 'one', 1, 'short'],
  ['b2', '二', 22, null],
];

test('a table is not split if it fits or if the width is unknown', () => {
  const whole = ['id  name   n  text', '──  ────  ──  ─────', 'a1  one    1  short', 'b2  二    22', ''].join(
    '\n',
  );
  assert.equal(textTable(NAMES, ROWS), whole);
  assert.equal(textTable(NAMES, ROWS, { width: 19 }), whole);
});

test('a wide table is split into blocks of columns, each of which contains the keys', () => {
  const blocks = [
    ['id  name   n', '──  ────  ──', 'a1  one    1', 'b2  二    22'],
    ['id  text', '──  ─────', 'a1  short', 'b2'],
  ];
  assert.equal(
    textTable(NAMES, ROWS, { width: 18 }),
    blocks.map((lines) => `${lines.join('\n')}\n`).join('\n'),
  );
  const [, second] = textTable(NAMES, ROWS, { width: 18, keys: 2 }).split('\n\n');
  assert.equal(second, 'id  name  text\n──  ────  ─────\na1  one   short\nb2  二\n');
});

test('a cell that is wider than the line is cut only if it is a repeated key', () => {
  const id = '01a21455-f4cd-7436-89f1-e21e1acd2bba';
  const text = 'text that is longer than a line';
  assert.equal(
    textTable(['run', 'status', 'text'], [[id, 'done', text]], { width: 20 }),
    [
      'run',
      '────────────────────',
      id,
      '',
      'run         status',
      '──────────  ──────',
      '01a21455-…  done',
      '',
      'run         text',
      '──────────  ────────',
      `01a21455-…  ${text}`,
      '',
    ].join('\n'),
  );
});

test('at any width, every cell is shown and no line is longer than necessary', () => {
  const shape = fc.integer({ min: 1, max: 6 }).chain((columns) =>
    fc.tuple(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: columns, maxLength: columns }),
      fc.array(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: columns, maxLength: columns }), {
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 90 }),
    ),
  );
  fc.assert(
    fc.property(shape, ([names, rows, width]) => {
      const blocks = textTable(names, rows, { width }).split('\n\n');
      const words = (row: number): string[] =>
        blocks.flatMap((block, index) =>
          (block.split('\n')[row] ?? '').split(/ +/).slice(index === 0 ? 0 : 1),
        );
      assert.deepEqual(words(0).filter(Boolean), names);
      for (const [index, row] of rows.entries()) assert.deepEqual(words(index + 2).filter(Boolean), row);
      for (const line of blocks.flatMap((block) => block.split('\n'))) {
        assert.ok(line.length <= width || line.split(/ +/).length <= 2, `${width}: ${line}`);
      }
    }),
  );
});
