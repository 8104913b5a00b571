import { openWorker, type JobWorker } from '../../src/app/jobs/worker.ts';
import type { JobEvent } from '../../src/app/jobs/perform.ts';
import { openRuntime } from '../../src/app/runtime.ts';
import { readJobs } from '../../src/config/jobs.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { RunEvent } from '../../src/core/events.ts';
import type { Log } from '../../src/core/ports.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createTestLog, type Line } from './http-upstream.ts';
import type { Workspace } from './workspace.ts';

type Ended = Extract<JobEvent, { readonly type: 'job.ended' }>;

/** A worker in this process, with a workspace's configuration. */
export type TestWorker = JobWorker & {
  readonly events: readonly JobEvent[];
  readonly runEvents: readonly RunEvent[];
  readonly lines: readonly Line[];
  /** The first log line that matches, past or future. */
  readonly line: (pattern: RegExp) => Promise<Line>;
  /** The event with which a job ends for the nth time, past or future; n counts from 1. */
  readonly ended: (job: string, n?: number) => Promise<Ended>;
  /** The next event of this type for a job, past or future. */
  readonly event: (job: string, type: JobEvent['type']) => Promise<JobEvent>;
  readonly close: () => Promise<void>;
};

export async function startTestWorker({ folder }: Pick<Workspace, 'folder'>): Promise<TestWorker> {
  const whole = await loadConfig({ env: {}, cwd: folder });
  const jobs = await readJobs(whole);
  const { signal } = new AbortController();
  const runtime = openRuntime({ signal });
  const { lines, log: own } = createTestLog();
  const waiting = new Set<() => void>();
  const telling =
    (level: keyof Log): Log['info'] =>
    (message, fields) => {
      own[level](message, fields);
      for (const look of waiting) look();
    };
  const log = {
    ...own,
    info: telling('info'),
    warn: telling('warn'),
    error: telling('error'),
  };
  const events: JobEvent[] = [];
  const runEvents: RunEvent[] = [];
  const deps = { runtime, clock: systemClock, log, signal, urlFrom: whole.urlFrom };
  const worker = await openWorker(
    {
      whole,
      jobs,
      migrate: true,
      starting: signal,
      subscribers: [(event) => runEvents.push(event)],
      onJob(event) {
        events.push(event);
        for (const look of waiting) look();
      },
    },
    deps,
  );
  await worker.start();

  function when<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  }

  return {
    ...worker,
    events,
    runEvents,
    lines,
    line: (pattern) => when(() => lines.find(({ message }) => pattern.test(message))),
    ended: (job, n = 1) =>
      when(() => events.filter((one): one is Ended => one.job === job && one.type === 'job.ended')[n - 1]),
    event: (job, type) => when(() => events.find((one) => one.job === job && one.type === type)),
    async close() {
      await worker.stop(10_000);
      await runtime.close();
    },
  };
}
