import { existsSync } from 'node:fs';

import type { Config } from '../config/load.ts';
import { PipelineError } from '../core/errors.ts';
import { embeddedDir, READ_WAIT_MS, withDatabase, type OpenDatabase } from './database.ts';
import { sandboxDataDir, type HistoryDeps } from './history.ts';

/**
 * Reads what is published. `what` is the command. Throws `database` where there is no embedded database yet, `busy`
 * when a run holds it.
 */
export async function readTarget<T>(
  config: Config,
  what: string,
  deps: HistoryDeps,
  work: (opened: OpenDatabase) => Promise<T>,
): Promise<T> {
  const { dataDir } = config;
  if (config.database.url === null) requireEmbedded(dataDir, what);
  return withDatabase(config, { ...deps, dataDir, what, waitMs: READ_WAIT_MS }, work);
}

/** Throws `database` where there is none yet. */
export function requireEmbedded(dataDir: string, what: string): void {
  if (existsSync(embeddedDir(dataDir))) return;
  const simulated = sandboxDataDir(dataDir);
  throw new PipelineError(`Cannot ${what}: there is no database in ${dataDir} yet`, {
    code: 'database',
    hint:
      simulated === null ? 'spacex-pipeline run' : `Simulated records are in ${simulated}: give --data-dir.`,
  });
}
