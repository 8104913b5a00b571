import type { Readable } from 'node:stream';

import type { Clock } from '../../core/ports.ts';

export type Pace = {
  /** The longest pause allowed. */
  readonly pauseMs: number;
  /** The lowest average rate allowed, measured over the longest pause; 0 for no limit. */
  readonly minBytesPerSecond: number;
  /** The `clock.elapsed()` time by which the body must be complete. */
  readonly endsBy: number;
  readonly clock: Pick<Clock, 'elapsed'>;
};

/**
 * Forwards the bytes of a body as they arrive. Throws if they stop for too long, arrive too slowly or take too long
 * overall. Time that the reader spends between chunks counts only toward the overall limit.
 */
export async function* paced(body: Readable, pace: Pace): AsyncGenerator<Uint8Array> {
  const { clock, endsBy, minBytesPerSecond, pauseMs } = pace;
  const bytes: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator](); // yields bytes because no text encoding is set
  let waitedMs = 0;
  let received = 0;
  for (;;) {
    const asked = clock.elapsed();
    const timer = setTimeout(() => body.destroy(new Error('the body stopped arriving')), pauseMs);
    const next = await bytes.next().finally(() => clearTimeout(timer));
    // Once the body is complete, it cannot be too late.
    if (next.done === true) return;
    if (clock.elapsed() > endsBy)
      throw new Error('the response took longer than responseTimeoutSeconds allows');
    if (waitedMs >= pauseMs) {
      const seconds = waitedMs / 1000;
      if (received < seconds * minBytesPerSecond)
        throw new Error(
          `only ${received} bytes of the body arrived in ${seconds.toFixed(1)} s (minBytesPerSecond is ${minBytesPerSecond})`,
        );
      waitedMs = 0;
      received = 0;
    }
    waitedMs += clock.elapsed() - asked;
    received += next.value.byteLength;
    yield next.value;
  }
}
