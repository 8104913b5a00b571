import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { PipelineError } from '../core/errors.ts';
import type { KindKeeper } from '../core/simulated.ts';
import { createKindGuard } from './kind.ts';

function keeper(holds: boolean | null): KindKeeper & { readonly kept: boolean[] } {
  const kept: boolean[] = [];
  return {
    kept,
    known: async () => holds,
    refusal: () => new PipelineError('Cannot keep that', { code: 'kind' }),
    async keep(simulated) {
      kept.push(simulated);
    },
  };
}

describe('the guard of simulated and real records', () => {
  it('takes the kind from the first response, and tells all keepers once', async () => {
    const keepers = [keeper(null), keeper(true)];
    const guard = createKindGuard(keepers, true);
    assert.equal(guard.simulated(), null);
    await Promise.all([guard.admit(true, 'a'), guard.admit(true, 'b'), guard.admit(true, 'c')]);
    assert.equal(guard.simulated(), true);
    assert.deepEqual(
      keepers.map(({ kept }) => kept),
      [[true], [true]],
    );
  });

  for (const simulated of [true, false]) {
    it(`refuses what is ${simulated ? '' : 'not '}simulated where any keeper holds the other, and tells none`, async () => {
      const keepers = [keeper(null), keeper(!simulated)];
      const guard = createKindGuard(keepers, true);
      await assert.rejects(guard.admit(simulated, 'a'), { code: 'kind', message: 'Cannot keep that' });
      await assert.rejects(guard.admit(simulated, 'b'), { code: 'kind', message: 'Cannot keep that' });
      assert.equal(guard.simulated(), simulated);
      assert.deepEqual(
        keepers.map(({ kept }) => kept),
        [[], []],
      );
    });
  }

  it('refuses a later response of the other kind', async () => {
    const guard = createKindGuard([keeper(null)], true);
    await guard.admit(false, 'a');
    await assert.rejects(guard.admit(true, 'http://b'), {
      code: 'kind',
      message: 'Cannot take records from http://b: they are simulated, real ones are expected',
    });
  });

  it('takes what does not say for what is held', async () => {
    const guard = createKindGuard([keeper(null), keeper(true)], true);
    await guard.admit(null, 'a');
    assert.equal(guard.simulated(), true);
    await assert.rejects(guard.admit(false, 'b'), { code: 'kind' });
    const unknowing = createKindGuard([keeper(null)], true);
    await unknowing.admit(null, 'a');
    assert.equal(unknowing.simulated(), null);
    await unknowing.admit(false, 'b');
    assert.equal(unknowing.simulated(), false);
  });

  it('only looks where nothing is to be kept', async () => {
    const keepers = [keeper(null)];
    await createKindGuard(keepers, false).admit(true, 'a');
    assert.deepEqual(keepers[0]?.kept, []);
  });
});
