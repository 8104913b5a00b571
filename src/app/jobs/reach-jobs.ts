import { findJob, type Job } from '../../config/jobs.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { JobReport } from '../../core/job.ts';
import { dataDirOf } from '../data-folders.ts';
import { folderToRead } from '../folder-to-read.ts';
import type { JobBoard } from './board.ts';
import { reachFolder, type ReachedFolder } from './reach-folder.ts';
import type { AppDeps } from '../runtime.ts';

/** How a command accesses jobs. */
export type ReachedJobs = Omit<JobBoard, 'enable'> & {
  /** Where a job runs and can be enabled or disabled. Throws `usage` for an unknown job. */
  readonly home: (name: string) => Promise<ReachedFolder>;
};

/**
 * Reads each job where its runs are, because simulated records have their own data folder. For reading, the folder of
 * simulated records replaces a data folder that has no database.
 */
export async function reachJobs(
  whole: LoadedConfig,
  jobs: readonly Job[],
  deps: AppDeps,
): Promise<ReachedJobs> {
  const { config } = whole;
  const toRead = await folderToRead(config);
  const isServer = config.database.url !== null;
  const homeOf = ({ from }: Job): string => (isServer ? config.dataDir : dataDirOf(config, from));
  const readOf = (job: Job): string => (homeOf(job) === config.dataDir ? toRead.dataDir : homeOf(job));

  const folders = new Map<string, ReachedFolder>();
  for (const dataDir of new Set(jobs.map(readOf))) {
    const own = jobs.filter((job) => readOf(job) === dataDir);
    folders.set(dataDir, await reachFolder({ whole, jobs: own, dataDir }, deps));
  }
  const [only = null] = folders.size === 1 ? folders.values() : [];
  /** A `serve` process can have jobs that are missing from this configuration. */
  const reading = (name: string): ReachedFolder =>
    only ?? folders.get(readOf(findJob(jobs, name))) ?? noFolder(name);

  return {
    async list() {
      if (only !== null) return only.list();
      const all = await Promise.all([...folders.values()].map((folder) => folder.list()));
      const reports = new Map(all.flat().map((report) => [report.name, report]));
      return jobs.flatMap(({ name }): JobReport[] => {
        const report = reports.get(name);
        return report === undefined ? [] : [report];
      });
    },
    history: async (name, limit) => reading(name).history(name, limit),
    async home(name) {
      const read = reading(name);
      if (read.isRemote) return read;
      const dataDir = homeOf(findJob(jobs, name));
      return folders.get(dataDir) ?? reachFolder({ whole, jobs, dataDir }, deps);
    },
  };
}

function noFolder(name: string): never {
  throw new Error(`job ${name} has no data folder`);
}
