import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';

import {
  HOUR,
  MINUTE,
  NOON,
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';
import { pulled, startLiving } from '../support/launch-library/living.ts';
import { createTestServer } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

const records = simulatedLaunches(40);

const NAMES = 'SELECT id, name FROM launches ORDER BY id';

describe('an incremental pull', () => {
  it('loads only the changes', async (t) => {
    const world = createChangingWorld(records);
    const one = await startLiving(t, server, { world });
    const first = await pulled(one);
    assert.equal(first.validated, 40);
    one.at += 15 * MINUTE;
    const [changed = {}] = records;
    world.put(updatedAt(changed, one.at - MINUTE, { name: 'Another name' }));
    const second = await pulled(one);
    assert.partialDeepStrictEqual(second, {
      pass: 'changes',
      received: 1,
      validated: 1,
      updated: 1,
      inserted: 0,
    });
    assert.partialDeepStrictEqual(second.tables['launches'], {
      carried: true,
      live_before: 40,
      live_after: 40,
    });
    const named = await one.rows<{ name: string }>(
      `SELECT name FROM launches WHERE id = '${String(changed['id'])}'`,
    );
    assert.deepEqual(named, [{ name: 'Another name' }]);

    one.at += 15 * MINUTE;
    assert.partialDeepStrictEqual(await pulled(one), { not_modified: true, received: 0 });
    // The digest that was carried forward equals the digest counted from the table.
    const full = await pulled(one, { full: true });
    assert.equal(full.tables['launches']?.digest, second.tables['launches']?.digest);
    assert.deepEqual(
      one.lines.filter(({ level }) => level === 'warn'),
      [],
    );
  });

  it('keeps the rows of deleted records until a full pull', async (t) => {
    const world = createChangingWorld(records);
    const one = await startLiving(t, server, { world });
    await pulled(one);
    world.drop(String(records[3]?.['id']));
    for (let poll = 0; poll < 5; poll += 1) {
      one.at += 15 * MINUTE;
      await pulled(one);
    }
    assert.equal((await one.rows(NAMES)).length, 40);
    one.at += 24 * HOUR;
    assert.partialDeepStrictEqual(await pulled(one), { pass: 'full', deleted: 1 });
    const gone = await one.rows(`SELECT row_id FROM tombstones WHERE table_name = 'launches'`);
    assert.deepEqual(gone, [{ row_id: records[3]?.['id'] }]);
  });

  it('publishes nothing if too many records vanish', async (t) => {
    const world = createChangingWorld(records);
    const one = await startLiving(t, server, { world });
    await pulled(one);
    world.drop(...records.slice(0, 20).map(({ id }) => String(id)));
    const { error, status } = await one.run({ full: true });
    assert.deepEqual([status, error?.code], ['failed', 'vanished']);
    assert.equal((await one.rows(NAMES)).length, 40);
    assert.ok((await one.verify()).intact);
    one.at += 15 * MINUTE;
    assert.partialDeepStrictEqual(await pulled(one), { pass: 'changes' });
  });

  it('finds changes with an old timestamp in a full pull', async (t) => {
    const world = createChangingWorld(records);
    const one = await startLiving(t, server, { world });
    await pulled(one);
    world.put({ ...records[5], name: 'Renamed silently' });
    one.at += 2 * HOUR;
    assert.partialDeepStrictEqual(await pulled(one), { pass: 'changes', not_modified: true });
    const full = await pulled(one, { full: true });
    assert.partialDeepStrictEqual(full, { updated: 1 });
    assert.partialDeepStrictEqual(full.tables['launch_versions'], { inserted: 0, updated: 0 });
  });

  it('repairs an altered row in a full pull, and warns about it', async (t) => {
    const one = await startLiving(t, server, { world: createChangingWorld(records) });
    await pulled(one);
    await one.rows(`UPDATE launches SET name = 'Altered' WHERE id = '${String(records[0]?.['id'])}'`);
    one.at += 15 * MINUTE;
    const { status } = await one.run();
    assert.equal(status, 'succeeded');
    assert.equal((await one.verify()).intact, false);
    assert.partialDeepStrictEqual(await pulled(one, { full: true }), { updated: 1 });
    assert.ok(
      one.lines.some(
        ({ level, message }) => level === 'warn' && /changed by something other than a run/.test(message),
      ),
    );
  });

  it('sets a broken record aside, keeps its row, and loads the record once it is valid again', async (t) => {
    const world = createChangingWorld(records);
    const one = await startLiving(t, server, { world });
    await pulled(one);
    const [broken = {}, other = {}] = records;
    one.at += 15 * MINUTE;
    world.put(
      updatedAt(broken, one.at - MINUTE, { name: null }),
      updatedAt(other, one.at - MINUTE, { name: 'Fine' }),
    );
    assert.partialDeepStrictEqual(await pulled(one), { received: 2, validated: 1, errored: 1, held: 1 });
    const open = `SELECT record_id, status FROM rejects`;
    assert.deepEqual(await one.rows(open), [{ record_id: broken['id'], status: 'open' }]);
    one.at += 15 * MINUTE;
    await pulled(one);
    assert.deepEqual(await one.rows(open), [{ record_id: broken['id'], status: 'open' }]);
    one.at += 15 * MINUTE;
    world.put(updatedAt(broken, one.at - MINUTE, { name: 'Whole' }));
    await pulled(one);
    assert.deepEqual(await one.rows(open), [{ record_id: broken['id'], status: 'fixed' }]);
  });

  it('counts a broken record once, no matter how often it arrived', async (t) => {
    const world = createChangingWorld(records);
    const one = await startLiving(t, server, { world });
    const strict = { SPACEX_PIPELINE_REJECTS_COUNT: '1', SPACEX_PIPELINE_REJECTS_SHARE: '0.1' };
    let last = await one.run({ env: strict });
    const [broken = {}] = records;
    for (let poll = 0; poll < 6; poll += 1) {
      one.at += 15 * MINUTE;
      world.put(updatedAt(broken, one.at - MINUTE, { name: null }));
      last = await one.run({ env: strict });
      assert.equal(last.status, 'succeeded', last.error?.message);
    }
    const again = await one.replay(String(last.run_id), strict);
    assert.equal(again.status, 'succeeded', again.error?.message);
    assert.partialDeepStrictEqual(again.resources['launches'], { errored: 6, validated: 40 });
    // With a limit of zero, a single broken record is too many.
    const refused = await one.replay(String(last.run_id), {
      ...strict,
      SPACEX_PIPELINE_REJECTS_COUNT: '0',
      SPACEX_PIPELINE_REJECTS_SHARE: '0',
    });
    assert.deepEqual([refused.status, refused.error?.code], ['failed', 'rejects']);
    assert.match(refused.error?.message ?? '', /: 1 of 41 records broke/);
  });

  it('makes a full pull if one of the pages that it builds on is missing or damaged', async (t) => {
    const one = await startLiving(t, server, { world: createChangingWorld(records) });
    await pulled(one);
    const runs = join(one.folder, 'data', 'runs');
    const [run = ''] = readdirSync(runs);
    writeFileSync(join(runs, run, 'raw/launches/0001.json'), '{}');
    one.at += 15 * MINUTE;
    assert.partialDeepStrictEqual(await pulled(one), { pass: 'full', unchanged: 40 });
    assert.ok(one.lines.some(({ message }) => /missing or damaged/.test(message)));
    for (const name of readdirSync(runs)) rmSync(join(runs, name), { recursive: true });
    one.at += 15 * MINUTE;
    assert.partialDeepStrictEqual(await pulled(one), { pass: 'full' });
  });
});

describe('a pull that needs more requests than its quota allows', () => {
  it('is postponed, and continues where it stopped', async (t) => {
    // No two records have the same timestamp.
    const many = simulatedLaunches(851).map((record, index) =>
      updatedAt(record, NOON - (900 - index) * MINUTE),
    );
    const world = createChangingWorld(many);
    const one = await startLiving(t, server, { world, requestsPerWindow: 15, settings: { pageSize: 100 } });
    const used = Array.from({ length: 12 }, () => fetch(`${one.url}launches/?limit=1`));
    for (const answer of used) await (await answer).arrayBuffer();
    one.asked();
    const parked = await one.run();
    assert.deepEqual([parked.status, parked.error?.code], ['failed', 'source']);
    assert.ok(parked.error?.retry_at !== undefined);
    assert.equal(launchesIn(one.asked()).length, 3);
    assert.deepEqual(await one.rows(`SELECT count(*)::int AS n FROM launches`), [{ n: 0 }]);

    // A run would resume the pull, so a plan must not use up its quota.
    one.at += MINUTE;
    await assert.rejects(one.plan(), { code: 'source', retryAt: new Date(parked.error.retry_at) });
    assert.deepEqual(launchesIn(one.asked()), []);

    one.at = Date.parse(parked.error.retry_at) + 1000;
    const done = await one.run();
    assert.equal(done.status, 'succeeded', done.error?.message);
    assert.equal(done.run_id, parked.run_id);
    assert.equal(launchesIn(one.asked()).length, 6);
    assert.ok((await one.verify()).intact);
    assert.equal((await one.rows(NAMES)).length, new Set(many.map(({ id }) => id)).size);
  });
});

function launchesIn(asked: readonly string[]): readonly string[] {
  return asked.filter((path) => path.startsWith('/2.3.0/launches/'));
}
