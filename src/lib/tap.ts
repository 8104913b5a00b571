/** A stream, and a copy of it for a concurrent reader. */
export type Tap<T> = {
  /** The stream itself. Its reader drives both; it waits while the copy is `capacity` items behind. */
  readonly main: AsyncIterable<T>;
  /** The same items, and the same failure. */
  readonly copy: AsyncIterable<T>;
  /** Call when the copy is no longer read, so that `main` need not wait for it. */
  readonly drop: () => void;
  /** Call when `main` is not read to its end: a copy that has not ended fails with this error. */
  readonly fail: (error: unknown) => void;
};

export function tap<T>(source: AsyncIterable<T>, capacity: number): Tap<T> {
  const queue: T[] = [];
  let ending: { readonly failed: boolean; readonly error?: unknown } | null = null;
  let abandoned = false;
  let moved = Promise.withResolvers<void>();

  /** Wakes the readers that wait for the queue to change. */
  function move(): void {
    moved.resolve();
    moved = Promise.withResolvers();
  }

  function isFull(): boolean {
    return queue.length >= capacity && !abandoned;
  }

  async function* main(): AsyncGenerator<T> {
    try {
      for await (const item of source) {
        while (isFull()) await moved.promise;
        if (!abandoned) queue.push(item);
        move();
        yield item;
      }
      ending = { failed: false };
    } catch (error) {
      fail(error);
      throw error;
    } finally {
      // If the reader of `main` stops early, the copy fails as well, because no further items will arrive.
      fail(new Error('the stream was left before its end'));
    }
  }

  async function* copy(): AsyncGenerator<T> {
    for (;;) {
      const item = queue.shift();
      if (item !== undefined) {
        move();
        yield item;
      } else if (ending === null) {
        await moved.promise;
      } else if (ending.failed) {
        throw ending.error;
      } else {
        return;
      }
    }
  }

  function drop(): void {
    abandoned = true;
    queue.length = 0;
    move();
  }

  function fail(error: unknown): void {
    ending ??= { failed: true, error };
    move();
  }

  return { main: main(), copy: copy(), drop, fail };
}
