import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import { createCached } from './cached.ts';

/** A reader whose results the test supplies. */
function createReader() {
  const asked: PromiseWithResolvers<number>[] = [];
  const failures: unknown[] = [];
  const time = createVirtualClock();
  const cached = createCached(
    () => {
      const answer = Promise.withResolvers<number>();
      asked.push(answer);
      return answer.promise;
    },
    { freshMs: 10, limitMs: 5, clock: time.clock, onFailure: (error) => failures.push(error) },
  );
  return { ...cached, asked, failures, advanceTo: time.advanceTo };
}

void describe('a cached value', () => {
  void it('is read once for all callers, and again when it is stale', async () => {
    const { advanceTo, asked, get } = createReader();
    const answers = [get(), get(), get()];
    asked[0]?.resolve(1);
    assert.deepEqual(await Promise.all(answers), [1, 1, 1]);
    await advanceTo(9);
    assert.equal(await get(), 1);
    assert.equal(asked.length, 1);
    await advanceTo(10);
    const later = get();
    asked[1]?.resolve(2);
    assert.equal(await later, 2);
  });

  void it('is null if the read takes too long, and is not read a second time while that read continues', async () => {
    const { advanceTo, asked, get } = createReader();
    const first = get();
    await advanceTo(5);
    assert.equal(await first, null);
    const second = get();
    await advanceTo(10);
    assert.equal(await second, null);
    assert.equal(asked.length, 1);
    asked[0]?.resolve(1);
    await advanceTo(11);
    assert.equal(await get(), 1);
    assert.equal(asked.length, 1);
  });

  void it('stays null after a failed read for as long as a value stays valid, and reports only the first failure', async () => {
    const { advanceTo, asked, failures, get } = createReader();
    const first = get();
    asked[0]?.reject(new Error('one'));
    assert.equal(await first, null);
    assert.equal(await get(), null);
    await advanceTo(10);
    const second = get();
    asked[1]?.reject(new Error('two'));
    assert.equal(await second, null);
    assert.equal(asked.length, 2);
    assert.deepEqual(failures, [new Error('one')]);
  });

  void it('is read again after it has expired, even if it expired during the read', async () => {
    const { asked, expire, get } = createReader();
    const first = get();
    expire();
    asked[0]?.resolve(1);
    assert.equal(await first, 1);
    const second = get();
    asked[1]?.resolve(2);
    assert.equal(await second, 2);
    expire();
    const third = get();
    asked[2]?.resolve(3);
    assert.equal(await third, 3);
  });
});
