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

describe('buildDag', () => {
  const all = [resource('c', ['b']), resource('b', ['a']), resource('a'), resource('lonely')];
  const names = (chosen: readonly string[] | null) => buildDag(all, chosen).resources.map(({ name }) => name);

  it('includes every resource by default, each after its needs', () => {
    assert.deepEqual(names(null), ['a', 'b', 'c', 'lonely']);
    assert.deepEqual(buildDag(all, null).added, []);
  });

  it('adds the resources that the chosen ones need, and lists them', () => {
    const dag = buildDag(all, ['c']);
    assert.deepEqual(
      dag.resources.map(({ name }) => name),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(dag.added, ['a', 'b']);
    assert.deepEqual(buildDag(all, ['c', 'a']).added, ['b']);
  });

  it('includes a resource once, no matter how often it is chosen', () => {
    assert.deepEqual(names(['a', 'a', 'b']), ['a', 'b']);
  });

  it('rejects an unknown name and lists the known names', () => {
    assert.throws(() => buildDag(all, ['a', 'launchs']), {
      code: 'usage',
      message: 'Cannot find resource "launchs": the known resources are c, b, a, lonely',
    });
  });

  it('rejects an empty choice', () => {
    assert.throws(() => buildDag(all, []), { code: 'usage' });
  });

  it('rejects resources that need each other', () => {
    const circle = [resource('x', ['y']), resource('y', ['x'])];
    assert.throws(() => buildDag(circle, ['x']), { code: 'internal' });
    assert.throws(() => buildDag([resource('x', ['x'])], null), { code: 'internal' });
  });

  it('puts every resource after its needs, and adds no other resources', () => {
    const graph = fc.integer({ min: 1, max: 8 }).chain((count) =>
      fc.record({
        // Each resource needs only resources with lower numbers, so there is no cycle.
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
