export type Slot = {
  /**
   * Waits for this caller's turn, in order of arrival. Resolves to a function that ends the turn. Rejects with the
   * signal's reason if the signal aborts.
   */
  readonly take: (signal: AbortSignal) => Promise<() => void>;
};

/** A queue that lets one caller proceed at a time. */
export function createSlot(): Slot {
  let last: Promise<void> = Promise.resolve();

  return {
    async take(signal) {
      signal.throwIfAborted();
      const before = last;
      const ended = Promise.withResolvers<void>();
      // If a caller gives up, the queue behaves as if the caller's turn had come and ended.
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
