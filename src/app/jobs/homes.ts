import { folderId } from '../../adapters/files/folder-id.ts';
import { folderToGoOn } from '../../adapters/postgres/jobs.ts';
import { forJob, type Job } from '../../config/jobs.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { JobQueue } from '../../core/queue.ts';
import { dataDirOf } from '../data-folders.ts';
import { withDatabase } from '../database.ts';
import type { HistoryDeps } from '../history.ts';

/** How long no process with the data folder of a job was alive, before another one may take it over. */
const TAKE_OVER_SECONDS = 600;

function dirOf(whole: LoadedConfig, job: Job): string {
  return dataDirOf(forJob(whole, job).config, job.from);
}

/** The ids of the data folders in which jobs go on from what was pulled there. */
export async function foldersOf(whole: LoadedConfig, jobs: readonly Job[]): Promise<readonly string[]> {
  const dirs = jobs.filter(({ source }) => source.changes !== null).map((job) => dirOf(whole, job));
  return Promise.all([...new Set(dirs)].map(folderId));
}

/**
 * Is a job better left to another process? Changes go on from files in one data folder: in any other one, everything
 * would have to be pulled again.
 */
export async function isElsewhere(
  job: Job,
  { queue, whole }: { readonly queue: Pick<JobQueue, 'wasServed'>; readonly whole: LoadedConfig },
  deps: HistoryDeps,
): Promise<boolean> {
  if (job.source.changes === null) return false;
  const dataDir = dirOf(whole, job);
  const { config } = forJob(whole, job);
  const home = await withDatabase(
    config,
    { ...deps, dataDir, what: 'serve', waitMs: 0 },
    async ({ session }) => folderToGoOn(session),
  );
  if (home === null || home === (await folderId(dataDir))) return false;
  return queue.wasServed(home, TAKE_OVER_SECONDS);
}
