import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import type { Resource } from '../core/resource.ts';
import spacex from '../sources/spacex/source.ts';
import { buildDag } from './dag.ts';

const { resources } = spacex;

function resource(name: string, needs: readonly string[] = []): Resource {
  const [any] = resources;
  assert.ok(any);
  return { ...any, name, needs: Object.fromEntries(needs.map((need) => [need, 'name'])) };
}

describe('a plan', () => {
  const all = [resource('c', ['b']), resource('b', ['a']), resource('a'), resource('lonely')];
  const names = (chosen: readonly string[] | null) => buildDag(all, chosen).resources.map(({ name }) => name);

  it('contains everything by default, needs first', () => {
    assert.deepEqual(names(null), ['a', 'b', 'c', 'lonely']);
    assert.deepEqual(buildDag(all, null).added, []);
  });

  it('adds what the chosen ones need, and says so', () => {
    const dag = buildDag(all, ['c']);
    assert.deepEqual(
      dag.resources.map(({ name }) => name),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(dag.added, ['a', 'b']);
    assert.deepEqual(buildDag(all, ['c', 'a']).added, ['b']);
  });

  it('contains a resource once, however often it is chosen', () => {
    assert.deepEqual(names(['a', 'a', 'b']), ['a', 'b']);
  });

  it('refuses an unknown name, and lists the known ones', () => {
    assert.throws(() => buildDag(all, ['a', 'launchs']), {
      code: 'usage',
      message: 'Cannot find resource "launchs": known resources: c, b, a, lonely',
    });
  });

  it('refuses to be empty', () => {
    assert.throws(() => buildDag(all, []), { code: 'usage' });
  });

  it('refuses resources that need each other', () => {
    const circle = [resource('x', ['y']), resource('y', ['x'])];
    assert.throws(() => buildDag(circle, ['x']), { code: 'internal' });
    assert.throws(() => buildDag([resource('x', ['x'])], null), { code: 'internal' });
  });

  it('puts needs before those that need them, and adds nothing else', () => {
    const graph = fc.integer({ min: 1, max: 8 }).chain((count) =>
      fc.record({
        // Each needs some of those with lower numbers, so there is no cycle.
        needs: fc.tuple(
          ...Array.from({ length: count }, (_, n) => fc.uniqueArray(fc.nat(Math.max(0, n - 1)))),
        ),
        chosen: fc.uniqueArray(fc.nat(count - 1), { minLength: 1 }),
        order: fc.shuffledSubarray([...Array.from({ length: count }).keys()], { minLength: count }),
      }),
    );
    fc.assert(
      fc.property(graph, ({ needs, chosen, order }) => {
        const needsOf = (n: number) => (n === 0 ? [] : (needs[n] ?? []));
        const some = order.map((n) =>
          resource(
            `r${n}`,
            needsOf(n).map((need) => `r${need}`),
          ),
        );
        const dag = buildDag(
          some,
          chosen.map((n) => `r${n}`),
        );
        const wanted = new Set<number>();
        const want = (n: number): void => {
          wanted.add(n);
          needsOf(n).forEach(want);
        };
        chosen.forEach(want);
        const planned = dag.resources.map(({ name }) => Number(name.slice(1)));
        assert.deepEqual(new Set(planned), wanted);
        assert.equal(planned.length, wanted.size);
        for (const n of planned) {
          for (const need of needsOf(n)) assert.ok(planned.indexOf(need) < planned.indexOf(n));
        }
        assert.deepEqual(
          new Set(dag.added),
          new Set([...wanted].filter((n) => !chosen.includes(n)).map((n) => `r${n}`)),
        );
      }),
    );
  });
});
