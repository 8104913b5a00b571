import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { readRecordsFile } from './records-file.ts';
import { startLaunchLibrary } from './server.ts';

const ONE = { id: 'a', last_updated: '2025-05-01T00:00:00Z', name: 'one' };
const TWO = { id: 'b', last_updated: '2999-05-01T00:00:00Z', name: 'two' };

for (const [form, text] of Object.entries({
  'an array': JSON.stringify([ONE, TWO], null, 2),
  'a page': JSON.stringify({ count: 7, next: null, results: [ONE, TWO] }),
  lines: `${JSON.stringify(ONE)}\n${JSON.stringify(TWO)}\n`,
  'lines of pages and arrays': `${JSON.stringify({ results: [ONE] })}\r\n\n${JSON.stringify([TWO])}`,
})) {
  test(`reads the records of ${form}`, async (t) => {
    assert.deepEqual(await readRecordsFile(await file(t, text)), [ONE, TWO]);
  });
}

test('reads a single record', async (t) => {
  assert.deepEqual(await readRecordsFile(await file(t, JSON.stringify(ONE))), [ONE]);
});

for (const [text, reason] of [
  ['', /it does not contain any launches/],
  ['[]', /it does not contain any launches/],
  ['{"id":"a"}\n{"id":', /line 2 is not JSON/],
  ['[1]', /1 is not a launch/],
] as const) {
  test(`refuses ${JSON.stringify(text)}`, async (t) => {
    await assert.rejects(readRecordsFile(await file(t, text)), reason);
  });
}

test('serves the newest record of each launch, or the record that was current at a given time', async (t) => {
  const newer = { ...ONE, last_updated: '2025-06-01T00:00:00Z', name: 'one, newer' };
  const records = await file(t, JSON.stringify([newer, ONE, TWO]));
  const namesAt = async (at?: number): Promise<readonly string[]> => {
    const library = await startLaunchLibrary({ records, at });
    const response = await fetch(`${library.baseUrl}launches/?ordering=id`);
    const { results } = (await response.json()) as { readonly results: readonly (typeof ONE)[] };
    await library.close();
    return results.map(({ name }) => name);
  };
  assert.deepEqual(await namesAt(), ['one, newer', 'two']);
  assert.deepEqual(await namesAt(Date.parse('2025-05-31T23:59:59Z')), ['one']);
  assert.deepEqual(await namesAt(Date.parse('2025-06-01T00:00:00Z')), ['one, newer']);
});

async function file(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'records-'));
  t.after(() => rm(folder, { recursive: true }));
  const path = join(folder, 'launches');
  await writeFile(path, text);
  return path;
}
