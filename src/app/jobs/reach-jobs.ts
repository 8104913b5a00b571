import { readHolder } from '../../adapters/files/folder-lock.ts';
import { hasDatabase } from '../../adapters/postgres/database-folder.ts';
import { openForeign } from '../../adapters/postgres/foreign.ts';
import { countServers, queueVersion, readEntries } from '../../adapters/queue/entries.ts';
import { findJob, type Job } from '../../config/jobs.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { QueueEntry } from '../../core/queue.ts';
import { withDatabase } from '../database.ts';
import { sandboxDataDir, type HistoryDeps } from '../history.ts';
import { embeddedDir } from '../runtime.ts';
import { openBoard, type JobBoard } from './board.ts';
import { remoteBoard } from './remote-board.ts';
import { configsOf } from './configs.ts';

/** `id` is null where it is queued already; `unserved`: nobody would take it from the queue. */
type Queued = { readonly id: string | null; readonly unserved: boolean };

const UNSERVED: Queued = { id: null, unserved: true };

/** The jobs as a command finds them. */
export type ReachedJobs = JobBoard & {
  /** Queues a job for the processes that serve the queue. */
  readonly run: (name: string) => Promise<Queued>;
  /** What is in the queue, for a run of a job in this process. */
  readonly entries: () => Promise<readonly QueueEntry[]>;
  readonly configs: ReturnType<typeof configsOf>;
};

/** Over HTTP where `serve` holds the embedded database, else in the database itself. */
export async function reachJobs(
  whole: LoadedConfig,
  jobs: readonly Job[],
  deps: HistoryDeps,
): Promise<ReachedJobs> {
  const configs = configsOf(whole, jobs);
  const [first] = configs;
  const isEmbedded = first.database.url === null;
  const dataDir = first.dataDir;
  if (isEmbedded) {
    for (const dir of [dataDir, sandboxDataDir(dataDir)]) {
      const url = dir === null ? null : ((await readHolder(dir))?.url ?? null);
      if (url?.startsWith('http') === true) {
        const remote = remoteBoard(url, first.serve.token, deps.signal);
        return {
          ...remote,
          configs,
          entries: async () => [],
          run: async (name) => ({ id: await remote.run(name), unserved: false }),
        };
      }
    }
  }

  const schema = first.serve.queueSchema;
  const isEmpty = (): boolean => isEmbedded && !hasDatabase(embeddedDir(dataDir));
  const inQueue = <T>(
    otherwise: T,
    work: (database: ReturnType<typeof openForeign>) => Promise<T>,
  ): Promise<T> =>
    withDatabase(first, { ...deps, dataDir, what: 'jobs', waitMs: 0 }, async ({ database }) => {
      const foreign = openForeign(database.inSchema(schema));
      try {
        return (await queueVersion(foreign, schema)) === null ? otherwise : await work(foreign);
      } finally {
        await foreign.close();
      }
    });
  const entries = async (): Promise<readonly QueueEntry[]> =>
    isEmpty() ? [] : inQueue<readonly QueueEntry[]>([], (database) => readEntries(database, schema));
  const board = openBoard({ whole, jobs, dataDir, entries, isEmpty }, deps);
  return {
    ...board,
    configs,
    entries,
    async run(name) {
      const job = findJob(jobs, name);
      if (isEmbedded) return UNSERVED;
      return inQueue(UNSERVED, async (database) => {
        if ((await countServers(database, schema)) === 0) return UNSERVED;
        const { sendJob } = await import('../../adapters/queue/queue.ts');
        const id = await sendJob({ database, schema, alone: false, log: deps.log }, job);
        return { id, unserved: false };
      });
    },
  };
}
