import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { exceeds } from './publish.ts';

describe('a limit', () => {
  it('is exceeded only if both the count and the share are exceeded', () => {
    const limit = { count: 5, share: 0.1 };
    const cases = [
      [6, 10],
      [5, 10],
      [6, 60],
      [6, 59],
      [0, 0],
      [6, 0],
    ] as const;
    assert.deepEqual(
      cases.map(([part, whole]) => exceeds(limit, part, whole)),
      [true, false, false, true, false, true],
    );
  });

  it('is never exceeded if its share is 100%', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (part, rest) => !exceeds({ count: 0, share: 1 }, part, part + rest)),
    );
  });
});
