import type { Timer } from './clock.ts';

export type CachedOptions = {
  /** How long a value, or a failure, stays valid. */
  readonly freshMs: number;
  /** How long a caller waits for a value. The read itself continues, and no second one begins. */
  readonly limitMs: number;
  readonly clock: Timer;
  /** Called for the first of several consecutive failures. */
  readonly onFailure: (error: unknown) => void;
};

export type Cached<T> = {
  /** Null if it cannot be read or takes too long. */
  readonly get: () => Promise<T | null>;
  /** Discards what was read so far. */
  readonly expire: () => void;
};

type Kept<T> = { readonly value: T | null; readonly at: number };

/** Reads something as rarely as possible for any number of callers, and never makes them wait for long. */
export function createCached<T>(read: () => Promise<T>, options: CachedOptions): Cached<T> {
  const { clock, freshMs, limitMs, onFailure } = options;
  let kept: Kept<T> | null = null;
  let reading: Promise<T | null> | null = null;
  let isFailing = false;
  let expired = 0;

  async function start(): Promise<T | null> {
    const begun = expired;
    try {
      const value = await read();
      isFailing = false;
      keep(value, begun);
      return value;
    } catch (error) {
      keep(null, begun);
      if (!isFailing) onFailure(error);
      isFailing = true;
      return null;
    } finally {
      reading = null;
    }
  }

  function keep(value: T | null, begun: number): void {
    kept = begun === expired ? { value, at: clock.elapsed() } : null;
  }

  return {
    async get() {
      if (kept !== null && clock.elapsed() - kept.at < freshMs) return kept.value;
      reading ??= start();
      const over = new AbortController();
      const limit = clock.sleep(limitMs, over.signal).then(
        () => null,
        () => null,
      );
      const value = await Promise.race([reading, limit]);
      over.abort();
      return value;
    },
    expire() {
      expired += 1;
      kept = null;
    },
  };
}
