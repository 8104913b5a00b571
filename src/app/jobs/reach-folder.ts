import { readHolder } from '../../adapters/files/folder-lock.ts';
import { hasDatabase } from '../../adapters/postgres/database-folder.ts';
import { openForeign } from '../../adapters/postgres/foreign.ts';
import { countServers, queueVersion, readEntries } from '../../adapters/queue/entries.ts';
import { forSource } from '../../config/for-source.ts';
import { findJob } from '../../config/jobs.ts';
import type { QueueEntry } from '../../core/queue.ts';
import { sources } from '../../sources/index.ts';
import { withDatabase } from '../database.ts';
import { embeddedDir, type AppDeps } from '../runtime.ts';
import { openBoard, type BoardOptions, type JobBoard } from './board.ts';
import { remoteBoard } from './remote-board.ts';

/** `id` is null if the job is already queued; `unserved` means that no process would take it from the queue. */
type Queued = { readonly id: string | null; readonly unserved: boolean };

const UNSERVED: Queued = { id: null, unserved: true };

/** The jobs of one database. */
export type ReachedFolder = JobBoard & {
  /** Whether the jobs belong to a `serve` process that holds the embedded database. */
  readonly isRemote: boolean;
  /** Queues a job for the processes that serve the queue. */
  readonly run: (name: string) => Promise<Queued>;
  /** The queue entries, for a job that runs in this process. */
  readonly entries: () => Promise<readonly QueueEntry[]>;
};

type FolderOptions = Pick<BoardOptions, 'whole' | 'jobs' | 'dataDir'>;

/** Reaches the jobs over HTTP if a `serve` process holds the embedded database, otherwise in the database itself. */
export async function reachFolder(
  { dataDir, jobs, whole }: FolderOptions,
  deps: AppDeps,
): Promise<ReachedFolder> {
  const { config } = forSource(whole, jobs[0]?.source ?? sources[0]);
  const isEmbedded = config.database.url === null;
  const url = isEmbedded ? ((await readHolder(dataDir))?.url ?? null) : null;
  if (url?.startsWith('http') === true) return remoteBoard(url, config.serve.token, deps.signal);

  const schema = config.serve.queueSchema;
  const isEmpty = (): boolean => isEmbedded && !hasDatabase(embeddedDir(dataDir));
  const inQueue = <T>(
    otherwise: T,
    work: (database: ReturnType<typeof openForeign>) => Promise<T>,
  ): Promise<T> =>
    withDatabase(config, { ...deps, dataDir, what: 'jobs', waitMs: 0 }, async ({ database }) => {
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
    isRemote: false,
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
