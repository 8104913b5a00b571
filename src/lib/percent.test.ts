import assert from 'node:assert/strict';
import { it } from 'node:test';

import { percent } from './percent.ts';

void it('rounds a share, but shows 0% only for 0 and 100% only for 1', () => {
  assert.deepEqual([0, 0.02, 0.0456, 1].map(percent), ['0%', '2%', '4.6%', '100%']);
  assert.deepEqual([0.000001, 0.999999].map(percent), ['< 0.1%', '> 99.9%']);
});
