import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { RunFolder } from '../core/ports.ts';
import spacex from '../sources/spacex/source.ts';
import { createLoader } from './load.ts';

const { resources } = spacex;

/** Rows that a batch may have at most in these tests. */
const BATCH_ROWS = 100;
const BATCH_BYTES = 4 << 20;
const LONG_TEXT = 200_000;

const [resource] = resources.filter(({ tables }) => tables.length === 1);

test('batches go to file and staging alike, none long beyond its rows or bytes', async () => {
  assert.ok(resource !== undefined);
  const [table] = resource.tables;
  let file = '';
  let copied = '';
  const batches: { readonly rows: number; readonly bytes: number }[] = [];
  const folder: Pick<RunFolder, 'openStage'> = {
    openStage: async () => ({
      async write(bytes) {
        file += Buffer.from(bytes).toString();
      },
      commit: async () => undefined,
      discard: async () => undefined,
    }),
  };
  const loader = await createLoader(resource, {
    folder: folder as RunFolder,
    batchSize: BATCH_ROWS,
    staging: {
      newest: async () => undefined,
      async copy(_, csv) {
        // Takes its time, as a database does: further rows are made meanwhile.
        await new Promise(setImmediate);
        const text = Buffer.from(csv).toString();
        copied += text;
        const rows = text.split('\n').length - 1;
        batches.push({ rows, bytes: csv.byteLength });
        return rows;
      },
      hold: async () => undefined,
      reject: async () => undefined,
      finish: async () => undefined,
      close: async () => undefined,
    },
  });
  const columns = Object.keys(table.columns);
  const lines: string[] = [];
  for (let index = 0; index < 600; index += 1) {
    const text = String(index).padEnd(index < 500 ? 0 : LONG_TEXT, 'x');
    lines.push(columns.map((_, at) => (at === 0 ? text : 'y')).join(','));
    loader.add({
      [table.name]: [Object.fromEntries(columns.map((name, at) => [name, at === 0 ? text : 'y']))],
    });
    await loader.flush();
  }
  assert.deepEqual(await loader.finish(), { [table.name]: 600 });

  assert.equal(file, [columns.join(','), ...lines, ''].join('\n'));
  assert.equal(copied, [...lines, ''].join('\n'));
  const short = batches.slice(0, 500 / BATCH_ROWS);
  assert.deepEqual(
    short.map(({ rows }) => rows),
    short.map(() => BATCH_ROWS),
  );
  const long = batches.slice(short.length);
  assert.ok(long.length > 1);
  assert.ok(long.every(({ bytes }) => bytes < BATCH_BYTES + 2 * LONG_TEXT));
});
