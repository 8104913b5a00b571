import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** A panel's text and size. The width is in columns; a dashboard has 24. */
export type PanelText = {
  readonly title: string;
  readonly description: string;
  /** One of Grafana's units, such as `s`, `bytes` or `short`. */
  readonly unit: string;
  readonly width: number;
};

/** A PromQL expression, and the legend for its series. */
export type Series = readonly [expression: string, legend: string];

export const PROMETHEUS = { type: 'prometheus', uid: '${prometheus}' } as const;
export const POSTGRES = { type: 'grafana-postgresql-datasource', uid: '${postgres}' } as const;

const HEIGHT = 8;

/** Lets the user choose the data source, so that a dashboard works with a data source of any name. */
export function dataSource(name: string, label: string, type: string): dashboard.DatasourceVariableBuilder {
  return new dashboard.DatasourceVariableBuilder(name).label(label).type(type);
}

export function graph(
  { description, title, unit, width }: PanelText,
  series: readonly Series[],
): timeseries.PanelBuilder {
  return new timeseries.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .unit(unit)
    .min(0)
    .height(HEIGHT)
    .span(width)
    .lineWidth(1)
    .fillOpacity(10)
    .showPoints(common.VisibilityMode.Never)
    .tooltip(new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi))
    .legend(legend())
    .targets(queries(series));
}

/** Like `graph`, but with stacked bars, for values that count what has happened since the previous value. */
export function bars(text: PanelText, series: readonly Series[]): timeseries.PanelBuilder {
  return graph(text, series)
    .drawStyle(common.GraphDrawStyle.Bars)
    .fillOpacity(80)
    .stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal));
}

/** A single number. It turns red above or below the threshold `bad`. */
export function number(
  { description, title, unit, width }: PanelText,
  [expression, name]: Series,
  bad: { readonly above: number } | { readonly below: number },
): stat.PanelBuilder {
  const steps =
    'above' in bad
      ? [
          { value: null, color: 'green' },
          { value: bad.above, color: 'red' },
        ]
      : [
          { value: null, color: 'red' },
          { value: bad.below, color: 'green' },
        ];
  return new stat.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .unit(unit)
    .height(4)
    .span(width)
    .noValue('unknown')
    .colorMode(common.BigValueColorMode.Background)
    .graphMode(common.BigValueGraphMode.None)
    .thresholds(new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(steps))
    .withTarget(query(expression, name, 'A').instant());
}

/** The latest values, one row per series. */
export function rows(
  { description, title, unit, width }: PanelText,
  [expression, name]: Series,
): table.PanelBuilder {
  return new table.PanelBuilder()
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .unit(unit)
    .height(HEIGHT)
    .span(width)
    .withTarget(query(expression, name, 'A').instant().format(prometheus.PromQueryFormat.Table))
    .withTransformation({ id: 'organize', options: { excludeByName: { Time: true } } });
}

export function legend(): common.VizLegendOptionsBuilder {
  return new common.VizLegendOptionsBuilder()
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
    .showLegend(true)
    .calcs([]);
}

function queries(series: readonly Series[]): Builder<Dataquery>[] {
  return series.map(([expression, name], index) => query(expression, name, String.fromCodePoint(65 + index)));
}

/** Sets the query's id, because Grafana does not assign ids in a provisioned dashboard. */
function query(expression: string, name: string, refId: string): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder()
    .datasource(PROMETHEUS)
    .refId(refId)
    .expr(expression)
    .legendFormat(name);
}
