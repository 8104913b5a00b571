import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Output } from './context.ts';
import { printTable } from './print.ts';

function printed(stdout: Omit<Output, 'write'>): string {
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  const signal = new AbortController().signal;
  const streams = { stdout: { ...stdout, write }, stderr: { write }, cwd: '/', signal };
  printTable(streams, ['first', 'second'], [['a', 'b']]);
  return written.join('');
}

const WHOLE = 'first  second\n─────  ──────\na      b\n';

test('splits a table only on a terminal that is too narrow for it', () => {
  const cut = 'first\n─────\na\n\nfirst  second\n─────  ─────\na      b\n';
  assert.equal(printed({ isTTY: true, columns: 12 }), cut);
  for (const other of [{ isTTY: true, columns: 13 }, { isTTY: true, columns: 0 }, { columns: 12 }]) {
    assert.equal(printed(other), WHOLE);
  }
});
