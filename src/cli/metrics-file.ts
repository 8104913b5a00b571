import { dirname, resolve } from 'node:path';

import { InvalidArgumentError } from 'commander';

import { reasonOf } from '../core/errors.ts';
import type { Subscriber } from '../core/events.ts';
import { systemClock } from '../lib/clock.ts';
import { writeFileAtomic } from '../lib/atomic-file.ts';
import { errorCode } from '../lib/error-code.ts';
import type { Known, MetricsOfRun } from '../metrics/metrics.ts';
import type { CommandContext, CommandStreams } from './context.ts';

/** node_exporter reads only files with names that end in .prom. */
export function metricsFileOption(text: string): string {
  if (!text.endsWith('.prom')) throw new InvalidArgumentError('It must end in .prom.');
  return text;
}

/**
 * Performs a run and then writes its metrics, even if the run failed or could not begin. A failure to write them only
 * causes a warning. Without a file, does not load the metrics module. After reading the configuration, `work` calls
 * `watch` and passes the run's events to the subscribers that `watch` returns.
 */
export async function withMetricsFile<T>(
  file: string | undefined,
  { cwd, stderr }: Pick<CommandStreams, 'cwd' | 'stderr'>,
  work: (watch: (context: CommandContext) => readonly Subscriber[]) => Promise<T>,
): Promise<T> {
  if (file === undefined) return work(() => []);
  const { createRunFileMetrics } = await import('../metrics/metrics.ts');
  const create = (sources: Known['sources']): MetricsOfRun => {
    const jobs = sources.map(({ name }) => ({ name: '', source: name }));
    return createRunFileMetrics({ known: { sources, jobs }, clock: systemClock });
  };
  let metrics = create([]);
  let source = '';
  let hasEnded = false;
  let warn = (message: string): void => void stderr.write(`${message}\n`);
  try {
    return await work(({ loaded, log }) => {
      warn = log.warn;
      source = loaded.config.source.name;
      metrics = create([loaded.config.source]);
      const subscriber: Subscriber = (event) => {
        if (event.type === 'run.ended') hasEnded = true;
        metrics.subscriber(event);
      };
      return [subscriber];
    });
  } finally {
    if (!hasEnded) metrics.couldNotBegin(source, '');
    const path = resolve(cwd, file);
    try {
      await writeFileAtomic(path, (await metrics.text()).text);
    } catch (error) {
      const reason =
        errorCode(error) === 'ENOENT' ? `the folder ${dirname(path)} does not exist` : reasonOf(error);
      warn(`Cannot write the metrics to ${file}: ${reason}`);
    }
  }
}
