import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createCollections } from '../collections/index.ts';
import { createUniverse } from './universe.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- records of fourteen kinds
type Any = Record<string, any>;

describe('a later revision', () => {
  const [first, second, third] = [1, 2, 3].map((revision) =>
    createCollections(createUniverse(1, 205, revision)),
  );
  const states = [
    [first, second],
    [second, third],
  ] as const;

  it('adds, removes, renumbers, postpones and completes launches, and adds descriptions', () => {
    for (const [before, after] of states) {
      const [old, now] = [read(before, 'launches'), read(after, 'launches')];
      const both = [...now].flatMap(([id, launch]) => {
        const was = old.get(id);
        return was === undefined ? [] : [{ was, launch }];
      });
      const share = (count: number): boolean => count >= 3 && count <= 20;
      const changed = (field: string): number =>
        both.filter(({ was, launch }) => was[field] !== launch[field]).length;
      assert.ok(share(now.size - both.length), 'new');
      assert.ok(share(old.size - both.length), 'gone');
      assert.ok(
        [...old.values()].every(({ id, upcoming }) => upcoming || now.has(id)),
        'only planned launches disappear',
      );
      assert.ok(share(changed('flight_number')));
      const plans = both.filter(({ launch }) => launch['upcoming']);
      assert.ok(
        plans.some(({ was, launch }) => was['date_utc'] !== launch['date_utc']),
        'put off',
      );
      assert.ok(share(changed('details')));
      assert.equal(changed('name'), 0);
      const flown = both.filter(({ was, launch }) => was['upcoming'] && !launch['upcoming']);
      assert.ok(share(flown.length));
      assert.ok(flown.every(({ launch }) => launch['cores'][0].landing_attempt !== null));
      assert.ok(
        both.every(({ was, launch }) => was['upcoming'] || !launch['upcoming']),
        'launches that have flown stay flown',
      );
      for (const { was, launch } of both) {
        if (!was['upcoming']) assert.deepEqual({ ...was, details: 0 }, { ...launch, details: 0 });
      }
    }
  });

  it('numbers its launches from 1, without gaps', () => {
    for (const state of [first, second, third]) {
      assert.deepEqual(
        [...read(state, 'launches').values()].map((launch) => launch['flight_number']),
        [...read(state, 'launches').keys()].map((_, index) => index + 1),
      );
    }
    assert.equal(read(third, 'launches').size, 205);
  });

  it('finds its own launches by id, but no other launches', () => {
    for (const state of [first, second, third]) {
      const { count, id, indexOf } = state?.get('launches') ?? assert.fail();
      for (let index = 0; index < count; index += 1) assert.equal(indexOf(id(index)), index);
      const ids = new Set(read(state, 'launches').keys());
      for (const other of [first, second, third]) {
        for (const known of read(other, 'launches').keys())
          assert.equal(indexOf(known) !== null, ids.has(known));
      }
    }
  });

  it('contains the cores and payloads of upcoming launches, but not those of later launches', () => {
    for (const state of [first, second, third]) {
      const plans = [...read(state, 'launches').values()].filter(({ upcoming }) => upcoming);
      const sure = plans.filter(({ payloads }) => payloads.length > 0);
      assert.ok(sure.length > 3 && sure.length < plans.length - 3);
      for (const { cores, payloads } of plans) assert.equal(cores[0].core === null, payloads.length === 0);
    }
  });

  it('changes only the records that new flights affect', () => {
    for (const [before, after] of states) {
      for (const name of before?.keys() ?? []) {
        const [old, now] = [read(before, name), read(after, name)];
        const same = JSON.stringify([...now]) === JSON.stringify([...old]);
        // Only some launches have a history event.
        if (name !== 'history') assert.equal(same, ['rockets', 'dragons', 'company'].includes(name), name);
        if (name !== 'launches')
          assert.ok(
            [...old.keys()].every((id) => now.has(id)),
            name,
          );
      }
      for (const name of ['cores', 'ships', 'launchpads', 'landpads', 'capsules', 'crew']) {
        const [old, now] = [read(before, name), read(after, name)];
        const grown = [...old].filter(([id, { launches }]) => {
          const told = now.get(id)?.['launches'] ?? [];
          assert.deepEqual(told.slice(0, launches.length), launches);
          return told.length > launches.length;
        });
        assert.ok(grown.length < now.size, name);
        if (!['capsules', 'crew'].includes(name)) assert.ok(grown.length > 0, name);
      }
    }
  });
});

function read(
  state: ReturnType<typeof createCollections> | undefined,
  name: string,
): ReadonlyMap<string, Any> {
  const { count, json } = state?.get(name) ?? assert.fail(name);
  const records = Array.from({ length: count }, (_, index): Any => JSON.parse(json(index)));
  return new Map(records.map((record) => [record['id'], record]));
}
