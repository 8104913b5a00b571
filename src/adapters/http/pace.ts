import type { Readable } from 'node:stream';

export type Pace = {
  /** The longest that it may pause. */
  readonly pauseMs: number;
};

/** The bytes of a body as they come off the wire. Fails where we wait for more than `pace` allows. */
export async function* paced(body: Readable, { pauseMs }: Pace): AsyncGenerator<Uint8Array> {
  const bytes: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator](); // nobody set an encoding of text on it
  for (;;) {
    // The time in which nobody asks for more is none of the source's.
    const timer = setTimeout(() => body.destroy(new Error('the body stopped coming')), pauseMs);
    const next = await bytes.next().finally(() => clearTimeout(timer));
    if (next.done === true) return;
    yield next.value;
  }
}
