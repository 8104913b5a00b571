import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PipelineError, reportError } from './errors.ts';

test('an error of the system has a hint by its code, and only a fault of ours has none', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  assert.deepEqual(reportError(full), {
    code: 'internal',
    message: 'Cannot go on: ENOSPC: no space left on device, write',
    hint: 'Make room on the disk.',
  });
  assert.equal(reportError(new TypeError('x is not a function')).hint, null);
  assert.equal(reportError(new PipelineError('Cannot x: y', { code: 'usage', hint: 'z' })).hint, 'z');
});
