import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';

import { startLaunchLibrary } from '../../src/sandbox/launch-library/server.ts';
import {
  MINUTE,
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';
import { pulled, startLiving, type Living } from '../support/launch-library/living.ts';
import { createTestServer } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

const records = simulatedLaunches(40);

function providerOf(record: (typeof records)[number] | undefined): string {
  return String(Object(record?.['launch_service_provider']).id);
}

/** The provider with the most launches, and its launches. */
const providers = Map.groupBy(records, providerOf);
const [[MAIN, OWN] = ['', []]] = [...providers].toSorted(([, one], [, other]) => other.length - one.length);
const NARROWED = { env: { SPACEX_PIPELINE_LAUNCH_LIBRARY_PROVIDER: MAIN } };

function living(t: TestContext, world = createChangingWorld(records)): Promise<Living> {
  return startLiving(t, server, { world });
}

const COUNTS = `SELECT (SELECT count(*)::int FROM launches) AS live,
  (SELECT count(*)::int FROM tombstones WHERE table_name = 'launches') AS gone`;

describe('a pull with a different scope', () => {
  it('fails unless it is a full pull, which replaces the old scope', async (t) => {
    const world = createChangingWorld(records);
    const one = await living(t, world);
    await pulled(one);
    one.at += 15 * MINUTE;
    const { error, status } = await one.run(NARROWED);
    assert.deepEqual([status, error?.code], ['failed', 'usage']);
    assert.match(
      error?.message ?? '',
      new RegExp(
        `^Cannot pull launches of provider ${MAIN} at \\S+: the published rows are from provider all at \\S+$`,
      ),
    );
    assert.equal(error?.hint, 'Replace them with: spacex-pipeline run --full');
    // The failed run does not affect later runs.
    assert.partialDeepStrictEqual(await pulled(one), { pass: 'changes', not_modified: true });

    const replaced = await pulled(one, { ...NARROWED, full: true });
    assert.partialDeepStrictEqual(replaced, { pass: 'full', received: OWN.length, unchanged: OWN.length });
    assert.deepEqual(await one.rows(COUNTS), [{ live: OWN.length, gone: records.length - OWN.length }]);

    // From now on, the new scope is protected like any other.
    world.drop(...OWN.slice(0, Math.ceil(OWN.length / 2)).map(({ id }) => String(id)));
    one.at += 15 * MINUTE;
    const refused = await one.run({ ...NARROWED, full: true });
    assert.deepEqual([refused.status, refused.error?.code], ['failed', 'vanished']);
    assert.partialDeepStrictEqual(await one.rows(COUNTS), [{ live: OWN.length }]);
    assert.partialDeepStrictEqual(await pulled(one, NARROWED), { pass: 'changes' });
  });

  it('also fails if the base URL is different', async (t) => {
    const one = await living(t);
    await pulled(one);
    const other = await startLaunchLibrary({
      requestsPerWindow: 1000,
      world: createChangingWorld(records.slice(0, 30)),
      clock: { now: () => one.at },
    });
    t.after(() => other.close());
    const env = { SPACEX_PIPELINE_LAUNCH_LIBRARY_URL: other.baseUrl };
    const { error } = await one.run({ env });
    assert.equal(error?.code, 'usage');
    assert.match(
      error.message,
      /^Cannot pull launches of provider all at http:\S+: the published rows are from provider all at http:/,
    );
    assert.partialDeepStrictEqual(await pulled(one, { env, full: true }), { unchanged: 30, deleted: 10 });
  });
});

describe('two data folders on one schema', () => {
  it('each need a full pull after a pull into the other folder, and log the reason', async (t) => {
    const world = createChangingWorld(records);
    const one = await living(t, world);
    const other = { env: { SPACEX_PIPELINE_DATA_DIR: join(one.folder, 'other') } };
    const told = (): number =>
      one.lines.filter(({ message }) =>
        /full pull: .*its earlier pages are in a different data folder/.test(message),
      ).length;
    assert.partialDeepStrictEqual(await pulled(one), { pass: 'full', inserted: 40 });
    one.at += 15 * MINUTE;
    world.put(updatedAt(records[0] ?? {}, one.at - MINUTE, { name: 'Renamed' }));
    assert.partialDeepStrictEqual(await pulled(one, other), { pass: 'full', updated: 1, unchanged: 39 });
    assert.equal(told(), 1);
    one.at += 15 * MINUTE;
    assert.partialDeepStrictEqual(await pulled(one, other), { pass: 'changes', not_modified: true });
    assert.equal(told(), 1);
    // No file in this folder proves the published rows.
    const { intact, underivable } = await one.verify();
    assert.equal(intact, false);
    assert.match(
      underivable['launch-library.launches'] ?? '',
      /^Cannot verify launches of run \S+: its raw file \S+, received by run \S+, cannot be read /,
    );
    assert.partialDeepStrictEqual(await pulled(one), { pass: 'full', unchanged: 40 });
    assert.equal(told(), 2);
    const chains = await one.rows(
      `SELECT DISTINCT chain_run_id, folder_id FROM run_resources JOIN runs USING (run_id)`,
    );
    assert.equal(chains.length, 3);
  });

  it('do not resume each other’s unfinished pulls', async (t) => {
    const one = await startLiving(t, server, {
      world: createChangingWorld(records),
      requestsPerWindow: 1,
      settings: { pageSize: 20 },
    });
    const parked = await one.run();
    assert.ok(parked.error?.retry_at !== undefined);
    one.at = Date.parse(parked.error.retry_at) + 1000;
    const other = await one.run({ env: { SPACEX_PIPELINE_DATA_DIR: join(one.folder, 'other') } });
    assert.notEqual(other.run_id, parked.run_id);
    assert.equal(other.error?.code, 'source');
    const runs = join(one.folder, 'data', 'runs');
    assert.deepEqual(readdirSync(runs), [parked.run_id]);

    // Without the run's folder, there is nothing left to resume.
    rmSync(join(runs, String(parked.run_id)), { recursive: true });
    one.at = Date.parse(other.error.retry_at ?? '') + 1000;
    const anew = await one.run();
    assert.equal(anew.error?.code, 'source');
    assert.notEqual(anew.run_id, parked.run_id);
    one.at = Date.parse(anew.error.retry_at ?? '') + 1000;
    const next = await one.run();
    assert.equal(next.run_id, anew.run_id);
  });
});
