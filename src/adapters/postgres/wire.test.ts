import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CANCEL_REQUEST, startMessage } from './wire.ts';

test('a request to cancel holds its key as the server gave it, with a sign or without', () => {
  for (const key of [0x7fffffff, -1530981929, 0x80000000, 0xffffffff]) {
    const bytes = startMessage(CANCEL_REQUEST, 4711, key);
    assert.deepEqual(
      [bytes.length, bytes.readInt32BE(0), bytes.readInt32BE(4), bytes.readInt32BE(8), bytes.readInt32BE(12)],
      [16, 16, CANCEL_REQUEST, 4711, key | 0],
    );
  }
});
