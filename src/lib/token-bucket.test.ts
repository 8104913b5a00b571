import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { createVirtualClock } from '../../test/support/virtual-clock.ts';
import { createTokenBucket } from './token-bucket.ts';

const never = new AbortController().signal;

describe('a token bucket', () => {
  it('grants its burst immediately and then one token per interval, in order of arrival', async () => {
    const { clock, advanceTo, sleepers } = createVirtualClock();
    const bucket = createTokenBucket({ perSecond: 4, burst: 2, clock });
    const grants: [caller: number, at: number][] = [];
    for (let caller = 0; caller < 5; caller++) {
      void bucket.take(never).then(() => grants.push([caller, clock.elapsed()]));
    }
    await advanceTo(0);
    assert.equal(sleepers.size, 1);
    await advanceTo(10_000);
    assert.deepEqual(grants, [
      [0, 0],
      [1, 0],
      [2, 250],
      [3, 500],
      [4, 750],
    ]);
  });

  it('does not let a later caller overtake a caller that wakes up late', async () => {
    const { clock, advanceTo } = createVirtualClock();
    let late = 0;
    const elapsed = (): number => clock.elapsed() + late;
    const bucket = createTokenBucket({ perSecond: 1, burst: 1, clock: { elapsed, sleep: clock.sleep } });
    await bucket.take(never);
    const order: string[] = [];
    void bucket.take(never).then(() => order.push('first'));
    await advanceTo(0);
    late = 1500;
    void bucket.take(never).then(() => order.push('second'));
    await advanceTo(5000);
    assert.deepEqual(order, ['first', 'second']);
  });

  it('refills up to its burst during a pause, but not beyond', async () => {
    const { clock, advanceTo } = createVirtualClock();
    const bucket = createTokenBucket({ perSecond: 10, burst: 3, clock });
    await advanceTo(60_000);
    const grants: number[] = [];
    for (let i = 0; i < 5; i++) void bucket.take(never).then(() => grants.push(clock.elapsed() - 60_000));
    await advanceTo(70_000);
    assert.deepEqual(grants, [0, 0, 0, 100, 200]);
  });

  it('stays within its budget over any period of time, and wastes no tokens while callers wait', async () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 25 });
    const rate = fc.double({ min: 0.5, max: 2000, noNaN: true });
    await fc.assert(
      fc.asyncProperty(rate, fc.integer({ min: 1, max: 5 }), arrivals, async (perSecond, burst, pauses) => {
        const { clock, advanceTo } = createVirtualClock();
        const bucket = createTokenBucket({ perSecond, burst, clock });
        const arrived: number[] = [];
        const grants: [caller: number, at: number][] = [];
        for (const [caller, pause] of pauses.entries()) {
          await advanceTo(clock.elapsed() + pause);
          arrived.push(clock.elapsed());
          void bucket.take(never).then(() => grants.push([caller, clock.elapsed()]));
        }
        await advanceTo(1e6);
        assert.deepEqual(
          grants.map(([caller]) => caller),
          [...pauses.keys()],
        );
        const granted = grants.map(([, at]) => at);
        const interval = 1000 / perSecond;
        for (const [i, at] of granted.entries()) {
          // Starting with any grant, `burst` grants can be immediate, and each further grant must be one interval
          // later.
          const stretches = granted.slice(0, i).map((from, j) => from + (i - j - burst + 1) * interval);
          const earliest = Math.max(arrived[i] ?? 0, ...stretches);
          assert.ok(Math.abs(at - earliest) < 1e-3, `${i}: ${at}, allowed from ${earliest}`);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('grants no tokens during a hold, not even to callers that are already waiting', async () => {
    const { clock, advanceTo } = createVirtualClock();
    const bucket = createTokenBucket({ perSecond: 1, burst: 2, clock });
    const grants: number[] = [];
    const take = (): void => void bucket.take(never).then(() => grants.push(clock.elapsed()));
    for (let i = 0; i < 4; i++) take();
    await advanceTo(500);
    bucket.hold(10_000);
    bucket.hold(2000); // shorter than the current hold
    take();
    await advanceTo(60_000);
    assert.deepEqual(grants, [0, 0, 10_500, 11_500, 12_500]);
    bucket.hold(0);
    take();
    await advanceTo(60_000);
    assert.equal(grants.at(-1), 60_000);
  });

  it('gives the turn of an aborted caller to the next caller', async () => {
    const { clock, advanceTo, sleepers } = createVirtualClock();
    const bucket = createTokenBucket({ perSecond: 1, burst: 1, clock });
    const grants: [caller: string, at: number][] = [];
    const stops = { b: new AbortController(), c: new AbortController(), d: new AbortController() };
    const reason = new Error('stop');
    await bucket.take(never);
    const b = assert.rejects(bucket.take(stops.b.signal), reason);
    const c = assert.rejects(bucket.take(stops.c.signal), reason);
    void bucket.take(stops.d.signal).then(() => grants.push(['d', clock.elapsed()]));
    await advanceTo(400);
    stops.c.abort(reason); // in the middle of the queue
    await c;
    stops.b.abort(reason); // at the head of the queue
    await b;
    await advanceTo(5000);
    assert.deepEqual(grants, [['d', 1000]]);
    assert.equal(sleepers.size, 0);
    stops.d.abort(reason); // too late to have an effect
    await bucket.take(never);
  });

  it('rejects a signal that has already aborted without using a token', async () => {
    const { clock } = createVirtualClock();
    const bucket = createTokenBucket({ perSecond: 1, burst: 1, clock });
    await assert.rejects(bucket.take(AbortSignal.abort(new Error('stop'))), new Error('stop'));
    await bucket.take(never);
  });

  it('passes on a clock failure and serves the next caller', async () => {
    const { clock, advanceTo } = createVirtualClock();
    let broken = true;
    const bucket = createTokenBucket({
      perSecond: 1,
      burst: 1,
      clock: {
        elapsed: clock.elapsed,
        sleep: (ms, signal) => (broken ? Promise.reject(new Error('no timer')) : clock.sleep(ms, signal)),
      },
    });
    await bucket.take(never);
    await assert.rejects(bucket.take(never), new Error('no timer'));
    broken = false;
    const next = bucket.take(never);
    await advanceTo(1000);
    await next;
  });

  it('rejects a rate that is not positive, and a burst of less than one token', () => {
    const { clock } = createVirtualClock();
    for (const [perSecond, burst] of [
      [0, 1],
      [-1, 1],
      [Number.NaN, 1],
      [1, 0],
    ] as const) {
      assert.throws(() => createTokenBucket({ perSecond, burst, clock }), RangeError);
    }
  });
});
