import assert from 'node:assert/strict';
import { test } from 'node:test';

import { markedLine } from './marked-line.ts';

test('puts the mark below the position, regardless of the characters before it', () => {
  assert.equal(markedLine('SELECT nmae', 8, 80), 'SELECT nmae\n       ^\n');
  assert.equal(
    markedLine(`SELECT '漢🚀', x`, 14, 80),
    `SELECT '漢🚀', x\n                ^\n`.replace('                ^', '               ^'),
  );
  assert.equal(markedLine('a\tb \u001b', 3, 80), 'a b \\u001b\n  ^\n');
});

test('shows only the line that contains the position, with its line number', () => {
  assert.equal(markedLine('SELECT 1\r\nFROM x\r\nWHERE y', 16, 80), 'line 2: FROM x\n             ^\n');
  assert.equal(markedLine('SELECT x\n', 8, 80), 'SELECT x\n       ^\n');
  assert.equal(markedLine('SELECT', 7, 80), 'SELECT\n      ^\n');
});

test('shortens a line that is too wide to the part around the position', () => {
  const text = `SELECT ${'a, '.repeat(50)}nmae${', b'.repeat(50)}`;
  const [line = '', mark = ''] = markedLine(text, text.indexOf('nmae') + 1, 40).split('\n');
  assert.ok(line.length <= 40, line);
  assert.match(line, /^….*…$/);
  assert.equal(line.slice(mark.length - 1, mark.length + 3), 'nmae');
});
