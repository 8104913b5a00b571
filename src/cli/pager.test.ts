import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import type { Output } from './context.ts';
import { printPaged } from './pager.ts';

const folder = mkdtempSync(join(tmpdir(), 'test-pager-'));
after(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'paged');

/** Text that is printed without the pager. */
async function printed(text: string, stdout: Omit<Output, 'write'>, allowed = true): Promise<string> {
  const written: string[] = [];
  const write = (part: string): void => void written.push(part);
  const signal = new AbortController().signal;
  const streams = { stdout: { ...stdout, write }, stderr: { write }, cwd: '/', signal };
  await printPaged(streams, text, allowed);
  return written.join('');
}

const TERMINAL = { isTTY: true, columns: 10, rows: 4 };
const HIGH = 'a\nb\nc\nd\n';
const WIDE = '12345678901\n';

test('pages only results that are taller or wider than the terminal', async () => {
  Object.assign(process.env, { TERM: 'xterm', PAGER: 'false', PSQL_PAGER: `cat > ${file}` });
  for (const text of [HIGH, WIDE]) {
    assert.equal(await printed(text, TERMINAL), '');
    assert.equal(readFileSync(file, 'utf8'), text);
  }
  assert.equal(await printed('a\nb\n', TERMINAL), 'a\nb\n');
  assert.equal(await printed(HIGH, { columns: 10, rows: 4 }), HIGH);
  assert.equal(await printed(HIGH, TERMINAL, false), HIGH);
});

test('prints the result if the pager cannot be started', async () => {
  for (const PSQL_PAGER of ['', `${folder}/none 2>&-`]) {
    Object.assign(process.env, { TERM: 'xterm', PSQL_PAGER });
    assert.equal(await printed(HIGH, TERMINAL), HIGH);
  }
});
