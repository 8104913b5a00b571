import { dirname, resolve } from 'node:path';

import { InvalidArgumentError } from 'commander';

import { reasonOf } from '../core/errors.ts';
import type { Subscriber } from '../core/events.ts';
import { systemClock } from '../lib/clock.ts';
import { writeFileAtomic } from '../lib/atomic-file.ts';
import { errorCode } from '../lib/error-code.ts';
import type { Known, MetricsOfRun } from '../metrics/metrics.ts';
import type { CommandContext, CommandStreams } from './context.ts';

/** node_exporter reads only the files in its folder that end in .prom. */
export function metricsFileOption(text: string): string {
  if (!text.endsWith('.prom')) throw new InvalidArgumentError('It must end in .prom.');
  return text;
}

/** Names the source of the run, once the configuration has been read. */
export type Watching = (context: CommandContext) => readonly Subscriber[];

/**
 * Does the work of a run and writes its metrics however the run ends, even if it could not begin. A failure to write
 * them is only a warning. Without a file, nothing is loaded.
 */
export async function withMetricsFile<T>(
  file: string | undefined,
  { cwd, stderr }: Pick<CommandStreams, 'cwd' | 'stderr'>,
  work: (watch: Watching) => Promise<T>,
): Promise<T> {
  if (file === undefined) return work(() => []);
  const watched = await openWatched();
  let warn = (message: string): void => void stderr.write(`${message}\n`);
  try {
    return await work((context) => {
      warn = context.log.warn;
      return [watched.begin(context.loaded.config.source)];
    });
  } finally {
    const path = resolve(cwd, file);
    await watched
      .end((text) => writeFileAtomic(path, text))
      .catch((error: unknown) => {
        const isMissing = errorCode(error) === 'ENOENT';
        const reason = isMissing ? `there is no folder ${dirname(path)}` : reasonOf(error);
        warn(`Cannot write the metrics to ${file}: ${reason}`);
      });
  }
}

type Watched = {
  readonly begin: (source: Known['sources'][number]) => Subscriber;
  readonly end: (write: (text: string) => Promise<void>) => Promise<void>;
};

async function openWatched(): Promise<Watched> {
  const { createRunFileMetrics } = await import('../metrics/metrics.ts');
  const create = (sources: Known['sources']): MetricsOfRun => {
    const jobs = sources.map(({ name }) => ({ name: '', source: name }));
    return createRunFileMetrics({ known: { sources, jobs }, clock: systemClock });
  };
  let of = '';
  let metrics = create([]);
  let hasEnded = false;
  return {
    begin(source) {
      of = source.name;
      metrics = create([source]);
      return (event) => {
        if (event.type === 'run.ended') hasEnded = true;
        metrics.subscriber(event);
      };
    },
    async end(write) {
      if (!hasEnded) metrics.unbegun(of, '');
      await write((await metrics.text()).text);
    },
  };
}
