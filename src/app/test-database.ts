import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import type { InitDocument } from '../output/documents.ts';
import { withDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { lockData, type AppDeps } from './runtime.ts';

/**
 * Checks that the configured server can be reached or that the embedded database's folder is writable. Throws if not.
 */
export async function testDatabase(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  deps: AppDeps,
): Promise<Omit<InitDocument, 'file' | 'next'>> {
  const [config] = configs;
  const { dataDir } = config;
  const options = { ...deps, dataDir, what: 'init', waitMs: 0 };
  if (config.database.url === null) {
    await lockData(config, options).then(
      ({ release }) => release(),
      (error: unknown) => {
        // If another process holds the database, the folder is writable.
        if (!(error instanceof PipelineError) || error.code !== 'busy') throw error;
      },
    );
    return { database: dataDir, version: null, pending: null };
  }
  const found = await withDatabase(config, options, async ({ database, session }) => {
    const { version } = await session.one<{ version: string }>(
      `SELECT current_setting('server_version') AS version`,
    );
    return { database: database.name, version };
  });
  const { migrations } = await migrate(configs, 'status', deps);
  return { ...found, pending: migrations.filter(({ applied_at }) => applied_at === null).length };
}
