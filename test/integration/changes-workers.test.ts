import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';

import type { RunReport } from '../../src/core/run.ts';
import { startLaunchLibrary } from '../../src/sandbox/launch-library/server.ts';
import {
  NOON,
  createChangingWorld,
  simulatedLaunches,
  updatedAt,
} from '../support/launch-library/changing-world.ts';
import { startTestWorker, type TestWorker } from '../support/job-worker.ts';
import { twinOf } from '../support/twin.ts';
import { createTestServer, QUICK_SOURCE, type ServerWorkspace } from '../support/workspace.ts';

const server = await createTestServer();
after(() => server.close());

/** 6 pages of 5 records. */
const records = simulatedLaunches(25).map((record, index) => updatedAt(record, NOON + index * 1000));

type Two = {
  readonly workspace: ServerWorkspace;
  readonly queueSchema: string;
  /** Opens a worker on the first data folder or on its twin. */
  readonly open: (which: 'own' | 'twin') => Promise<TestWorker>;
  readonly hourPasses: () => void;
};

let schemas = 0;

/** Two machines with separate data folders and one database. */
async function two(t: TestContext, requestsPerWindow = 1000): Promise<Two> {
  schemas += 1;
  const queueSchema = `queue_${schemas}`;
  let passed = 0;
  const library = await startLaunchLibrary({
    world: createChangingWorld(records),
    requestsPerWindow,
    clock: { now: () => Date.now() + passed },
  });
  t.after(() => library.close());
  const schema = `living_${schemas}`;
  const workspace = server.workspace({
    jobs: { living: { source: 'launch-library', schedule: null } },
    serve: { queueSchema },
    others: {
      'launch-library': { ...QUICK_SOURCE, baseUrl: library.baseUrl, provider: 'all', pageSize: 5, schema },
    },
  });
  const twin = twinOf(t, workspace);
  return {
    workspace,
    queueSchema,
    async open(which) {
      const worker = await startTestWorker(which === 'own' ? workspace : twin);
      t.after(() => worker.close());
      return worker;
    },
    hourPasses: () => void (passed += 61 * 60_000),
  };
}

/** The reports of a worker's runs. */
function reports({ runEvents }: TestWorker): readonly RunReport[] {
  return runEvents.flatMap((event) => (event.type === 'run.ended' ? [event.report] : []));
}

const passes = (worker: TestWorker) => reports(worker).map(({ resources }) => resources['launches']?.pass);

/** Queues a job as soon as the queue has recorded the end of the previous execution. */
async function queue(worker: TestWorker): Promise<void> {
  while ((await worker.run('living')) === null);
}

describe('a job that pulls incrementally', () => {
  it('stays with the process that has its data folder, but moves once that process has been dead for ten minutes', async (t) => {
    const { open, queueSchema, workspace } = await two(t);
    const own = await open('own');
    const twin = await open('twin');
    // Nothing has been published yet, so either worker could take the job.
    await own.stop(1000);
    await queue(twin);
    assert.equal((await twin.ended('living')).status, 'succeeded');
    const back = await open('own');
    for (let turn = 2; turn <= 4; turn += 1) {
      await queue(back);
      assert.equal((await twin.ended('living', turn)).status, 'succeeded');
    }
    assert.deepEqual(passes(twin), ['full', 'changes', 'changes', 'changes']);
    assert.deepEqual(back.events, []);

    await twin.stop(1000);
    await queue(back);
    // Triggers a check that otherwise runs at intervals.
    await back.enable('living', true);
    const [waiting] = await back.list();
    assert.equal(waiting?.state, 'waiting');
    assert.deepEqual(back.events, []);
    await workspace.sql(
      `UPDATE ${queueSchema}.instance SET heartbeat_on = now() - interval '10 minutes 1 second' WHERE stopped_on IS NOT NULL`,
    );
    await back.enable('living', true);
    assert.equal((await back.ended('living')).status, 'succeeded');
    assert.deepEqual(passes(back), ['full']);
    await back.line(/^launches: full pull: .*in a different data folder/);

    // Now the twin does not receive the job.
    const again = await open('twin');
    await queue(again);
    assert.equal((await back.ended('living', 2)).status, 'succeeded');
    assert.deepEqual([passes(back), again.events], [['full', 'changes'], []]);
  });

  it('is handed back if a different running process has its data folder', async (t) => {
    const { open, workspace } = await two(t);
    const own = await open('own');
    const twin = await open('twin');
    const pulled = await workspace.run(['run', '--source', 'launch-library']);
    assert.equal(pulled.code, 0, pulled.stderr);
    for (let turn = 1; turn <= 3; turn += 1) {
      await queue(twin);
      assert.equal((await own.ended('living', turn)).status, 'succeeded');
    }
    assert.deepEqual([passes(own), twin.events], [['changes', 'changes', 'changes'], []]);
    await twin.enable('living', true);
    await twin.line(/^job living is left to the process that has its data folder$/);
  });

  it('continues in the folder with its pages once its source has quota again', async (t) => {
    const { hourPasses, open, queueSchema, workspace } = await two(t, 4);
    const own = await open('own');
    await queue(own);
    const parked = await own.ended('living');
    assert.equal(parked.status, 'postponed', parked.error?.message);
    const twin = await open('twin');
    hourPasses();
    await workspace.sql(`UPDATE ${queueSchema}.job SET start_after = now() WHERE state < 'completed'`);
    const done = await own.ended('living', 2);
    assert.deepEqual([done.status, done.run_id], ['succeeded', parked.run_id]);
    assert.deepEqual(twin.events, []);
  });
});
