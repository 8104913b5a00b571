import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export type Lines = {
  /** What has come so far. */
  readonly seen: readonly string[];
  /** Waits until what has come is enough. Throws where no more will come. */
  readonly until: (isEnough: (seen: readonly string[]) => boolean) => Promise<void>;
  readonly ended: Promise<unknown>;
};

/** The lines of a stream, as they come. */
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
