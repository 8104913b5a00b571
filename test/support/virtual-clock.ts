import { setImmediate as settle } from 'node:timers/promises';

import type { Clock } from '../../src/core/ports.ts';

type Sleeper = { readonly until: number; readonly wake: () => void };

/** A clock whose time passes only when the test allows it. */
export function createVirtualClock(startsAt = 0) {
  const sleepers = new Set<Sleeper>();
  let now = 0;
  const clock: Clock = {
    now: () => startsAt + now,
    elapsed: () => now,
    sleep(milliseconds, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sleeper = { until: now + milliseconds, wake: resolve };
      sleepers.add(sleeper);
      signal.addEventListener('abort', () => {
        sleepers.delete(sleeper);
        reject(signal.reason);
      });
      return promise;
    },
  };

  /** Wakes the sleeper with the earliest time, if that time is not after `latest`. */
  function wakeNext(latest: number): boolean {
    const [first] = [...sleepers].sort((a, b) => a.until - b.until);
    if (first === undefined || first.until > latest) return false;
    now = first.until;
    sleepers.delete(first);
    first.wake();
    return true;
  }

  async function advanceTo(time: number): Promise<void> {
    do await settle();
    while (wakeNext(time));
    now = time;
  }

  /** Advances the time whenever nothing is in progress, until the work is done. */
  async function during<T>(work: Promise<T>, isBusy: () => boolean): Promise<T> {
    const state = { done: false };
    const end = (): void => {
      state.done = true;
    };
    work.then(end, end);
    while (!state.done) {
      await settle();
      if (!isBusy()) wakeNext(Infinity);
    }
    return work;
  }

  return { clock, advanceTo, during, sleepers };
}
