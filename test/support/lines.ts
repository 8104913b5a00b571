import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export type Lines = {
  /** The lines received so far. */
  readonly seen: readonly string[];
  /** Waits until enough lines have been received. Throws if the stream ends first. */
  readonly until: (isEnough: (seen: readonly string[]) => boolean) => Promise<void>;
  readonly ended: Promise<unknown>;
};

/** The lines of a stream, as they arrive. */
export function linesOf(stream: Readable): Lines {
  const seen: string[] = [];
  const reader = createInterface({ input: stream }).on('line', (line) => seen.push(line));
  const ended = once(reader, 'close');
  return {
    seen,
    ended,
    async until(isEnough) {
      while (!isEnough(seen)) {
        const next = await Promise.race([once(reader, 'line'), ended]);
        if (next.length === 0) assert.fail(`ended too early, after ${JSON.stringify(seen)}`);
      }
    },
  };
}
