import { runQuery } from '../adapters/postgres/query.ts';
import type { RowSet } from '../adapters/postgres/read-rows.ts';
import type { Config } from '../config/load.ts';
import type { HistoryDeps } from './history.ts';
import { readAsItStands } from './read-target.ts';

export type { RowSet } from '../adapters/postgres/read-rows.ts';

/** One statement on the target. Throws `database` for an SQL error, `busy` when a run holds the embedded database. */
export async function queryTarget(
  config: Config,
  sql: string,
  options: { readonly write: boolean },
  deps: HistoryDeps,
): Promise<RowSet> {
  return readAsItStands(config, 'query', deps, ({ session }) => runQuery(session, sql, options));
}
