import { PipelineError } from '../core/errors.ts';
import type { Source } from '../core/source.ts';
import type { Config, LoadedConfig } from './load.ts';
import type { SourceKey } from './schema.ts';

/** The configuration as one source sees it: `settings` contains only the settings of that source. */
export type SourceConfig = Omit<Config, 'sources'> & {
  readonly source: Source;
  readonly settings: Config['sources'][string];
};

export type LoadedSource = Omit<LoadedConfig, 'config' | 'origins'> & {
  readonly config: SourceConfig;
  readonly whole: LoadedConfig;
  /** Whether the setting was left at its default. */
  readonly isDefault: (key: SourceKey) => boolean;
};

export function forSource(loaded: LoadedConfig, source: Source): LoadedSource {
  const { sources, ...shared } = loaded.config;
  const settings = sources[source.name];
  if (settings === undefined) {
    throw new PipelineError(`Cannot configure source ${source.name}: it is not listed`, { code: 'internal' });
  }
  return {
    ...loaded,
    whole: loaded,
    config: { ...shared, source, settings },
    isDefault: (key) => (loaded.origins[`sources.${source.name}.${key}`] ?? 'default') === 'default',
  };
}
