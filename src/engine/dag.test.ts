import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { runDag, type Node } from './dag.ts';

const NODES: readonly Node[] = [
  { name: 'd', needs: ['b', 'c'] },
  { name: 'b', needs: ['a'] },
  { name: 'c', needs: ['a'] },
  { name: 'a', needs: [] },
];

describe('runDag', () => {
  it('passes each node the results of its needs, and no other results', async () => {
    const results = await runDag(NODES, 4, async (name, needs) => `${name}(${[...needs.values()].join()})`);
    assert.deepEqual(Object.fromEntries(results), {
      a: 'a()',
      b: 'b(a())',
      c: 'c(a())',
      d: 'd(b(a()),c(a()))',
    });
  });

  it('runs nodes without an edge between them in parallel', async () => {
    const both = Promise.withResolvers<void>();
    const running: string[] = [];
    await runDag(NODES, 4, async (name) => {
      if (name !== 'b' && name !== 'c') return;
      running.push(name);
      if (running.length === 2) both.resolve();
      await both.promise;
    });
    assert.deepEqual(running, ['b', 'c']);
  });

  it('starts a node as soon as its needs are met, even if other nodes are still running', async () => {
    const slow = Promise.withResolvers<void>();
    const nodes = [
      { name: 'slow', needs: [] },
      { name: 'fast', needs: [] },
      { name: 'next', needs: ['fast'] },
    ];
    await runDag(nodes, 2, async (name) => {
      if (name === 'next') slow.resolve();
      if (name === 'slow') await slow.promise;
    });
  });

  it('starts no more nodes after one throws, and rethrows when the running nodes have ended', async () => {
    const started: string[] = [];
    const ended: string[] = [];
    const failed = Promise.withResolvers<void>();
    const run = runDag(NODES, 4, async (name) => {
      started.push(name);
      if (name === 'b') {
        failed.resolve();
        throw new Error('broken');
      }
      await failed.promise.then(
        () => new Promise((resolve) => setImmediate(resolve)),
        () => undefined,
      );
      ended.push(name);
    });
    // 'b' starts and fails only after 'a' has ended, so 'a' must not wait for that failure.
    failed.resolve();
    await assert.rejects(run, { message: 'broken' });
    assert.deepEqual(started, ['a', 'b', 'c']);
    assert.deepEqual(ended, ['a', 'c']);
  });

  it('runs every node once, after its needs, and never more nodes at a time than allowed', async () => {
    const graph = fc.integer({ min: 0, max: 8 }).chain((count) =>
      fc.record({
        needs: fc.tuple(
          ...Array.from({ length: count }, (_, n) => fc.subarray([...Array.from({ length: n }).keys()])),
        ),
        concurrency: fc.integer({ min: 1, max: 4 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(graph, fc.scheduler(), async ({ needs, concurrency }, scheduler) => {
        const nodes = needs.map((some, n) => ({ name: `n${n}`, needs: some.map((need) => `n${need}`) }));
        const done = new Set<string>();
        let running = 0;
        const finished = runDag(nodes, concurrency, async (name, needed) => {
          running++;
          assert.ok(running <= concurrency);
          assert.ok(!done.has(name));
          const mine = nodes.find((node) => node.name === name)?.needs ?? [];
          assert.deepEqual([...needed.keys()].sort(), [...mine].sort());
          assert.ok(mine.every((need) => done.has(need)));
          await scheduler.schedule(Promise.resolve());
          running--;
          done.add(name);
          return name;
        });
        await scheduler.waitFor(finished);
        assert.equal((await finished).size, nodes.length);
      }),
      { numRuns: 50 },
    );
  });
});
