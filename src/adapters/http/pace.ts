import type { Readable } from 'node:stream';

import type { Clock } from '../../core/ports.ts';

export type Pace = {
  /** The longest that it may pause. */
  readonly pauseMs: number;
  /** The least that must come on average, over the time of the longest pause; 0 for no limit. */
  readonly minBytesPerSecond: number;
  /** When it must be complete, by `clock.elapsed()`. */
  readonly endsBy: number;
  readonly clock: Pick<Clock, 'elapsed'>;
};

/**
 * The bytes of a body as they come off the wire. Fails where they pause too long, come too slowly or go on for too long.
 * Time in which nobody asks for the next bytes counts for none but the last of these.
 */
export async function* paced(body: Readable, pace: Pace): AsyncGenerator<Uint8Array> {
  const { clock, endsBy, minBytesPerSecond, pauseMs } = pace;
  const bytes: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator](); // nobody set an encoding of text on it
  let waitedMs = 0;
  let received = 0;
  for (;;) {
    const asked = clock.elapsed();
    const timer = setTimeout(() => body.destroy(new Error('the body stopped coming')), pauseMs);
    const next = await bytes.next().finally(() => clearTimeout(timer));
    // A body that is complete is never too late.
    if (next.done === true) return;
    if (clock.elapsed() > endsBy)
      throw new Error('the answer took longer than responseTimeoutSeconds allows');
    if (waitedMs >= pauseMs) {
      const seconds = waitedMs / 1000;
      if (received < seconds * minBytesPerSecond)
        throw new Error(
          `only ${received} bytes of the body came in ${seconds.toFixed(1)} s (minBytesPerSecond is ${minBytesPerSecond})`,
        );
      waitedMs = 0;
      received = 0;
    }
    waitedMs += clock.elapsed() - asked;
    received += next.value.byteLength;
    yield next.value;
  }
}
