import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, describe, it, type TestContext } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import {
  MINUTE,
  NOON,
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
  type ChangingWorld,
} from '../support/launch-library/changing-world.ts';
import { startLiving, type Living, type LivingOptions } from '../support/launch-library/living.ts';
import { createTestServer } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

const DAY = 24 * 60 * MINUTE;

/** Each page except the first begins with the last record of the previous page. */
const launchesOn = (pages: number, pageSize: number): number => pageSize + (pages - 1) * (pageSize - 1);

function records(count: number) {
  return simulatedLaunches(count).map((record, index) => updatedAt(record, NOON - (count - index) * MINUTE));
}

function living(t: TestContext, options: Partial<LivingOptions> = {}): Promise<Living> {
  const settings = { pageSize: 5, ...options.settings };
  return startLiving(t, server, { ...options, settings });
}

function launchesIn(one: Living): readonly string[] {
  return one.asked().filter((path) => path.startsWith('/2.3.0/launches/'));
}

/** The time at which a run that has used up its quota can continue. */
function retryAt({ error, status }: RunReport): number {
  assert.deepEqual([status, error?.code], ['failed', 'source'], error?.message);
  return Date.parse(error?.retry_at ?? assert.fail('no retry time'));
}

/**
 * Publishes all records, then changes most of them and starts a pull of the changes, which is parked because
 * only 3 requests are left.
 */
async function parked(t: TestContext): Promise<{ one: Living; world: ChangingWorld; parked: RunReport }> {
  const all = records(21);
  const world = createChangingWorld(all);
  const one = await living(t, { world, requestsPerWindow: 5 });
  const { error, status } = await one.run();
  assert.equal(status, 'succeeded', error?.message);
  one.at += 61 * MINUTE;
  for (let request = 0; request < 2; request += 1)
    await (await fetch(`${one.url}launches/?limit=1`)).arrayBuffer();
  const changed = all.slice(0, 16).map((record, index) => updatedAt(record, one.at - (20 - index) * 1000));
  world.put(...changed);
  one.asked();
  const report = await one.run();
  assert.ok(retryAt(report) > one.at);
  assert.equal(launchesIn(one).length, 3);
  return { one, world, parked: report };
}

describe('a parked pull', () => {
  it('receives 80 pages in six hours with 15 requests an hour, and requests no page twice', async (t) => {
    const count = launchesOn(80, 5);
    const one = await living(t, { world: createChangingWorld(records(count)), requestsPerWindow: 15 });
    const ids = new Set<string | null>();
    const asked: string[] = [];
    const each: number[] = [];
    for (;;) {
      const report = await one.run();
      ids.add(report.run_id);
      const now = launchesIn(one);
      each.push(now.length);
      asked.push(...now);
      if (report.status === 'succeeded') break;
      // One second after the quota is available again.
      one.at = retryAt(report) + 1000;
    }
    assert.deepEqual(each, [15, 15, 15, 15, 15, 5]);
    assert.equal(new Set(asked).size, 80);
    assert.equal(ids.size, 1);
    assert.ok(one.at - NOON < 6 * 60 * MINUTE);
    assert.deepEqual(await one.rows('SELECT count(*)::int AS n FROM launches'), [{ n: count }]);
    assert.ok((await one.verify()).intact);
    // The next poll requests changes since ten minutes before the first response.
    const cursor = `SELECT cursor FROM run_resources`;
    assert.deepEqual(await one.rows(cursor), [{ cursor: new Date(NOON - 10 * MINUTE) }]);
  });

  it('continues before any new pull, and leaves later changes for the next pull', async (t) => {
    const { one, parked: first, world } = await parked(t);
    const last = records(21).at(-1) ?? {};
    one.at += 15 * MINUTE;
    world.put(updatedAt(last, one.at - 1000, { name: 'Changed meanwhile' }));
    const early = await one.run();
    assert.equal(early.run_id, first.run_id);
    assert.equal(retryAt(early), retryAt(first));
    assert.deepEqual(launchesIn(one), []);
    one.at = retryAt(first) + 1000;
    const done = await one.run();
    assert.equal(done.status, 'succeeded', done.error?.message);
    assert.deepEqual([done.run_id, done.resources['launches']?.pass], [first.run_id, 'changes']);
    one.at += 61 * MINUTE;
    const next = await one.run();
    assert.equal(next.status, 'succeeded', next.error?.message);
    assert.notEqual(next.run_id, first.run_id);
    assert.ok((await one.verify()).intact);
    const named = await one.rows(`SELECT name FROM launches WHERE id = '${String(last['id'])}'`);
    assert.deepEqual(named, [{ name: 'Changed meanwhile' }]);
  });

  for (const how of ['restart', 'full'] as const) {
    it(`is abandoned when a run starts over with --${how}`, async (t) => {
      const { one, parked: first } = await parked(t);
      one.at = retryAt(first) + 61 * MINUTE;
      const anew = await one.run({ [how]: true });
      assert.notEqual(anew.run_id, first.run_id);
      assert.ok(one.lines.some(({ message }) => message.startsWith('starting over and abandoning run ')));
      const asked = launchesIn(one);
      const from = /last_updated__gte=/;
      if (how === 'full') assert.doesNotMatch(asked[0] ?? '', from);
      else assert.match(asked[0] ?? '', from);
      if (anew.status === 'succeeded') return;
      // Later runs continue the new pull, not the abandoned one.
      one.at = retryAt(anew) + 61 * MINUTE;
      const done = await one.run();
      assert.deepEqual([done.status, done.run_id], ['succeeded', anew.run_id]);
      assert.ok((await one.verify()).intact);
    });
  }

  it('keeps its folder, no matter how old it is', async (t) => {
    const { one, parked: first } = await parked(t);
    const other = { SPACEX_PIPELINE_LAUNCH_LIBRARY_PROVIDER: '121' };
    const old = { SPACEX_PIPELINE_FAILED_DAYS: '1' };
    // These newer runs fail because they pull from a different provider.
    const refused: RunReport[] = [];
    for (let day = 0; day < 2; day += 1) {
      one.at += 2 * DAY;
      // The database uses its own clock to record the end of a run.
      await one.rows('UPDATE runs SET finished_at = started_at');
      refused.push(await one.run({ env: { ...other, ...old } }));
    }
    assert.deepEqual(
      refused.map(({ error }) => error?.code),
      ['usage', 'usage'],
    );
    assert.equal(existsSync(refused[0]?.run_dir ?? ''), false);
    assert.ok(existsSync(first.run_dir ?? ''));
    const done = await one.run({ env: old });
    assert.deepEqual([done.status, done.run_id], ['succeeded', first.run_id]);
    assert.ok((await one.verify()).intact);
  });

  it('continues after a database error', async (t) => {
    const { one, parked: first } = await parked(t);
    one.at = retryAt(first) + 1000;
    await one.rows(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'no room'; END $$; CREATE TRIGGER refuse BEFORE INSERT ON run_tables EXECUTE FUNCTION refuse()`);
    const failed = await one.run();
    assert.equal(failed.error?.code, 'database');
    await one.rows('DROP TRIGGER refuse ON run_tables');
    one.asked();
    const done = await one.run();
    assert.deepEqual([done.status, done.run_id], ['succeeded', first.run_id]);
    assert.deepEqual(launchesIn(one), []);
    assert.ok((await one.verify()).intact);
  });
});
