import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

import { bars, graph, rows } from './panels.ts';

/** Adds the panels for runs, jobs and the queue. */
export function addRuns(builder: dashboard.DashboardBuilder): void {
  builder
    .withRow(new dashboard.RowBuilder('Runs and jobs'))
    .withPanel(
      bars({ title: 'Runs', description: 'By status', unit: 'short', width: 12 }, [
        [
          'sum by (status) (increase(spacex_pipeline_runs_total{source=~"$source"}[$__rate_interval]))',
          '{{status}}',
        ],
      ]),
    )
    .withPanel(
      graph(
        {
          title: 'Run duration',
          description: '95th percentile over 7 days, and time spent waiting for the lock',
          unit: 's',
          width: 12,
        },
        [
          [
            'source:spacex_pipeline_run_duration_seconds:p95_increase7d{source=~"$source"}',
            '{{source}}: duration',
          ],
          [
            'sum by (source) (increase(spacex_pipeline_lock_wait_seconds_total{source=~"$source"}[$__rate_interval]))',
            '{{source}}: waiting for the lock',
          ],
        ],
      ),
    )
    .withPanel(
      bars({ title: 'Job attempts', description: 'By job and status', unit: 'short', width: 8 }, [
        [
          'sum by (job_name, status) (increase(spacex_pipeline_job_tries_total[$__rate_interval])) > 0',
          '{{job_name}} {{status}}',
        ],
      ]),
    )
    .withPanel(
      graph({ title: 'Queue', description: 'Jobs that are waiting or running', unit: 'short', width: 8 }, [
        ['max by (state) (spacex_pipeline_queue_jobs)', '{{state}}'],
      ]),
    )
    .withPanel(
      graph(
        {
          title: 'Oldest job in the queue',
          description: 'How long it has been waiting or running',
          unit: 's',
          width: 8,
        },
        [['max by (state) (spacex_pipeline_queue_oldest_age_seconds)', '{{state}}']],
      ),
    )
    .withPanel(
      graph(
        {
          title: 'Time since the last success',
          description: 'By job, with the interval between two ticks of its schedule for comparison',
          unit: 's',
          width: 12,
        },
        [
          ['job_name:spacex_pipeline_job_since_success_seconds:max', '{{job_name}}'],
          ['max by (job_name) (spacex_pipeline_job_interval_seconds)', '{{job_name}}: interval'],
        ],
      ),
    )
    .withPanel(
      rows(
        {
          title: 'Time spent in each step',
          description: 'Over the dashboard’s time range; steps and resources overlap',
          unit: 's',
          width: 12,
        },
        [
          'sort_desc(sum by (source, resource, step) (increase(spacex_pipeline_step_seconds_total{source=~"$source"}[$__range])))',
          '',
        ],
      ),
    );
}
