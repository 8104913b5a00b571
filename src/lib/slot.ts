export type Slot = {
  /** Resolves when it is this caller's turn, first come, first served, with what ends it. Rejects with the signal's reason. */
  readonly take: (signal: AbortSignal) => Promise<() => void>;
};

/** One at a time. */
export function createSlot(): Slot {
  let last: Promise<void> = Promise.resolve();

  return {
    async take(signal) {
      signal.throwIfAborted();
      const before = last;
      const ended = Promise.withResolvers<void>();
      // Who gives up leaves the line as if the turn had come and gone.
      last = ended.promise.then(() => before);
      const aborted = Promise.withResolvers<never>();
      const abort = (): void => aborted.reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      try {
        await Promise.race([before, aborted.promise]);
        return ended.resolve;
      } catch (error) {
        ended.resolve();
        throw error;
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
  };
}
