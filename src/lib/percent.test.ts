import assert from 'node:assert/strict';
import { it } from 'node:test';

import { percent } from './percent.ts';

void it('a share is rounded, but only none is 0 % and only all is 100 %', () => {
  assert.deepEqual([0, 0.02, 0.0456, 1].map(percent), ['0 %', '2 %', '4.6 %', '100 %']);
  assert.deepEqual([0.000001, 0.999999].map(percent), ['< 0.1 %', '> 99.9 %']);
});
