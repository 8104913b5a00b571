import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';

import {
  MINUTE,
  NOON,
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
  type ChangingWorld,
} from '../support/launch-library/changing-world.ts';
import { startLiving, type Living } from '../support/launch-library/living.ts';
import { createTestServer } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

/** How long changes may take to become visible to others. */
const SETTLE = 10 * MINUTE;
/** The last change of the newest launch. */
const NEWEST = NOON - 90 * MINUTE;
const records = simulatedLaunches(20).map((record, index) => updatedAt(record, NEWEST - index * MINUTE));

type Watched = {
  readonly one: Living;
  readonly world: ChangingWorld;
  /** How far the stand-in's clock is ahead of ours; null: it sends no `Date`. */
  readonly clock: { ahead: number | null };
  /** Runs, whatever the outcome, and returns the resulting cursor. */
  readonly cursor: () => Promise<number>;
};

async function watched(t: TestContext, ahead: number | null): Promise<Watched> {
  const clock = { ahead };
  const world = createChangingWorld(records);
  const one = await startLiving(t, server, {
    world,
    date: (time) => (clock.ahead === null ? null : time + clock.ahead),
  });
  return {
    one,
    world,
    clock,
    async cursor() {
      await one.run();
      const [row] = await one.rows<{ cursor: Date }>(
        `SELECT cursor FROM run_resources WHERE status = 'succeeded' ORDER BY run_id DESC LIMIT 1`,
      );
      return row?.cursor.getTime() ?? Number.NaN;
    },
  };
}

describe('the cursor of a pull by changes', () => {
  for (const [what, ahead, due] of [
    ['is the time of the first response, less ten minutes', 0, NOON - SETTLE],
    ['follows a clock that is behind ours', -20 * MINUTE, NOON - 20 * MINUTE - SETTLE],
    ['follows a clock that is ahead of ours by ten minutes', 10 * MINUTE, NOON],
    ['is that of the latest change where a clock is further ahead', 10 * MINUTE + 1000, NEWEST - SETTLE],
    ['is that of the latest change where there is no Date', null, NEWEST - SETTLE],
  ] as const) {
    it(what, async (t) => {
      const { cursor } = await watched(t, ahead);
      // `Date` has a resolution of one second.
      assert.equal(await cursor(), due);
    });
  }

  it('never goes back', async (t) => {
    const { clock, cursor, one, world } = await watched(t, 0);
    const first = await cursor();
    one.at += 15 * MINUTE;
    clock.ahead = -2 * 60 * MINUTE;
    world.put(updatedAt(records[0] ?? {}, one.at - MINUTE, { name: 'Renamed' }));
    assert.equal(await cursor(), first);
    one.at += 15 * MINUTE;
    clock.ahead = null;
    // The latest change received was sixteen minutes ago.
    assert.equal(await cursor(), first + 14 * MINUTE);
    one.at += 15 * MINUTE;
    clock.ahead = 0;
    assert.equal(await cursor(), one.at - SETTLE);
  });

  it('stays where it is when a poll is refused', async (t) => {
    const { cursor, one, world } = await watched(t, 0);
    const first = await cursor();
    one.at += 15 * MINUTE;
    world.put(...records.slice(0, 8).map((record) => updatedAt(record, one.at - MINUTE, { name: null })));
    assert.equal(await cursor(), first);
    const [refused] = await one.rows(
      `SELECT error ->> 'code' AS code FROM runs ORDER BY run_id DESC LIMIT 1`,
    );
    assert.deepEqual(refused, { code: 'rejects' });
    one.at += 15 * MINUTE;
    world.put(...records.slice(0, 8).map((record) => updatedAt(record, one.at - MINUTE, { name: 'Whole' })));
    one.asked();
    assert.equal(await cursor(), one.at - SETTLE);
    const from = new Date(first).toISOString();
    assert.ok(
      one.asked().some((path) => path.includes(`last_updated__gte=${from}`)),
      'the poll after it asks from there',
    );
    assert.ok((await one.verify()).intact);
  });
});
