import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { runQuery, type QueryResult } from '../adapters/postgres/query.ts';
import type { Config } from '../config/load.ts';
import { PipelineError } from '../core/errors.ts';
import { READ_WAIT_MS, withDatabase } from './database.ts';
import { sandboxDataDir, type HistoryDeps } from './history.ts';

export type { QueryResult } from '../adapters/postgres/query.ts';

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
  const opening = { ...deps, dataDir, what: 'query', waitMs: READ_WAIT_MS };
  return withDatabase(config, opening, ({ session }) => runQuery(session, sql, options));
}
