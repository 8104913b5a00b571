import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

import { bars, graph, rows } from './panels.ts';

/** Adds the panels for records and their age. */
export function addRecords(builder: dashboard.DashboardBuilder): void {
  builder
    .withRow(new dashboard.RowBuilder('Records'))
    .withPanel(
      bars(
        {
          title: 'Records of published resources',
          description: 'By outcome',
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
          description: 'Over the last day',
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
          description: 'Data checks that found rows, and drift in the newest run',
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
          title: 'Time since the last publish',
          description: 'By resource',
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
          title: 'Time since the newest event',
          description: 'The age of the newest event in the published rows',
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
