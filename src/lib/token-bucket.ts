import type { Timer } from './clock.ts';
import { createSlot } from './slot.ts';

export type TokenBucketOptions = {
  readonly perSecond: number;
  /** How many tokens can be taken immediately after a pause; at least 1. */
  readonly burst: number;
  readonly clock: Timer;
};

export type TokenBucket = {
  /**
   * Waits for a token. Callers are served in order of arrival. Rejects with the signal's reason if the signal aborts.
   */
  readonly take: (signal: AbortSignal) => Promise<void>;
  /** Grants no tokens until this time has passed. */
  readonly hold: (milliseconds: number) => void;
};

/** Returns the budget for a name and a rate. All callers with the same name and rate share it. */
export type Budgets = (name: string, options: TokenBucketOptions) => TokenBucket;

export function createBudgets(): Budgets {
  const buckets = new Map<string, TokenBucket>();
  return (name, options) => {
    const key = JSON.stringify([name, options.perSecond, options.burst]);
    const bucket = buckets.get(key) ?? createTokenBucket(options);
    buckets.set(key, bucket);
    return bucket;
  };
}

/** In any T seconds, at most `burst + perSecond * T` takes resolve. */
export function createTokenBucket({ perSecond, burst, clock }: TokenBucketOptions): TokenBucket {
  if (!(perSecond > 0 && burst >= 1)) {
    throw new RangeError(
      `Cannot create a token bucket with ${perSecond} tokens per second and a burst of ${burst}`,
    );
  }
  const interval = 1000 / perSecond;
  const turn = createSlot();
  // When the bucket will be full again. This is a time and not a token count, so that rounding errors do not add up.
  let fullAt = clock.elapsed();

  /** Takes a token and returns null, or returns the milliseconds until the next token is available. */
  function tryTake(): number | null {
    const now = clock.elapsed();
    fullAt = Math.max(fullAt, now);
    const freeAt = fullAt - (burst - 1) * interval;
    if (freeAt > now) return freeAt - now;
    fullAt += interval;
    return null;
  }

  return {
    hold(milliseconds) {
      fullAt = Math.max(fullAt, clock.elapsed() + milliseconds + (burst - 1) * interval);
    },

    async take(signal) {
      const leave = await turn.take(signal);
      try {
        for (let wait = tryTake(); wait !== null; wait = tryTake()) await clock.sleep(wait, signal);
      } finally {
        leave();
      }
    },
  };
}
