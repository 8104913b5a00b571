import { once } from 'node:events';

import { openDatabaseFolder } from '../adapters/postgres/database-folder.ts';
import { databaseError } from '../adapters/postgres/errors.ts';
import { servedSettings } from '../adapters/postgres/gateway.ts';
import { shareEngine } from '../adapters/postgres/shared-engine.ts';
import type { SourceConfig } from '../config/for-source.ts';
import { PipelineError } from '../core/errors.ts';
import { maskUrl } from '../lib/mask-url.ts';
import { READ_WAIT_MS } from './database.ts';
import { embeddedDir, lockData, type AppDeps } from './runtime.ts';
import { requireEmbedded } from './read-target.ts';
import { readerUrl, shareDatabase } from './share-database.ts';

const WHAT = 'db serve';

/**
 * Serves the embedded database on the loopback interface until the signal aborts; `ready` receives the URL. Throws
 * `usage` if a server is configured, and `busy` while a run holds the database.
 */
export async function serveDatabase(
  configs: readonly [SourceConfig, ...SourceConfig[]],
  options: { readonly port: number; readonly ready: (url: string) => void },
  deps: AppDeps,
): Promise<void> {
  const [config] = configs;
  const { dataDir } = config;
  const { url } = config.database;
  const schemas = configs.map(({ settings }) => settings.schema);
  if (url !== null) {
    throw new PipelineError(`Cannot serve ${maskUrl(url)}: it is already a server`, {
      code: 'usage',
      hint: 'Connect to that URL. Only the embedded database needs db serve.',
    });
  }
  requireEmbedded(dataDir, 'serve the database');
  const lock = await lockData(config, { ...deps, dataDir, what: WHAT, waitMs: READ_WAIT_MS });
  try {
    const engine = await openDatabaseFolder(embeddedDir(dataDir), {
      settings: servedSettings(schemas),
      signal: deps.signal,
      check: lock.check,
    });
    try {
      const shared = shareEngine(engine);
      const urlOf = (port: number | null): string => readerUrl(port ?? 0);
      const gateway = await shareDatabase(
        { dataDir, lock, share: async () => shared },
        { port: options.port, urlOf },
      );
      options.ready(urlOf(gateway.port));
      const stopped = deps.signal.aborted ? null : once(deps.signal, 'abort').then(() => null);
      const failure = await Promise.race([stopped, engine.ended]);
      await gateway.close();
      if (failure !== null)
        throw databaseError('keep serving', failure, 'Start db serve again. The data is unchanged.');
    } finally {
      await engine.close();
    }
  } finally {
    await lock.release();
  }
}
