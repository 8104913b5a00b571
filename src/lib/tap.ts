/** A stream, and a copy of it for a concurrent reader. */
export type Tap<T> = {
  /** The stream itself. Reading it also feeds the copy, and waits while the copy is `capacity` items behind. */
  readonly main: AsyncIterable<T>;
  /** The same items, or the same error if the stream fails. */
  readonly copy: AsyncIterable<T>;
  /** Call this when you stop reading the copy, so that `main` does not wait for it. */
  readonly drop: () => void;
  /** Call this if you do not read `main` to its end. A copy that has not ended then fails with this error. */
  readonly fail: (error: unknown) => void;
};

export function tap<T>(source: AsyncIterable<T>, capacity: number): Tap<T> {
  const queue: T[] = [];
  let ending: { readonly failed: boolean; readonly error?: unknown } | null = null;
  let abandoned = false;
  let moved = Promise.withResolvers<void>();

  /** Wakes the readers that are waiting for the queue to change. */
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
      fail(new Error('the stream was not read to its end'));
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
