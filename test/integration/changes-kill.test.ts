import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import { startLaunchLibrary } from '../../src/sandbox/launch-library/server.ts';
import type { CliResult } from '../support/cli.ts';
import {
  HOUR,
  MINUTE,
  NOON,
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';
import { startHolding, type Holding } from '../support/launch-library/holding.ts';
import { assertFailure, createTestServer, QUICK_SOURCE, type ServerWorkspace } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

/** 9 pages of 100 records. No two records have the same timestamp. */
const records = simulatedLaunches(851).map((record, index) =>
  updatedAt(record, NOON - (900 - index) * MINUTE),
);
const PAGES = 9;

type Place = {
  readonly holding: Holding;
  readonly workspace: ServerWorkspace;
  readonly rows: ServerWorkspace['sql'];
  /**
   * Starts `run` and kills it after this many responses, once it has received this share of the next
   * response's body.
   */
  readonly killed: (after: number, share: number) => Promise<void>;
  readonly pull: () => Promise<CliResult & { readonly report: RunReport }>;
  /** Advances the API's clock by an hour, so that the full quota is available again. */
  readonly hourPasses: () => void;
};

const RUN = ['run', '--source', 'launch-library', '--migrate'];

async function place(t: TestContext, requestsPerWindow: number, used: number): Promise<Place> {
  let passed = 0;
  const library = await startLaunchLibrary({
    world: createChangingWorld(records),
    requestsPerWindow,
    clock: { now: () => Date.now() + passed },
  });
  t.after(() => library.close());
  for (let request = 0; request < used; request += 1)
    await (await fetch(`${library.baseUrl}launches/?limit=1`)).arrayBuffer();
  const holding = await startHolding(library.baseUrl);
  t.after(() => holding.close());
  const workspace = server.workspace();
  const schema = `${workspace.schema}_living`;
  const own = { ...QUICK_SOURCE, baseUrl: holding.baseUrl, provider: 'all', schema };
  workspace.configure({ others: { 'launch-library': own } });
  return {
    holding,
    workspace,
    rows: (sql) => workspace.sql(`SET LOCAL search_path = ${schema}, ${schema}_pipeline; ${sql}`),
    async killed(pages, share) {
      const { held } = holding.hold(pages, share);
      const running = workspace.start(RUN);
      await Promise.race([held, running.finished.then(({ stderr }) => assert.fail(stderr))]);
      running.kill('SIGKILL');
      assert.equal((await running.finished).signal, 'SIGKILL');
    },
    async pull() {
      const result = await workspace.run([...RUN, '--json']);
      return { ...result, report: JSON.parse(result.stdout) as RunReport };
    },
    hourPasses: () => void (passed += HOUR + 1000),
  };
}

const DIGESTS = `SELECT table_name, digest, live_after FROM run_tables
  WHERE run_id = (SELECT max(run_id) FROM runs WHERE status = 'succeeded') ORDER BY table_name`;

let undisturbed: unknown;
before(async (t) => {
  const one = await place(t as TestContext, 1000, 0);
  const { code, stderr } = await one.pull();
  assert.equal(code, 0, stderr);
  undisturbed = await one.rows(DIGESTS);
});

/** Asserts that the result equals the result of an undisturbed run, and that the ledger contains one run. */
async function assertUndisturbed({ rows, workspace }: Place, runId: string | null): Promise<void> {
  assert.deepEqual(await rows(DIGESTS), undisturbed);
  const runs = await rows('SELECT run_id, status FROM runs');
  assert.deepEqual(runs, [{ run_id: runId, status: 'succeeded' }]);
  const [books] = await rows(`SELECT received::int, (validated + errored + repeated)::int AS told,
    (SELECT count(*)::int FROM launches) AS live, (SELECT count(*)::int FROM run_pages) AS pages FROM run_resources`);
  // Each page except the first begins with the last record of the previous page.
  assert.deepEqual(books, { received: 859, told: 859, live: 851, pages: PAGES });
  const { code, stderr } = await workspace.run(['verify', '--source', 'launch-library']);
  assert.equal(code, 0, stderr);
}

describe('a paged pull that is killed', { concurrency: 2 }, () => {
  it('continues after its last complete page, and never requests a complete page twice', async (t) => {
    const one = await place(t, 1000, 0);
    await one.killed(1, 0.5);
    await one.killed(3, 0);
    await one.killed(2, 0.9);
    const { code, report, stderr } = await one.pull();
    assert.equal(code, 0, stderr);
    await assertUndisturbed(one, report.run_id);
    const asked = one.holding.asked();
    const twice = asked.filter((query, index) => asked.indexOf(query) < index);
    // Two responses were cut off.
    assert.equal(asked.length, PAGES + 2);
    assert.deepEqual(twice, [asked[1], asked[7]]);
  });

  it('continues with the same run id, even if it was parked before', async (t) => {
    const one = await place(t, 15, 12);
    await one.killed(1, 0);
    await one.killed(0, 0.9);
    const parked = await one.pull();
    assert.equal(parked.code, 3, parked.stderr);
    const { error, run_id } = parked.report;
    const retryAt = error?.retry_at ?? '';
    const minutes = (Date.parse(retryAt) - Date.now()) / MINUTE;
    assert.ok(minutes > 58 && minutes <= 61, retryAt);
    assertFailure(parked, {
      code: 3,
      message: new RegExp(
        `^error: Cannot finish launches yet: all 15 requests per hour are used up, and 2 pages have arrived. The pull can continue at ${retryAt}$`,
      ),
      hint: /^hint: Continue at that time, or now with a token.*: \S+ run --source launch-library$/,
    });
    assert.deepEqual(await one.rows('SELECT count(*)::int AS n FROM launches'), [{ n: 0 }]);
    // It is too early, so the run requests only the quota.
    one.holding.asked();
    const early = await one.pull();
    assert.deepEqual([early.code, early.report.run_id], [3, run_id]);
    assert.deepEqual(one.holding.asked(), []);

    one.hourPasses();
    await one.killed(2, 0.3);
    const { code, report, stderr } = await one.pull();
    assert.equal(code, 0, stderr);
    assert.equal(report.run_id, run_id);
    await assertUndisturbed(one, run_id);
    const asked = one.holding.asked();
    assert.equal(new Set(asked).size, PAGES - 2);
    assert.equal(asked.length, PAGES - 2 + 1, 'the truncated page is requested again');
  });
});
