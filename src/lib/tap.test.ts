import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { tap } from './tap.ts';

async function* upTo(count: number, failure?: Error): AsyncGenerator<number> {
  for (let item = 0; item < count; item += 1) yield item;
  if (failure !== undefined) throw failure;
}

describe('a tap', () => {
  it('gives every item to both readers, in order', async () => {
    const { copy, main } = tap(upTo(100), 3);
    const [first, second] = await Promise.all([all(main), all(copy)]);
    assert.deepEqual(first, [...Array(100).keys()]);
    assert.deepEqual(second, first);
  });

  it('holds the stream up while the copy is behind', async () => {
    let read = 0;
    const source = (async function* () {
      for await (const item of upTo(100)) {
        read += 1;
        yield item;
      }
    })();
    const { copy, main } = tap(source, 4);
    const reading = all(main);
    await new Promise(setImmediate);
    assert.equal(read, 5); // four wait, one wants in
    assert.equal((await all(copy)).length, 100);
    assert.equal((await reading).length, 100);
  });

  it('fails the copy as the stream fails, after what came before', async () => {
    const failure = new Error('reset');
    const { copy, main } = tap(upTo(3, failure), 8);
    const seen: number[] = [];
    const copying = (async () => {
      for await (const item of copy) seen.push(item);
    })();
    await assert.rejects(all(main), failure);
    await assert.rejects(copying, failure);
    assert.deepEqual(seen, [0, 1, 2]);
  });

  it('does not wait for a copy that was dropped, read or not', async () => {
    const { drop, main } = tap(upTo(100), 2);
    const reading = all(main);
    await new Promise(setImmediate);
    drop();
    assert.equal((await reading).length, 100);
  });

  it('ends the copy when the stream is left early', async () => {
    const { copy, main } = tap(upTo(100), 2);
    for await (const item of main) {
      if (item === 1) break;
    }
    await assert.rejects(all(copy), /left before its end/);
  });

  it('fails the copy when nobody ever reads the stream', async () => {
    const { copy, fail } = tap(upTo(100), 2);
    const copying = all(copy);
    await new Promise(setImmediate);
    const failure = new Error('no place to write');
    fail(failure);
    await assert.rejects(copying, failure);
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
