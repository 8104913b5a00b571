import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';

import { createWorld } from '../../src/sandbox/launch-library/world.ts';
import { createChangingWorld } from '../support/launch-library/changing-world.ts';
import { startLiving, type Living } from '../support/launch-library/living.ts';
import { NOT_RECORDED, readRecorded } from '../support/launch-library/recorded.ts';
import { readRecordedStates } from '../support/launch-library/recorded-world.ts';
import { createTestServer } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

/** Checking all 400 minutes would take too long in every test run. RECORDED_MINUTES=all checks all of them. */
const ALL_MINUTES = process.env['RECORDED_MINUTES'] === 'all';
const FEW = 40;

const PAGE_AT = Date.UTC(2026, 0, 1);

describe('the recorded Launch Library responses', { skip: NOT_RECORDED }, () => {
  it('are loaded page by page, each launch once', async (t) => {
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

  for (const [who, provider, all] of [
    ['all', 'all', { launches: 121, versions: 647, history: 531, open: 121 }],
    ['SpaceX only', '121', { launches: 65, versions: 425, history: 342, open: 65 }],
  ] as const) {
    it(`produce the history that minute-by-minute pulls would have recorded: ${who}`, async (t) => {
      const { minutes, world } = recorded();
      const [first = 0] = minutes;
      const living = await startLiving(t, server, { world, startsAt: first, settings: { provider } });
      for (const minute of minutes) {
        living.at = minute;
        const { error, status } = await living.run();
        assert.equal(status, 'succeeded', error?.message);
      }
      const seen = minutes
        .flatMap((minute) => world.at(minute).map(({ record }) => record()))
        .filter((record) => provider === 'all' || Object(record['launch_service_provider']).id === 121);
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
      if (ALL_MINUTES) assert.deepEqual(count, all);
      assert.ok((await living.verify()).intact);
      if (provider === 'all') assert.equal(await digestInReverse(t), await digestOf(living));
    });
  }
});

function recorded() {
  const { minutes, states } = readRecordedStates();
  return { minutes: ALL_MINUTES ? minutes : minutes.slice(0, FEW), world: createWorld(states) };
}

/** The digest of the versions after the minutes were pulled in reverse order. */
async function digestInReverse(t: TestContext): Promise<string> {
  const { minutes, world } = recorded();
  let minute = 0;
  const living = await startLiving(t, server, {
    world: { at: () => world.at(minute) },
    startsAt: PAGE_AT,
    settings: { provider: 'all' },
  });
  for (minute of minutes.toReversed()) {
    living.at += 60_000;
    const { error, status } = await living.run({ full: true });
    assert.equal(status, 'succeeded', error?.message);
  }
  return digestOf(living);
}

async function digestOf(living: Living): Promise<string> {
  const [found] = await living.rows<{ digest: string }>(
    `SELECT digest FROM run_tables WHERE table_name = 'launch_versions' ORDER BY run_id DESC LIMIT 1`,
  );
  return found?.digest ?? assert.fail('nothing is published');
}
