import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

import { addRecords } from './health-records.ts';
import { addRequests } from './health-requests.ts';
import { addRuns } from './health-runs.ts';
import { dataSource, graph, number, PROMETHEUS } from './panels.ts';

/** The state of the pipeline, from the metrics that Prometheus has scraped. */
export function pipelineHealth(): dashboard.Dashboard {
  const builder = new dashboard.DashboardBuilder('Pipeline health')
    .uid('spacex-pipeline-health')
    .description('Runs, jobs, requests and records of spacex-pipeline. Generated: npm run dashboards')
    .tags(['spacex-pipeline'])
    .timezone('utc')
    .refresh('1m')
    .time({ from: 'now-7d', to: 'now' })
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .withVariable(dataSource('prometheus', 'Prometheus', 'prometheus'))
    .withVariable(
      new dashboard.QueryVariableBuilder('source')
        .label('Source')
        .datasource(PROMETHEUS)
        .query({ query: 'label_values(spacex_pipeline_runs_total, source)', refId: 'A' })
        .refresh(dashboard.VariableRefresh.OnDashboardLoad)
        .multi(true)
        .includeAll(true)
        .allValue('.*')
        .current({ selected: true, text: ['All'], value: ['$__all'] }),
    );
  addNow(builder);
  addRuns(builder);
  addRecords(builder);
  addRequests(builder);
  addProcess(builder);
  return builder.build();
}

function addNow(builder: dashboard.DashboardBuilder): void {
  const of = (title: string, description: string, unit = 'short') => ({ title, description, unit, width: 4 });
  builder
    .withRow(new dashboard.RowBuilder('Now'))
    .withPanel(
      number(
        of('Database', '1 where each process could read its database at the last scrape'),
        ['min(spacex_pipeline_ledger_up)', 'database'],
        { below: 1 },
      ),
    )
    .withPanel(
      number(
        of('Failing jobs', 'Jobs whose last try failed'),
        ['sum(max by (job_name) (spacex_pipeline_job_last_status{status="failed"}))', 'jobs'],
        { above: 1 },
      ),
    )
    .withPanel(
      number(
        of('Longest without success', 'Of all jobs that ever succeeded', 's'),
        ['max(job_name:spacex_pipeline_job_since_success_seconds:max)', 'time'],
        { above: 2 * 86_400 },
      ),
    )
    .withPanel(
      number(
        of('Open rejects', 'Records that broke their contract, and that nobody has waived'),
        ['sum(max by (source, resource) (spacex_pipeline_rejects_open{source=~"$source"}))', 'rejects'],
        { above: 1 },
      ),
    )
    .withPanel(
      number(
        of('Failed data checks', 'Those of severity error that found rows'),
        [
          'sum(max by (source) (spacex_pipeline_checks_failing{source=~"$source", severity="error"}))',
          'checks',
        ],
        { above: 1 },
      ),
    )
    .withPanel(
      number(
        of('Room on the disk', 'Of the data folder', 'percentunit'),
        ['min(spacex_pipeline_data_free_bytes / spacex_pipeline_data_size_bytes)', 'free'],
        { below: 0.05 },
      ),
    );
}

function addProcess(builder: dashboard.DashboardBuilder): void {
  builder
    .withRow(new dashboard.RowBuilder('Process'))
    .withPanel(
      graph({ title: 'Memory', description: 'Resident', unit: 'bytes', width: 8 }, [
        ['process_resident_memory_bytes and on (instance) spacex_pipeline_build_info', '{{instance}}'],
      ]),
    )
    .withPanel(
      graph({ title: 'CPU', description: 'Cores', unit: 'short', width: 8 }, [
        [
          'rate(process_cpu_seconds_total[$__rate_interval]) and on (instance) spacex_pipeline_build_info',
          '{{instance}}',
        ],
      ]),
    )
    .withPanel(
      graph(
        {
          title: 'Event loop lag',
          description: '99 of 100 measurements are below',
          unit: 's',
          width: 8,
        },
        [['nodejs_eventloop_lag_p99_seconds and on (instance) spacex_pipeline_build_info', '{{instance}}']],
      ),
    );
}
