import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

import { bars, dataSource, graph, number } from './panels.ts';
import { columns, list } from './sql.ts';

/** The next launches and how fresh that information is, from PostgreSQL and Prometheus. */
export function nextLaunches(): dashboard.Dashboard {
  const builder = new dashboard.DashboardBuilder('Next launches')
    .uid('spacex-next-launches')
    .description(
      'Launches of Launch Library 2: plans, delays, freshness, quota. Generated: npm run dashboards',
    )
    .tags(['spacex-pipeline'])
    .timezone('utc')
    .refresh('5m')
    .time({ from: 'now-30d', to: 'now' })
    .withVariable(dataSource('postgres', 'PostgreSQL', 'grafana-postgresql-datasource'))
    .withVariable(dataSource('prometheus', 'Prometheus', 'prometheus'))
    .withVariable(
      new dashboard.TextBoxVariableBuilder('schema')
        .label('Schema')
        .defaultValue('launch_library')
        .current({ selected: true, text: 'launch_library', value: 'launch_library' }),
    );
  addFreshness(builder);
  addLaunches(builder);
  addRequests(builder);
  return builder.build();
}

const OF_SOURCE = '{source="launch-library"}';
const HOUR_S = 3600;

function addFreshness(builder: dashboard.DashboardBuilder): void {
  builder
    .withPanel(
      number(
        { title: 'Since the last publish', description: 'Of a run that succeeded', unit: 's', width: 6 },
        [`time() - max(spacex_pipeline_last_success_timestamp_seconds${OF_SOURCE})`, 'time'],
        { above: HOUR_S },
      ),
    )
    .withPanel(
      number(
        {
          title: 'Since the newest change',
          description: 'Since somebody last edited one of the published launches',
          unit: 's',
          width: 6,
        },
        [`time() - max(spacex_pipeline_newest_event_timestamp_seconds${OF_SOURCE})`, 'time'],
        { above: 48 * HOUR_S },
      ),
    )
    .withPanel(
      number(
        { title: 'Quota', description: 'Requests that the source still allows', unit: 'short', width: 6 },
        [`min(spacex_pipeline_quota_remaining${OF_SOURCE})`, 'requests'],
        { below: 1 },
      ),
    )
    .withPanel(
      number(
        {
          title: 'Wait',
          description: 'Until a pull that used up the quota may go on',
          unit: 's',
          width: 6,
        },
        [`max(clamp_min(spacex_pipeline_waits_until_timestamp_seconds${OF_SOURCE} - time(), 0))`, 'time'],
        { above: 1 },
      ),
    );
}

function addLaunches(builder: dashboard.DashboardBuilder): void {
  builder
    .withPanel(
      list(
        {
          title: 'Next launches',
          description: 'If the precision is coarse, the time is the end of its period',
          unit: 'short',
          width: 24,
        },
        `SELECT net AS "not earlier than", net_precision_name AS precision, name AS launch, status_name AS status,
  pad_name AS pad, location_name AS place, probability_pct AS "weather (%)"
FROM \${schema}.next_launches LIMIT 20`,
      ),
    )
    .withPanel(
      list(
        {
          title: 'Delays of planned launches',
          description:
            'A delay is more than an hour; days from the first plan that was loaded to the present one',
          unit: 'short',
          width: 12,
        },
        `WITH moves AS (
  SELECT launch_id, net - lag(net) OVER (PARTITION BY launch_id ORDER BY valid_from) AS moved
  FROM \${schema}.launch_history
)
SELECT name AS launch, count(*) FILTER (WHERE moved > interval '1 hour') AS delays,
  coalesce(round(extract(epoch FROM sum(moved)) / 86400, 1), 0) AS days, net AS "not earlier than"
FROM \${schema}.launches JOIN moves ON launch_id = id
WHERE net > now()
GROUP BY id, name, net ORDER BY delays DESC, days DESC, net LIMIT 20`,
      ),
    )
    .withPanel(
      columns(
        {
          title: 'Versions per day',
          description: 'Versions of launches that were loaded, by the day on which they were made',
          unit: 'short',
          width: 12,
        },
        'day',
        `SELECT to_char(last_updated AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, count(*) AS versions
FROM \${schema}.launch_versions
WHERE $__timeFilter(last_updated)
GROUP BY 1 ORDER BY 1`,
      ),
    )
    .withPanel(
      columns(
        {
          title: 'Launches by month and outcome',
          description: 'Those that have flown',
          unit: 'short',
          width: 24,
        },
        'month',
        `SELECT to_char(net AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
  count(*) FILTER (WHERE status_id = 3) AS succeeded,
  count(*) FILTER (WHERE status_id = 4) AS failed,
  count(*) FILTER (WHERE status_id = 7) AS "partly failed"
FROM \${schema}.launches
WHERE status_id IN (3, 4, 7) AND net > now() - interval '2 years'
GROUP BY 1 ORDER BY 1`,
      ),
    );
}

function addRequests(builder: dashboard.DashboardBuilder): void {
  builder
    .withPanel(
      graph({ title: 'Quota left', description: 'As the source reports it', unit: 'short', width: 12 }, [
        [`min(spacex_pipeline_quota_remaining${OF_SOURCE})`, 'requests'],
      ]),
    )
    .withPanel(
      bars({ title: 'Pulls', description: 'Of everything, or of changes', unit: 'short', width: 12 }, [
        [`sum by (pass) (increase(spacex_pipeline_pulls_total${OF_SOURCE}[$__rate_interval]))`, '{{pass}}'],
      ]),
    );
}
