import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

import { bars, graph } from './panels.ts';

/** Adds the panels for requests to the sources. */
export function addRequests(builder: dashboard.DashboardBuilder): void {
  builder
    .withRow(new dashboard.RowBuilder('Source'))
    .withPanel(
      bars({ title: 'Requests', description: 'Each attempt, by status', unit: 'short', width: 8 }, [
        [
          'sum by (status) (increase(spacex_pipeline_http_requests_total{source=~"$source"}[$__rate_interval]))',
          '{{status}}',
        ],
      ]),
    )
    .withPanel(
      bars({ title: 'Retries', description: 'By reason', unit: 'short', width: 8 }, [
        [
          'sum by (reason) (increase(spacex_pipeline_http_retries_total{source=~"$source"}[$__rate_interval]))',
          '{{reason}}',
        ],
      ]),
    )
    .withPanel(
      graph(
        { title: 'Failed requests', description: 'Share over the last hour', unit: 'percentunit', width: 8 },
        [['source:spacex_pipeline_http_requests_failed:ratio_increase1h{source=~"$source"}', '{{source}}']],
      ),
    )
    .withPanel(
      graph(
        { title: 'Request duration', description: '95th percentile over the last day', unit: 's', width: 8 },
        [
          [
            'histogram_quantile(0.95, sum by (source, le) (increase(spacex_pipeline_http_request_duration_seconds_bucket{source=~"$source"}[1d])))',
            '{{source}}',
          ],
        ],
      ),
    )
    .withPanel(
      bars({ title: 'Received', description: 'Bytes after content decoding', unit: 'bytes', width: 8 }, [
        [
          'sum by (resource) (increase(spacex_pipeline_received_bytes_total{source=~"$source"}[$__rate_interval])) > 0',
          '{{resource}}',
        ],
      ]),
    )
    .withPanel(
      graph(
        {
          title: 'Quota',
          description: 'Requests that the source still allows, if it reports a quota',
          unit: 'short',
          width: 8,
        },
        [['min by (source) (spacex_pipeline_quota_remaining{source=~"$source"})', '{{source}}']],
      ),
    );
}
