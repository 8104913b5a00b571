import * as barchart from '@grafana/grafana-foundation-sdk/barchart';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as table from '@grafana/grafana-foundation-sdk/table';

import { legend, POSTGRES, type PanelText } from './panels.ts';

/** The SDK has no builder for PostgreSQL queries. */
type SqlQuery = Dataquery & {
  readonly refId: string;
  readonly datasource: typeof POSTGRES;
  readonly format: 'table' | 'time_series';
  readonly editorMode: 'code';
  readonly rawQuery: true;
  readonly rawSql: string;
};

/** Stacked columns, one for each value of `x`. */
export function columns(
  { description, title, unit, width }: PanelText,
  x: string,
  query: string,
): barchart.PanelBuilder {
  return new barchart.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(POSTGRES)
    .unit(unit)
    .height(9)
    .span(width)
    .xField(x)
    .stacking(common.StackingMode.Normal)
    .legend(legend())
    .withTarget(sql(query));
}

/** A table of the rows that the query returns, in its order. */
export function list({ description, title, unit, width }: PanelText, query: string): table.PanelBuilder {
  return new table.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(POSTGRES)
    .unit(unit)
    .height(9)
    .span(width)
    .withTarget(sql(query));
}

/** A panel's PostgreSQL query; `${schema}` is a dashboard variable. */
function sql(rawSql: string): Builder<Dataquery> {
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
