import type { Readable } from 'node:stream';

import type { Clock } from '../../core/ports.ts';

export type Pace = {
  /** The longest pause allowed. */
  readonly pauseMs: number;
  /** The lowest average rate allowed, measured over the longest pause; 0 for no limit. */
  readonly minBytesPerSecond: number;
  /** When the body must be complete, by `clock.elapsed()`. */
  readonly endsBy: number;
  readonly clock: Pick<Clock, 'elapsed'>;
};

/**
 * Passes through the bytes of a body as they are received. Fails if they pause too long, come too slowly or take too
 * long overall. Time during which the reader does not ask for bytes counts only towards the last of these.
 */
export async function* paced(body: Readable, pace: Pace): AsyncGenerator<Uint8Array> {
  const { clock, endsBy, minBytesPerSecond, pauseMs } = pace;
  const bytes: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator](); // no text encoding was set on it
  let waitedMs = 0;
  let received = 0;
  for (;;) {
    const asked = clock.elapsed();
    const timer = setTimeout(() => body.destroy(new Error('the body stopped arriving')), pauseMs);
    const next = await bytes.next().finally(() => clearTimeout(timer));
    // A complete body is never too late.
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
