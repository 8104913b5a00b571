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

/** How long a change may take to appear in the API's responses. */
const SETTLE = 10 * MINUTE;
/** The time of the newest launch's last change. */
const NEWEST = NOON - 90 * MINUTE;
const records = simulatedLaunches(20).map((record, index) => updatedAt(record, NEWEST - index * MINUTE));

type Watched = {
  readonly one: Living;
  readonly world: ChangingWorld;
  /** How far the stand-in's clock is ahead of ours, or null if the stand-in sends no `Date` header. */
  readonly clock: { ahead: number | null };
  /** Starts a run and returns the resulting cursor, even if the run fails. */
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

describe('the cursor of an incremental pull', () => {
  for (const [what, ahead, due] of [
    ['is ten minutes before the time of the first response', 0, NOON - SETTLE],
    ['follows an API clock that is behind ours', -20 * MINUTE, NOON - 20 * MINUTE - SETTLE],
    ['follows an API clock that is ten minutes ahead of ours', 10 * MINUTE, NOON],
    ['follows the latest change if the API clock is further ahead', 10 * MINUTE + 1000, NEWEST - SETTLE],
    ['follows the latest change if there is no Date header', null, NEWEST - SETTLE],
  ] as const) {
    it(what, async (t) => {
      const { cursor } = await watched(t, ahead);
      // `Date` has a resolution of one second.
      assert.equal(await cursor(), due);
    });
  }

  it('never moves backward', async (t) => {
    const { clock, cursor, one, world } = await watched(t, 0);
    const first = await cursor();
    one.at += 15 * MINUTE;
    clock.ahead = -2 * 60 * MINUTE;
    world.put(updatedAt(records[0] ?? {}, one.at - MINUTE, { name: 'Renamed' }));
    assert.equal(await cursor(), first);
    one.at += 15 * MINUTE;
    clock.ahead = null;
    // The latest received change was made sixteen minutes ago.
    assert.equal(await cursor(), first + 14 * MINUTE);
    one.at += 15 * MINUTE;
    clock.ahead = 0;
    assert.equal(await cursor(), one.at - SETTLE);
  });

  it('does not change when a poll fails because of too many rejects', async (t) => {
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
      'the next poll requests changes since the old cursor',
    );
    assert.ok((await one.verify()).intact);
  });
});
