import { forSource, type SourceConfig } from '../../config/for-source.ts';
import type { Job } from '../../config/jobs.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { PipelineError } from '../../core/errors.ts';
import { dataDirOf } from '../data-folders.ts';

/**
 * One for each source of the jobs. Throws `usage` if they belong to several data folders and the database is embedded
 * in one.
 */
export function configsOf(
  whole: LoadedConfig,
  jobs: readonly Job[],
): readonly [SourceConfig, ...SourceConfig[]] {
  const [first, ...others] = jobs.map((job) => ({ job, ...forSource(whole, job.source).config }));
  if (first === undefined) {
    throw new PipelineError('Cannot serve: there is no job', {
      code: 'usage',
      hint: 'Configure one in jobs, or leave jobs out for one job of each source.',
    });
  }
  const dataDir = dataDirOf(first, first.job.from);
  const other = others.find((config) => dataDirOf(config, config.job.from) !== dataDir);
  if (other !== undefined && first.database.url === null) {
    throw new PipelineError(
      `Cannot serve job ${other.job.name} beside ${first.job.name}: simulated records are kept in a data folder of their own`,
      { code: 'usage', hint: 'Give all jobs the same from, or use a server.' },
    );
  }
  const bySource = new Map(
    [first, ...others].map(({ job: _job, ...config }) => [config.source, { ...config, dataDir }]),
  );
  const [one = { ...first, dataDir }, ...rest] = bySource.values();
  return [one, ...rest];
}
