/** A stream and a copy of it that somebody else reads at the same time. */
export type Tap<T> = {
  /** The stream itself. Whoever reads it drives both; it waits while the copy is `capacity` items behind. */
  readonly main: AsyncIterable<T>;
  /** The same items, and the same failure. */
  readonly copy: AsyncIterable<T>;
  /** Nobody reads the copy any more: `main` need not wait for it. */
  readonly drop: () => void;
  /** Nobody reads `main` any more, or ever did: a copy that has not ended fails with this. */
  readonly fail: (error: unknown) => void;
};

export function tap<T>(source: AsyncIterable<T>, capacity: number): Tap<T> {
  const queue: T[] = [];
  let ending: { readonly failed: boolean; readonly error?: unknown } | null = null;
  let abandoned = false;
  let moved = Promise.withResolvers<void>();

  /** Wakes whoever waits for the queue to change. */
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
      // A reader of `main` that stops early ends the copy, too: what is left will never come.
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
