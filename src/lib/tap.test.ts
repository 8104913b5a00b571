import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { tap } from './tap.ts';

async function* upTo(count: number, failure?: Error): AsyncGenerator<number> {
  for (let item = 0; item < count; item += 1) yield item;
  if (failure !== undefined) throw failure;
}

describe('a tap', () => {
  it('delivers every item to both readers, in order', async () => {
    const { copy, main } = tap(upTo(100), 3);
    const [first, second] = await Promise.all([all(main), all(copy)]);
    assert.deepEqual(first, [...Array(100).keys()]);
    assert.deepEqual(second, first);
  });

  it('pauses the stream while the copy is too far behind', async () => {
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
    assert.equal(read, 5); // four items are in the queue, and a fifth is waiting
    assert.equal((await all(copy)).length, 100);
    assert.equal((await reading).length, 100);
  });

  it('fails the copy if the stream fails, but delivers the earlier items first', async () => {
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

  it('does not wait for a copy that was dropped', async () => {
    const { drop, main } = tap(upTo(100), 2);
    const reading = all(main);
    await new Promise(setImmediate);
    drop();
    assert.equal((await reading).length, 100);
  });

  it('fails the copy if the reader of the stream stops early', async () => {
    const { copy, main } = tap(upTo(100), 2);
    for await (const item of main) {
      if (item === 1) break;
    }
    await assert.rejects(all(copy), /not read to its end/);
  });

  it('fails the copy with a given error if no one reads the stream', async () => {
    const { copy, fail } = tap(upTo(100), 2);
    const copying = all(copy);
    await new Promise(setImmediate);
    const failure = new Error('nowhere to write');
    fail(failure);
    await assert.rejects(copying, failure);
  });
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
