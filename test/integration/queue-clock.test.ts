import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';

import { TestClock } from 'pg-boss';

import { openForeign } from '../../src/adapters/postgres/foreign.ts';
import { openServer } from '../../src/adapters/postgres/server.ts';
import { migrateQueue, openQueue } from '../../src/adapters/queue/queue.ts';
import type { JobQueue, QueuedJob } from '../../src/core/queue.ts';
import { createTestLog } from '../support/http-upstream.ts';
import { createDatabase } from '../support/postgres.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const database = await createDatabase();
after(() => database.drop());

type Simulated = {
  readonly clock: TestClock;
  readonly queue: JobQueue;
  /** When each job was taken from the queue, in simulated time. */
  readonly taken: ReadonlyMap<string, readonly Date[]>;
};

let schemas = 0;

/** The real queue on a real database, in simulated time that starts at `from`. */
async function simulate(
  t: TestContext,
  from: string,
  jobs: readonly Partial<QueuedJob>[],
): Promise<Simulated> {
  schemas += 1;
  const schema = `queue_${schemas}`;
  const foreign = openForeign(openServer({ url: database.url, schema }));
  const clock = new TestClock(from);
  const { log } = createTestLog();
  const own = {
    ...foreign,
    // Runs the statements immediately, because this database has only a single session.
    setSessionStatements: async (statements: readonly string[]) => {
      for (const one of statements) await foreign.executeSql(one);
    },
  };
  const options = { database: own, schema, alone: false, log };
  await migrateQueue(options);
  const queue = await openQueue({ ...options, clock, every: { watchSeconds: 45, pollSeconds: 20 } });
  t.after(async () => {
    await queue.close();
    await foreign.close();
  });
  const whole = jobs.map((job, index) => ({
    name: `job_${index}`,
    schedule: null,
    timezone: 'UTC',
    overlap: 'skip' as const,
    missed: 'once' as const,
    ...job,
    enabled: true,
  }));
  await queue.reconcile(whole);
  const taken = new Map<string, Date[]>(whole.map(({ name }) => [name, []]));
  for (const job of whole) {
    await queue.work(job, async () => {
      taken.get(job.name)?.push(new Date(clock.now()));
      return { againAt: null };
    });
  }
  return { clock, queue, taken };
}

/**
 * Steps timer by timer through the part of an hour in which a tick can be due, and skips the rest, because stepping
 * through every hour would take minutes.
 */
async function pastTicks(clock: TestClock, hour: number): Promise<void> {
  await clock.setTime(Math.max(clock.now(), hour + 30 * MINUTE_MS - 10_000));
  await clock.tick(MINUTE_MS + 10_000);
}

function hourIn(timeZone: string, moment: Date): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    moment,
  );
}

describe('the queue', { concurrency: true }, () => {
  for (const { change, name } of [
    { name: 'begins', change: '2026-03-29' },
    { name: 'ends', change: '2026-10-25' },
  ]) {
    const middle = Date.parse(`${change}T00:00:00Z`);

    it(`neither loses nor repeats an hourly tick in the days around the day on which daylight saving time ${name}`, async (t) => {
      const [start, hours] = [middle - 2 * DAY_MS, 5 * 24];
      const { clock, taken } = await simulate(t, new Date(start).toISOString(), [
        { name: 'hourly', schedule: '30 * * * *', timezone: 'Europe/Berlin' },
        { name: 'nightly', schedule: '30 2 * * *', timezone: 'Europe/Berlin' },
      ]);
      for (let hour = 0; hour < hours; hour += 1) await pastTicks(clock, start + hour * HOUR_MS);
      const found = (taken.get('hourly') ?? []).map((at) => Math.floor((at.getTime() - start) / HOUR_MS));
      assert.deepEqual(found, [...Array(hours).keys()], 'one tick per hour');
      assert.equal(taken.get('nightly')?.length, 5);
    });

    it(`neither skips nor repeats a nightly or weekly tick in the two weeks around the day on which daylight saving time ${name}`, async (t) => {
      const start = middle - 7 * DAY_MS;
      const { clock, taken } = await simulate(t, new Date(start).toISOString(), [
        { name: 'nightly', schedule: '30 2 * * *', timezone: 'Europe/Berlin' },
        { name: 'utc', schedule: '30 2 * * *' },
        { name: 'weekly', schedule: '30 6 * * 1', timezone: 'America/New_York' },
      ]);
      for (let day = 0; day < 14; day += 1)
        for (const hour of [0, 1, 2, 10, 11]) await pastTicks(clock, start + day * DAY_MS + hour * HOUR_MS);

      const nights = (taken.get('nightly') ?? []).map((at) => hourIn('Europe/Berlin', at).slice(0, 10));
      const days = [...Array(14).keys()].map((day) =>
        hourIn('Europe/Berlin', new Date(start + day * DAY_MS + 12 * HOUR_MS)).slice(0, 10),
      );
      assert.deepEqual(nights, days, 'one tick per night, including the night of the change');
      assert.equal(taken.get('utc')?.length, 14);
      assert.equal(taken.get('weekly')?.length, 2);
    });
  }

  it('repeats no tick when its clock goes back by two hours, and then continues', async (t) => {
    const start = Date.parse('2026-05-05T00:00:00Z');
    const { clock, taken } = await simulate(t, new Date(start).toISOString(), [
      { name: 'hourly', schedule: '30 * * * *' },
    ]);
    const hour = (index: number): Promise<void> => pastTicks(clock, start + index * HOUR_MS);
    for (const index of [0, 1, 2]) await hour(index);
    await clock.setTime(start + HOUR_MS);
    for (const index of [1, 2, 3, 4]) await hour(index);
    const hours = (taken.get('hourly') ?? []).map((at) => Math.floor((at.getTime() - start) / HOUR_MS));
    assert.deepEqual(hours, [0, 1, 2, 3, 4]);
  });
});
