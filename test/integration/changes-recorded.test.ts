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

  it('has the history that one sees who looks each minute', async (t) => {
    const { minutes, states } = readRecordedStates();
    const [first = 0] = minutes;
    const living = await startLiving(t, server, {
      world: createWorld(states),
      startsAt: first,
      settings: { provider: 'all' },
    });
    for (const minute of minutes) {
      living.at = minute;
      const { error, status } = await living.run();
      assert.equal(status, 'succeeded', error?.message);
    }
    const [count] = await living.rows(`SELECT (SELECT count(*) FROM launches)::int AS launches,
      (SELECT count(*) FROM launch_versions)::int AS versions,
      (SELECT count(*) FROM launch_history)::int AS history,
      (SELECT count(*) FROM launch_history WHERE valid_to IS NULL)::int AS open`);
    assert.deepEqual(count, { launches: 121, versions: 647, history: 531, open: 121 });
    assert.ok((await living.verify()).intact);
  });
});
