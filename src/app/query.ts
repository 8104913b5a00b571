import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { runQuery, type QueryResult } from '../adapters/postgres/query.ts';
import type { Config } from '../config/load.ts';
import { PipelineError } from '../core/errors.ts';
import { openDatabase } from './database.ts';
import { sandboxDataDir, type HistoryDeps } from './history.ts';

export type { QueryResult } from '../adapters/postgres/query.ts';

const WAIT_MS = 5000;

/** One statement on the target. Throws `database` for an SQL error, `busy` when a run holds the embedded database. */
export async function queryTarget(
  config: Config,
  sql: string,
  options: { readonly write: boolean },
  deps: HistoryDeps,
): Promise<QueryResult> {
  const { dataDir } = config;
  if (config.database.url === null && !existsSync(join(dataDir, 'database'))) {
    const simulated = sandboxDataDir(dataDir);
    throw new PipelineError(`Cannot query: there is no database in ${dataDir} yet`, {
      code: 'database',
      hint:
        simulated === null
          ? 'spacex-pipeline run'
          : `Simulated records are in ${simulated}: give --data-dir.`,
    });
  }
  const { session, close } = await openDatabase(config, { ...deps, dataDir, what: 'query', waitMs: WAIT_MS });
  try {
    return await runQuery(session, sql, options);
  } finally {
    await close();
  }
}
