import type { DataCheck } from '../../core/resource.ts';

/** The checks of launches, in a separate file because launches.ts is long. */
export const launchChecks: readonly DataCheck[] = [
  {
    name: 'launch_flight_number_shared',
    severity: 'warning',
    description: 'Several launches have the same flight number',
    sql: `SELECT id, 'flight number ' || flight_number || ': ' || name AS detail
          FROM (SELECT *, count(*) OVER (PARTITION BY flight_number) AS launches FROM launches) numbered WHERE launches > 1`,
  },
  {
    name: 'launch_flight_number_missing',
    severity: 'info',
    description: 'The flight numbers directly before a launch are missing',
    sql: `SELECT id, 'none from ' || before + 1 || ' to ' || flight_number - 1 AS detail
          FROM (SELECT *, lag(flight_number) OVER (ORDER BY flight_number) AS before FROM launches) numbered
          WHERE flight_number - 1 > before`,
  },
  {
    name: 'launch_order_differs',
    severity: 'info',
    description: 'A launch has an earlier date than the launch with the previous flight number',
    sql: `SELECT id, name || ' was earlier than the previous flight' AS detail
          FROM (SELECT *, lag(launch_date_utc) OVER (PARTITION BY upcoming ORDER BY flight_number, launch_date_utc) AS before FROM launches) ordered
          WHERE before > launch_date_utc`,
  },
  {
    name: 'launch_unix_differs',
    severity: 'error',
    description: 'The Unix timestamp does not match the date',
    sql: `SELECT id, name || ': by ' || launch_date_unix - extract(epoch FROM launch_date_utc)::bigint || ' s' AS detail
          FROM launches WHERE launch_date_unix <> extract(epoch FROM launch_date_utc)::bigint`,
  },
  {
    name: 'launch_local_differs',
    severity: 'error',
    description: 'The local date does not match the date',
    sql: `SELECT id, name || ': by ' || extract(epoch FROM launch_date_local - launch_date_utc)::bigint || ' s' AS detail FROM launches WHERE launch_date_local <> launch_date_utc`,
  },
  {
    name: 'launch_local_month_differs',
    severity: 'info',
    description:
      'The local date of a launch falls in a different month, and the date is known only to the month',
    sql: `SELECT id, name AS detail FROM launches
          WHERE launch_date_precision IN ('month', 'quarter', 'half', 'year')
          AND date_trunc('month', launch_date_local AT TIME ZONE 'UTC' + launch_utc_offset_minutes * interval '1 minute')
          <> date_trunc('month', launch_date_utc AT TIME ZONE 'UTC')`,
  },
  {
    name: 'launch_overdue',
    severity: 'warning',
    description: 'A launch is marked as upcoming, but its time has passed',
    sql: `SELECT id, name || ': ' || launch_date_utc::date AS detail FROM launches
          WHERE upcoming AND launch_date_utc < now() - CASE launch_date_precision WHEN 'hour' THEN interval '1 hour'
          WHEN 'day' THEN interval '1 day' WHEN 'month' THEN interval '1 month' WHEN 'quarter' THEN interval '3 months'
          WHEN 'half' THEN interval '6 months' ELSE interval '1 year' END`,
  },
  {
    name: 'launch_date_vague',
    severity: 'info',
    description: 'The date of a past launch is not known to the hour',
    sql: `SELECT id, name || ': ' || launch_date_precision AS detail FROM launches WHERE NOT upcoming AND launch_date_precision <> 'hour'`,
  },
  {
    name: 'launch_outcome_unknown',
    severity: 'warning',
    description: 'A past launch has no outcome',
    sql: `SELECT id, name AS detail FROM launches WHERE NOT upcoming AND success IS NULL`,
  },
  {
    name: 'launch_outcome_early',
    severity: 'error',
    description: 'An upcoming launch already has an outcome',
    sql: `SELECT id, name AS detail FROM launches WHERE upcoming AND success IS NOT NULL`,
  },
  {
    name: 'launch_failure_differs',
    severity: 'error',
    description: 'A failed launch does not list a failure, or a launch that did not fail lists one',
    sql: `SELECT id, name AS detail FROM launches l
          WHERE (success IS FALSE) <> EXISTS (SELECT FROM launch_failures f WHERE f.launch_id = l.id)`,
  },
  {
    name: 'launch_failure_early',
    severity: 'info',
    description: 'A launch failed before liftoff',
    sql: `SELECT launch_id AS id, time_s || ' s: ' || coalesce(reason, '') AS detail FROM launch_failures WHERE time_s < 0`,
  },
  {
    name: 'static_fire_unix_differs',
    severity: 'error',
    description: 'The Unix timestamp of the static fire does not match its date',
    sql: `SELECT id, name || ': by ' || static_fire_date_unix - extract(epoch FROM static_fire_date_utc)::bigint || ' s' AS detail
          FROM launches WHERE static_fire_date_unix <> extract(epoch FROM static_fire_date_utc)::bigint`,
  },
  {
    name: 'static_fire_late',
    severity: 'error',
    description: 'The static fire was after the launch',
    sql: `SELECT id, name || ': by ' || (static_fire_date_utc::date - launch_date_utc::date) || ' days' AS detail FROM launches WHERE static_fire_date_utc > launch_date_utc`,
  },
  {
    name: 'launch_not_updated',
    severity: 'info',
    description: 'The API no longer updates the launch automatically',
    sql: `SELECT id, name AS detail FROM launches WHERE NOT auto_update`,
  },
];
