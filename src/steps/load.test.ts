import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PipelineError } from '../core/errors.ts';
import type { RunFolder, StageFile } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import type { Staging } from '../core/target.ts';
import spacex from '../sources/spacex/source.ts';
import { createLoader, type Loader } from './load.ts';

const { resources } = spacex;

/** The maximum number of rows per batch in these tests. */
const BATCH_ROWS = 100;
const BATCH_BYTES = 4 << 20;
const LONG_TEXT = 200_000;

const [resource] = resources.filter(({ tables }) => tables.length === 1);

test('the loader writes the same batches to file and staging, and none far exceeds the limits on rows and bytes', async () => {
  assert.ok(resource !== undefined);
  const [table] = resource.tables;
  let file = '';
  let copied = '';
  const batches: { readonly rows: number; readonly bytes: number }[] = [];
  const loader = await openLoader(resource, {
    async write(bytes) {
      file += Buffer.from(bytes).toString();
    },
    async copy(_, csv) {
      // Takes time, like a database, so that more rows arrive while it runs.
      await new Promise(setImmediate);
      const text = Buffer.from(csv).toString();
      copied += text;
      const rows = text.split('\n').length - 1;
      batches.push({ rows, bytes: csv.byteLength });
      return rows;
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

test('the loader names a column that transform omits, and its resource, table and file', async () => {
  assert.ok(resource !== undefined);
  const { name, tables } = resource;
  const [first = '', second = ''] = Object.keys(tables[0].columns);
  const loader = await openLoader(resource, { write: async () => undefined, copy: async () => 0 });
  assert.throws(
    () => loader.add({ [name]: [{ [first]: 'there' }] }),
    (error) => {
      assert.ok(error instanceof PipelineError);
      assert.equal(
        error.message,
        `Cannot load ${name}: its transform returns no value for column ${second} of table ${name}`,
      );
      assert.match(error.hint ?? '', new RegExp(`in src/sources/some/${name}\\.ts: `));
      return true;
    },
  );
});

function openLoader(
  of: Resource,
  { copy, write }: Pick<Staging, 'copy'> & Pick<StageFile, 'write'>,
): Promise<Loader> {
  const nothing = async (): Promise<void> => undefined;
  const folder: Pick<RunFolder, 'openStage'> = {
    openStage: async () => ({ write, commit: nothing, discard: nothing }),
  };
  return createLoader(of, {
    folder: folder as RunFolder,
    batchSize: BATCH_ROWS,
    source: 'some',
    staging: { newest: nothing, copy, hold: nothing, reject: nothing, finish: nothing, close: nothing },
  });
}
