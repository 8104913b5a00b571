import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { PipelineError } from '../core/errors.ts';
import type { KindStore } from '../core/simulated.ts';
import { createKindGuard } from './kind.ts';

function store(holds: boolean | null): KindStore & { readonly kept: boolean[] } {
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

describe('the guard that separates simulated from real records', () => {
  it('uses the kind of the first response, and records it once in every store', async () => {
    const stores = [store(null), store(true)];
    const guard = createKindGuard(stores, true);
    assert.equal(guard.simulated(), null);
    await Promise.all([guard.admit(true, 'a'), guard.admit(true, 'b'), guard.admit(true, 'c')]);
    assert.equal(guard.simulated(), true);
    assert.deepEqual(
      stores.map(({ kept }) => kept),
      [[true], [true]],
    );
  });

  for (const simulated of [true, false]) {
    it(`rejects ${simulated ? 'simulated' : 'real'} records if any store contains the other kind, and changes no store`, async () => {
      const stores = [store(null), store(!simulated)];
      const guard = createKindGuard(stores, true);
      await assert.rejects(guard.admit(simulated, 'a'), { code: 'kind', message: 'Cannot keep that' });
      await assert.rejects(guard.admit(simulated, 'b'), { code: 'kind', message: 'Cannot keep that' });
      assert.equal(guard.simulated(), simulated);
      assert.deepEqual(
        stores.map(({ kept }) => kept),
        [[], []],
      );
    });
  }

  it('rejects a later response of the other kind', async () => {
    const guard = createKindGuard([store(null)], true);
    await guard.admit(false, 'a');
    await assert.rejects(guard.admit(true, 'http://b'), {
      code: 'kind',
      message: 'Cannot use records from http://b: they are simulated, but real records are expected',
    });
  });

  it('assumes the stored kind for a response that does not indicate one', async () => {
    const guard = createKindGuard([store(null), store(true)], true);
    await guard.admit(null, 'a');
    assert.equal(guard.simulated(), true);
    await assert.rejects(guard.admit(false, 'b'), { code: 'kind' });
    const unknowing = createKindGuard([store(null)], true);
    await unknowing.admit(null, 'a');
    assert.equal(unknowing.simulated(), null);
    await unknowing.admit(false, 'b');
    assert.equal(unknowing.simulated(), false);
  });

  it('changes no store if the run keeps nothing', async () => {
    const stores = [store(null)];
    await createKindGuard(stores, false).admit(true, 'a');
    assert.deepEqual(stores[0]?.kept, []);
  });
});
