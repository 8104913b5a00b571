import assert from 'node:assert/strict';
import { setImmediate as settle } from 'node:timers/promises';
import { describe, it } from 'node:test';

import { createSlot } from './slot.ts';

const never = new AbortController().signal;

void describe('a slot', () => {
  void it('is taken by one caller at a time, in order of arrival', async () => {
    const slot = createSlot();
    const seen: string[] = [];
    const use = async (name: string): Promise<void> => {
      const free = await slot.take(never);
      seen.push(`${name} takes`);
      await settle();
      seen.push(`${name} leaves`);
      free();
    };
    await Promise.all(['a', 'b', 'c'].map(use));
    assert.deepEqual(seen, ['a takes', 'a leaves', 'b takes', 'b leaves', 'c takes', 'c leaves']);
  });

  void it('is not passed on too early when a waiting caller gives up', async () => {
    const slot = createSlot();
    const free = await slot.take(never);
    const stopping = new AbortController();
    const second = slot.take(stopping.signal);
    const third = slot.take(never);
    let isThird = false;
    void third.then(() => (isThird = true));
    stopping.abort(new Error('stopped'));
    await assert.rejects(second, { message: 'stopped' });
    await settle();
    assert.equal(isThird, false);
    free();
    (await third)();
    (await slot.take(never))();
  });

  void it('can be freed more than once', async () => {
    const slot = createSlot();
    const first = await slot.take(never);
    first();
    const second = await slot.take(never);
    first();
    let isThird = false;
    const third = slot.take(never).then(() => (isThird = true));
    await settle();
    assert.equal(isThird, false);
    second();
    await third;
  });

  void it('rejects a caller whose signal has already aborted', async () => {
    await assert.rejects(createSlot().take(AbortSignal.abort(new Error('stopped'))), { message: 'stopped' });
  });
});
