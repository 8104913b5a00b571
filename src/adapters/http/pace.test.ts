import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';

import { paced, type Pace } from './pace.ts';

const BYTES = Buffer.alloc(65_536);

/** Reads a body. Each chunk arrives after its `seconds`, and the reader then spends `readerSeconds` on it. */
async function read(
  chunks: readonly (readonly [seconds: number, bytes: number])[],
  { readerSeconds = 0, ...options }: Partial<Pace> & { readonly readerSeconds?: number } = {},
): Promise<number> {
  let now = 0;
  const body = new PassThrough();
  const pace = {
    pauseMs: 30_000,
    minBytesPerSecond: 100,
    endsBy: Infinity,
    clock: { elapsed: () => now },
    ...options,
  };
  const bytes = paced(body, pace);
  let size = 0;
  for (const [seconds, more] of chunks) {
    const next = bytes.next();
    now += seconds * 1000;
    body.write(BYTES.subarray(0, more));
    size += (await next).value?.byteLength ?? 0;
    now += readerSeconds * 1000;
  }
  body.end();
  assert.equal((await bytes.next()).done, true);
  return size;
}

function times<T>(count: number, item: T): T[] {
  return Array.from({ length: count }, () => item);
}

describe('a body', () => {
  it('is too slow if its rate, averaged over the longest allowed pause, falls below the minimum', async () => {
    await assert.rejects(read(times(31, [1, 1])), {
      message: 'only 30 bytes of the body arrived in 30.0 s (minBytesPerSecond is 100)',
    });
    await assert.rejects(read([...times(60, [1, 1000] as const), ...times(31, [1, 99] as const)]), {
      message: /^only 2970 bytes of the body arrived in 30\.0 s/,
    });
  });

  it('is not too slow if it arrives in bursts or starts slowly', async () => {
    assert.equal(await read(times(100, [29, 6000])), 600_000);
    assert.equal(await read(times(29, [1, 1])), 29);
    assert.equal(await read(times(30, [1, 1])), 30);
  });

  it('can be arbitrarily slow if there is no minimum rate', async () => {
    assert.equal(await read(times(500, [20, 1]), { minBytesPerSecond: 0 }), 500);
  });

  it('is not too slow if only its reader is slow', async () => {
    assert.equal(await read(times(100, [1, 200]), { readerSeconds: 3600 }), 20_000);
  });

  it('can take almost two hours for 500 MB on a slow link', async () => {
    assert.equal(await read(times(8000, [0.8, 65_536]), { endsBy: 7_200_000 }), 524_288_000);
  });

  it('is cut off if it never ends, no matter how fast it arrives', async () => {
    await assert.rejects(read(times(11, [1, 65_536]), { endsBy: 10_000 }), {
      message: 'the response took longer than responseTimeoutSeconds allows',
    });
    assert.equal(await read(times(10, [1, 65_536]), { endsBy: 10_000 }), 655_360);
  });
});
