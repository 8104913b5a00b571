import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PipelineError, reportError, UnknownOutcome } from './errors.ts';

test('a system error has the hint for its code, but an error from a bug has no hint', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  assert.deepEqual(reportError(full), {
    code: 'internal',
    message: 'Cannot continue: ENOSPC: no space left on device, write',
    hint: 'Free up disk space.',
  });
  assert.equal(reportError(new TypeError('x is not a function')).hint, null);
  assert.equal(reportError(new PipelineError('Cannot x: y', { code: 'usage', hint: 'z' })).hint, 'z');
});

test('changing an error’s hint keeps its type and everything else', () => {
  const facts = { code: 'database', retryable: true, cause: new Error('lost'), context: { n: 1 } } as const;
  for (const Type of [PipelineError, UnknownOutcome]) {
    const error = new Type('Cannot x: y', { ...facts, hint: 'z' });
    const other = error.withHint('other');
    assert.ok(other instanceof Type);
    assert.deepEqual(reportError(other), { code: 'database', message: 'Cannot x: y', hint: 'other' });
    const { retryable, cause, context, stack } = other;
    assert.deepEqual(
      { retryable, cause, context, stack, code: other.code },
      { ...facts, stack: error.stack },
    );
    assert.equal(error.hint, 'z');
  }
});
