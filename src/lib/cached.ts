import type { Timer } from './clock.ts';

export type CachedOptions = {
  /** How long a value or a failure stays valid. */
  readonly freshMs: number;
  /**
   * How long a caller waits for a value. After that, the read continues in the background, and no second read starts.
   */
  readonly limitMs: number;
  readonly clock: Timer;
  /** Called only for the first of several consecutive failures. */
  readonly onFailure: (error: unknown) => void;
};

export type Cached<T> = {
  /** Returns the value, or null if it cannot be read or the read takes too long. */
  readonly get: () => Promise<T | null>;
  /** Discards the cached value, and the result of any read that is in progress. */
  readonly expire: () => void;
};

type Kept<T> = { readonly value: T | null; readonly at: number };

/** Reads a value as rarely as possible for any number of callers, and never makes them wait longer than `limitMs`. */
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
