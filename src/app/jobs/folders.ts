import { folderId } from '../../adapters/files/folder-id.ts';
import { folderToContinueIn } from '../../adapters/postgres/jobs.ts';
import { forJob, type Job } from '../../config/jobs.ts';
import { forSource, type SourceConfig } from '../../config/for-source.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { PipelineError } from '../../core/errors.ts';
import type { JobQueue } from '../../core/queue.ts';
import { dataDirOf } from '../data-folders.ts';
import { withDatabase } from '../database.ts';
import type { AppDeps } from '../runtime.ts';

/**
 * One configuration for each source of the jobs. Throws `usage` if the database is embedded and the jobs belong to
 * several data folders.
 */
export function configsOf(
  whole: LoadedConfig,
  jobs: readonly Job[],
): readonly [SourceConfig, ...SourceConfig[]] {
  const [first, ...others] = jobs.map((job) => ({ job, ...forSource(whole, job.source).config }));
  if (first === undefined) {
    throw new PipelineError('Cannot serve: there are no jobs', {
      code: 'usage',
      hint: 'Configure one in jobs, or omit jobs to get one job for each source.',
    });
  }
  const dataDir = dataDirOf(first, first.job.from);
  const other = others.find((config) => dataDirOf(config, config.job.from) !== dataDir);
  if (other !== undefined && first.database.url === null) {
    throw new PipelineError(
      `Cannot serve job ${other.job.name} together with ${first.job.name}: simulated records have a separate data folder`,
      { code: 'usage', hint: 'Use the same value of `from` in all jobs, or use a database server.' },
    );
  }
  const bySource = new Map(
    [first, ...others].map(({ job: _job, ...config }) => [config.source, { ...config, dataDir }]),
  );
  const [one = { ...first, dataDir }, ...rest] = bySource.values();
  return [one, ...rest];
}

/** If no process with the job's data folder has been alive for this long, another process may take over the job. */
const TAKE_OVER_SECONDS = 600;

function dirOf(whole: LoadedConfig, job: Job): string {
  return dataDirOf(forJob(whole, job).config, job.from);
}

/** The ids of the data folders that hold the pages from which later incremental pulls continue. */
export async function foldersOf(whole: LoadedConfig, jobs: readonly Job[]): Promise<readonly string[]> {
  const dirs = jobs.filter(({ source }) => source.changes !== null).map((job) => dirOf(whole, job));
  return Promise.all([...new Set(dirs)].map(folderId));
}

/**
 * Whether another process should take this job. An incremental pull continues from files in one data folder. In any
 * other folder, it would have to pull everything again.
 */
export async function isElsewhere(
  job: Job,
  { queue, whole }: { readonly queue: Pick<JobQueue, 'wasServed'>; readonly whole: LoadedConfig },
  deps: AppDeps,
): Promise<boolean> {
  if (job.source.changes === null) return false;
  const dataDir = dirOf(whole, job);
  const { config } = forJob(whole, job);
  const home = await withDatabase(
    config,
    { ...deps, dataDir, what: 'serve', waitMs: 0 },
    async ({ session }) => folderToContinueIn(session),
  );
  if (home === null || home === (await folderId(dataDir))) return false;
  return queue.wasServed(home, TAKE_OVER_SECONDS);
}
