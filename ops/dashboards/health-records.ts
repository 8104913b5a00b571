import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

import { bars, graph, rows } from './panels.ts';

/** Records, and their age. */
export function addRecords(builder: dashboard.DashboardBuilder): void {
  builder
    .withRow(new dashboard.RowBuilder('Records'))
    .withPanel(
      bars(
        {
          title: 'Records of published resources',
          description: 'By what became of them',
          unit: 'short',
          width: 12,
        },
        [
          [
            'sum by (outcome) (increase(spacex_pipeline_records_total{source=~"$source", outcome!~"received|validated|unchanged"}[$__rate_interval]))',
            '{{outcome}}',
          ],
        ],
      ),
    )
    .withPanel(
      graph(
        {
          title: 'Share of records set aside',
          description: 'Within a day',
          unit: 'percentunit',
          width: 12,
        },
        [
          [
            'source_resource:spacex_pipeline_records_errored:ratio_increase1d{source=~"$source"}',
            '{{resource}}',
          ],
        ],
      ),
    )
    .withPanel(
      graph({ title: 'Open rejects and held rows', description: 'By resource', unit: 'short', width: 12 }, [
        [
          'max by (resource) (spacex_pipeline_rejects_open{source=~"$source"}) > 0',
          '{{resource}}: open rejects',
        ],
        ['max by (resource) (spacex_pipeline_rows_held{source=~"$source"}) > 0', '{{resource}}: held rows'],
      ]),
    )
    .withPanel(
      graph(
        {
          title: 'Data checks and drift',
          description: 'Checks that found rows, and what moved in the newest run',
          unit: 'short',
          width: 12,
        },
        [
          ['max by (severity) (spacex_pipeline_checks_failing{source=~"$source"})', 'checks: {{severity}}'],
          ['sum(max by (resource) (spacex_pipeline_drift_findings{source=~"$source"}))', 'drift'],
        ],
      ),
    )
    .withPanel(
      rows(
        {
          title: 'Since the last publish',
          description: 'Of each resource',
          unit: 's',
          width: 12,
        },
        [
          'time() - max by (source, resource) (spacex_pipeline_last_success_timestamp_seconds{source=~"$source"})',
          '',
        ],
      ),
    )
    .withPanel(
      rows(
        {
          title: 'Since the newest event',
          description: 'That published rows report: how old the data themselves are',
          unit: 's',
          width: 12,
        },
        [
          'time() - max by (source, resource) (spacex_pipeline_newest_event_timestamp_seconds{source=~"$source"})',
          '',
        ],
      ),
    );
}
