import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

import { bars, graph, rows } from './panels.ts';

/** Runs, jobs and the queue. */
export function addRuns(builder: dashboard.DashboardBuilder): void {
  builder
    .withRow(new dashboard.RowBuilder('Runs and jobs'))
    .withPanel(
      bars({ title: 'Runs', description: 'By how they ended', unit: 'short', width: 12 }, [
        [
          'sum by (status) (increase(spacex_pipeline_runs_total{source=~"$source"}[$__rate_interval]))',
          '{{status}}',
        ],
      ]),
    )
    .withPanel(
      graph({ title: 'Duration of runs', description: '95 of 100 took less', unit: 's', width: 12 }, [
        [
          'source:spacex_pipeline_run_duration_seconds:p95_increase7d{source=~"$source"}',
          '{{source}}: 7 days',
        ],
        [
          'sum by (source) (increase(spacex_pipeline_lock_wait_seconds_total{source=~"$source"}[$__rate_interval]))',
          '{{source}}: wait for the lock',
        ],
      ]),
    )
    .withPanel(
      bars({ title: 'Tries of jobs', description: 'By how they ended', unit: 'short', width: 8 }, [
        [
          'sum by (job_name, status) (increase(spacex_pipeline_job_tries_total[$__rate_interval])) > 0',
          '{{job_name}} {{status}}',
        ],
      ]),
    )
    .withPanel(
      graph({ title: 'Queue', description: 'Jobs that wait or run', unit: 'short', width: 8 }, [
        ['max by (state) (spacex_pipeline_queue_jobs)', '{{state}}'],
      ]),
    )
    .withPanel(
      graph(
        {
          title: 'Oldest in the queue',
          description: 'How long it has waited or run',
          unit: 's',
          width: 8,
        },
        [['max by (state) (spacex_pipeline_queue_oldest_age_seconds)', '{{state}}']],
      ),
    )
    .withPanel(
      graph(
        {
          title: 'Time without success',
          description: 'Of each job, beside the wait between two ticks of its schedule',
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
          title: 'Time in each step',
          description: 'Over the range of the dashboard; steps and resources overlap',
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
