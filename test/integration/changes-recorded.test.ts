import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';

import { createWorld } from '../../src/sandbox/launch-library/world.ts';
import { createChangingWorld } from '../support/launch-library/changing-world.ts';
import { startLiving } from '../support/launch-library/living.ts';
import { NOT_RECORDED, readRecorded } from '../support/launch-library/recorded.ts';
import { readRecordedStates } from '../support/launch-library/recorded-world.ts';
import { createTestServer } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

/** All 400 minutes take minutes: RECORDED_MINUTES=all runs them. */
const ALL_MINUTES = process.env['RECORDED_MINUTES'] === 'all';
const FEW = 40;

const PAGE_AT = Date.UTC(2026, 0, 1);

describe('what was recorded of Launch Library', { skip: NOT_RECORDED }, () => {
  it('is loaded page by page, each launch once', async (t) => {
    const records = readRecorded('page')['results'];
    const world = createChangingWorld(records);
    const living = await startLiving(t, server, {
      world,
      startsAt: PAGE_AT,
      settings: { provider: 'all', pageSize: 30 },
    });
    const first = await living.run();
    const { launches } = first.resources;
    assert.equal(first.status, 'succeeded', first.error?.message);
    assert.partialDeepStrictEqual(launches, {
      received: 103,
      validated: 100,
      errored: 0,
      repeated: 3,
      pass: 'full',
    });
    assert.equal(living.asked().filter((path) => path.startsWith('/2.3.0/launches/')).length, 4);
    const [count] = await living.rows(`SELECT (SELECT count(*) FROM launches)::int AS launches,
      (SELECT count(*) FROM launches WHERE provider_id = 121)::int AS spacex,
      (SELECT count(*) FROM launch_versions)::int AS versions`);
    assert.deepEqual(count, { launches: 100, spacex: 51, versions: 100 });
    assert.ok((await living.verify()).intact);

    living.at += 60_000;
    const second = await living.run();
    assert.equal(second.status, 'succeeded', second.error?.message);
    assert.partialDeepStrictEqual(second.resources['launches'], {
      not_modified: true,
      pass: 'changes',
      inserted: 0,
    });
    const asked = living.asked();
    assert.deepEqual(
      asked.map((path) => path.replace(/\?.*/, '')),
      ['/2.3.0/api-throttle/', '/2.3.0/launches/'],
    );
    assert.ok((await living.verify()).intact);
  });

  it('has the history that one sees who looks at each of these minutes', async (t) => {
    const { minutes: all, states } = readRecordedStates();
    const minutes = ALL_MINUTES ? all : all.slice(0, FEW);
    const [first = 0] = minutes;
    const world = createWorld(states);
    const living = await startLiving(t, server, { world, startsAt: first, settings: { provider: 'all' } });
    for (const minute of minutes) {
      living.at = minute;
      const { error, status } = await living.run();
      assert.equal(status, 'succeeded', error?.message);
    }
    const seen = minutes.flatMap((minute) => world.at(minute).map(({ record }) => record()));
    const versions = new Set(
      seen.map((record) => `${String(record['id'])} ${String(record['last_updated'])}`),
    );
    const launches = new Set(seen.map(({ id }) => id));
    const [count] = await living.rows<Record<string, number>>(`SELECT
      (SELECT count(*) FROM launches)::int AS launches,
      (SELECT count(*) FROM launch_versions)::int AS versions,
      (SELECT count(*) FROM launch_history)::int AS history,
      (SELECT count(*) FROM launch_history WHERE valid_to IS NULL)::int AS open`);
    assert.partialDeepStrictEqual(count, {
      launches: launches.size,
      versions: versions.size,
      open: launches.size,
    });
    if (ALL_MINUTES) assert.deepEqual(count, { launches: 121, versions: 647, history: 531, open: 121 });
    assert.ok((await living.verify()).intact);
  });
});
