import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';

import { POSTGRES } from './panels.ts';

/** The SDK has no builder for queries of PostgreSQL. */
type SqlQuery = Dataquery & {
  readonly refId: string;
  readonly datasource: typeof POSTGRES;
  readonly format: 'table' | 'time_series';
  readonly editorMode: 'code';
  readonly rawQuery: true;
  readonly rawSql: string;
};

/** What a panel asks PostgreSQL; `${schema}` is a variable of the dashboard. */
export function sql(rawSql: string): Builder<Dataquery> {
  const query: SqlQuery = {
    refId: 'A',
    datasource: POSTGRES,
    format: 'table',
    editorMode: 'code',
    rawQuery: true,
    rawSql,
    _implementsDataqueryVariant: () => undefined,
  };
  return { build: () => query };
}
