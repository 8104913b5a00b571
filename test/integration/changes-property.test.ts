import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import fc from 'fast-check';

import { createRandom } from '../../src/sandbox/random.ts';
import type { LaunchRecord } from '../../src/sandbox/launch-library/world.ts';
import {
  MINUTE,
  NOON,
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';
import { startLiving } from '../support/launch-library/living.ts';
import { createTestServer } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

/** 500 passes take minutes. */
const PASSES = Number(process.env['SEEDED_PASSES'] ?? 10);
const HISTORIES = Number(process.env['HISTORIES'] ?? 4);

const SIZE = 20;

/** Accepts any number of broken records. */
const LENIENT = { SPACEX_PIPELINE_REJECTS_COUNT: '100000' };

const launch = fc.nat(SIZE - 1);
/** Only a few names, so that a launch sometimes gets a previous name again. */
const name = fc.constantFrom('Ares', 'Boreas', 'Chronos');
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('change'), launch, name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('silent'), launch, name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('bulk'), launch, name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('break'), launch, name: fc.constant(null) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('vanish'), launch, name: fc.constant(null) }) },
);
/** The actions before each poll, and the minutes since the previous poll. */
const history = fc.array(
  fc.record({
    actions: fc.array(action, { maxLength: 6 }),
    minutes: fc.constantFrom(2, 15, 60),
    pageSize: fc.constantFrom(2, 7, 100),
  }),
  { minLength: 1, maxLength: 8 },
);

const digests = (ledger: string): string =>
  `SELECT DISTINCT ON (table_name) table_name, digest FROM ${ledger}.run_tables ORDER BY table_name, run_id DESC`;

describe('a series of polls', () => {
  it('leaves the same rows and versions as a replay of its chain', async (t) => {
    const initial = simulatedLaunches(SIZE).map((record, index) =>
      updatedAt(record, NOON - daysOf(index + 1)),
    );
    await fc.assert(
      fc.asyncProperty(history, async (polls) => {
        const records = [...initial];
        const world = createChangingWorld(records);
        const one = await startLiving(t, server, { world });
        const pulled = async (pageSize: number): Promise<void> => {
          const env = { ...LENIENT, SPACEX_PIPELINE_LAUNCH_LIBRARY_PAGE_SIZE: String(pageSize) };
          const { error, status } = await one.run({ env });
          assert.equal(status, 'succeeded', error?.message);
        };
        await pulled(100);
        for (const { actions, minutes, pageSize } of polls) {
          one.at += minutes * MINUTE;
          // Each action has its own timestamp. A bulk update has one timestamp for six launches.
          for (const [index, act] of actions.entries()) {
            const time = one.at - (actions.length - index) * 10_000;
            const touched = act.kind === 'bulk' ? 6 : 1;
            for (let number = 0; number < touched; number += 1) {
              const at = (act.launch + number) % SIZE;
              const record = records[at] ?? {};
              if (act.kind === 'vanish') {
                world.drop(String(record['id']));
                continue;
              }
              const changed: LaunchRecord =
                act.kind === 'silent'
                  ? { ...record, name: act.name }
                  : updatedAt(record, time, { name: act.name });
              records[at] = changed;
              world.put(changed);
            }
          }
          await pulled(pageSize);
        }
        assert.ok((await one.verify(LENIENT)).intact);
        const [last] = await one.rows<{ run_id: string }>(
          'SELECT run_id FROM run_pages ORDER BY run_id DESC LIMIT 1',
        );
        const fresh = `${one.schema}_fresh`;
        const env = { ...LENIENT, SPACEX_PIPELINE_LAUNCH_LIBRARY_SCHEMA: fresh };
        const { error, status } = await one.replay(last?.run_id ?? '', env);
        assert.equal(status, 'succeeded', error?.message);
        assert.deepEqual(
          await one.rows(digests(`${fresh}_pipeline`)),
          await one.rows(digests(`${one.schema}_pipeline`)),
        );
      }),
      { numRuns: HISTORIES, endOnFailure: true },
    );
  });
});

describe('a full pull during which records change', () => {
  it(`misses no change that was made before its first response (${PASSES} passes)`, async (t) => {
    const initial = simulatedLaunches(40);
    const world = createChangingWorld([]);
    const versions = new Map<string, number>();
    /** A launch's name is the number of its changes. */
    const put = (record: LaunchRecord, time: number): void => {
      const id = String(record['id']);
      const version = (versions.get(id) ?? 0) + 1;
      versions.set(id, version);
      world.put(updatedAt(record, time, { name: `${version}` }));
    };
    let change: () => void = () => undefined;
    const one = await startLiving(t, server, {
      world,
      beforeAnswer: (path) => {
        if (path.includes('/launches/')) change();
      },
    });
    for (let seed = 1; seed <= PASSES; seed += 1) {
      const random = createRandom(seed);
      one.at += 60 * MINUTE;
      // Many records share a timestamp, sometimes all records on a page.
      for (const record of initial) put(record, one.at - MINUTE + random(9) * 1000);
      let before = new Map(versions);
      let pages = 0;
      change = () => {
        pages += 1;
        // The first response contains every change that was made before it.
        if (pages === 1) before = new Map(versions);
        else if (pages < 60) {
          one.at += 300;
          for (let times = random(3); times > 0; times -= 1) put(initial[random(40)] ?? {}, one.at);
        }
      };
      const pageSize = String(1 + random(7));
      const { error, status } = await one.run({
        full: true,
        env: { SPACEX_PIPELINE_LAUNCH_LIBRARY_PAGE_SIZE: pageSize },
      });
      assert.equal(status, 'succeeded', error?.message);
      const rows = await one.rows<{ id: string; name: string }>('SELECT id, name FROM launches');
      const found = new Map(rows.map(({ id, name: version }) => [id, Number(version)]));
      for (const [id, version] of before)
        assert.ok(
          (found.get(id) ?? 0) >= version,
          `seed ${seed}: ${id} is at version ${found.get(id)}, expected at least ${version}`,
        );
    }
    assert.ok((await one.verify()).intact);
  });
});

function daysOf(count: number): number {
  return count * 24 * 60 * MINUTE;
}
