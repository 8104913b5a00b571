import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';

import { dataSource } from './panels.ts';
import { columns, list } from './sql.ts';

/** The contents of the SpaceX API's tables, from PostgreSQL. */
export function launchData(): dashboard.Dashboard {
  return new dashboard.DashboardBuilder('Launch data')
    .uid('spacex-launch-data')
    .description('Launches, boosters, landings and payloads. Generated: npm run dashboards')
    .tags(['spacex-pipeline'])
    .timezone('utc')
    .refresh('')
    .time({ from: '2006-01-01T00:00:00Z', to: 'now' })
    .withVariable(dataSource('postgres', 'PostgreSQL', 'grafana-postgresql-datasource'))
    .withVariable(
      new dashboard.TextBoxVariableBuilder('schema')
        .label('Schema')
        .defaultValue('spacex')
        .current({ selected: true, text: 'spacex', value: 'spacex' }),
    )
    .withPanel(
      columns(
        {
          title: 'Launches by year and outcome',
          description: 'Past launches',
          unit: 'short',
          width: 24,
        },
        'year',
        `SELECT to_char(launch_date_utc AT TIME ZONE 'UTC', 'YYYY') AS year,
  count(*) FILTER (WHERE success) AS succeeded,
  count(*) FILTER (WHERE NOT success) AS failed,
  count(*) FILTER (WHERE success IS NULL) AS unknown
FROM \${schema}.launches
WHERE NOT upcoming AND $__timeFilter(launch_date_utc)
GROUP BY 1 ORDER BY 1`,
      ),
    )
    .withPanel(
      columns(
        {
          title: 'Flights of new and reused boosters',
          description: 'A core is reused from its second flight on',
          unit: 'short',
          width: 12,
        },
        'year',
        `SELECT to_char(launch_date_utc AT TIME ZONE 'UTC', 'YYYY') AS year,
  count(*) FILTER (WHERE nth_flight = 1) AS new,
  count(*) FILTER (WHERE nth_flight > 1) AS reused
FROM \${schema}.booster_flights
WHERE $__timeFilter(launch_date_utc)
GROUP BY 1 ORDER BY 1`,
      ),
    )
    .withPanel(
      columns(
        {
          title: 'Landings by year and outcome',
          description: 'Of cores that tried to land',
          unit: 'short',
          width: 12,
        },
        'year',
        `SELECT to_char(launch_date_utc AT TIME ZONE 'UTC', 'YYYY') AS year,
  count(*) FILTER (WHERE landing_success) AS succeeded,
  count(*) FILTER (WHERE NOT landing_success) AS failed,
  count(*) FILTER (WHERE landing_success IS NULL) AS unknown
FROM \${schema}.booster_flights
WHERE landing_attempt AND $__timeFilter(launch_date_utc)
GROUP BY 1 ORDER BY 1`,
      ),
    )
    .withPanel(
      columns(
        {
          title: 'Payload mass by year',
          description: 'Of payloads whose mass is known, whether or not the launch succeeded',
          unit: 'masskg',
          width: 12,
        },
        'year',
        `SELECT to_char(launch_date_utc AT TIME ZONE 'UTC', 'YYYY') AS year, sum(mass_kg) AS mass
FROM \${schema}.payload_flights
WHERE mass_kg IS NOT NULL AND $__timeFilter(launch_date_utc)
GROUP BY 1 ORDER BY 1`,
      ),
    )
    .withPanel(
      columns(
        { title: 'Payload mass by orbit', description: 'Over all time', unit: 'masskg', width: 12 },
        'orbit',
        `SELECT coalesce(orbit, 'unknown') AS orbit, mass_kg AS mass
FROM \${schema}.payload_mass_by_orbit
WHERE mass_kg IS NOT NULL
ORDER BY mass_kg DESC LIMIT 12`,
      ),
    )
    .withPanel(
      list(
        { title: 'Boosters that flew most', description: 'Over all time', unit: 'short', width: 12 },
        `SELECT core_serial AS core, flights, landings, round(fastest_turnaround_days::numeric, 1) AS "fastest turnaround (days)",
  last_flight_utc AS "last flight"
FROM \${schema}.booster_reuse
ORDER BY flights DESC, core_serial LIMIT 20`,
      ),
    )
    .withPanel(
      list(
        { title: 'Landings by pad', description: 'Over all time', unit: 'short', width: 12 },
        `SELECT coalesce(landpad_name, 'open sea') AS pad, landing_type AS kind, attempts, succeeded,
  success_rate_pct AS "success (%)"
FROM \${schema}.landing_success
ORDER BY attempts DESC`,
      ),
    )
    .build();
}
