import { setTimeout as delay } from 'node:timers/promises';

/** The system clock. */
export const systemClock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    try {
      await delay(milliseconds, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};

/**
 * Monotonic time in milliseconds, and a sleep that rejects with the signal's reason when the signal aborts.
 */
export type Timer = Pick<typeof systemClock, 'elapsed' | 'sleep'>;
