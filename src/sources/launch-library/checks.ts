import type { DataCheck } from '../../core/resource.ts';

export const launchChecks: readonly DataCheck[] = [
  {
    name: 'net_outside_window',
    severity: 'warning',
    description: 'The launch is planned for a time outside its window',
    sql: `SELECT id, name || ': ' || net AS detail FROM launches WHERE net < window_start OR net > window_end`,
  },
  {
    name: 'net_passed',
    severity: 'warning',
    description: 'A launch was scheduled more than two days ago, but still has a pre-launch status',
    sql: `SELECT id, name || ': ' || net::date || ', ' || coalesce(status_name, status_id::text) AS detail
          FROM launches WHERE status_id IN (1, 2, 5, 8) AND net < now() - interval '2 days'`,
  },
  {
    name: 'outcome_before_net',
    severity: 'warning',
    description: 'A launch has succeeded or failed, but its time is in the future',
    sql: `SELECT id, name || ': ' || net::date AS detail FROM launches WHERE status_id IN (3, 4, 7) AND net > now()`,
  },
  {
    name: 'failure_unexplained',
    severity: 'info',
    description: 'A failed launch has no reason',
    sql: `SELECT id, name AS detail FROM launches WHERE status_id = 4 AND fail_reason IS NULL`,
  },
  {
    name: 'landing_unknown',
    severity: 'info',
    description: 'A launch succeeded, but it is unknown whether one of its boosters landed',
    sql: `SELECT launch_id AS id, l.name || ': ' || coalesce(launcher_serial, stage_id::text) AS detail
          FROM launch_boosters JOIN launches l ON l.id = launch_id
          WHERE l.status_id = 3 AND landing_attempt IS DISTINCT FROM false AND landing_success IS NULL`,
  },
  {
    name: 'booster_unnamed',
    severity: 'info',
    description: 'A launch succeeded with a placeholder booster',
    sql: `SELECT launch_id AS id, l.name || ': ' || coalesce(launcher_serial, stage_id::text) AS detail
          FROM launch_boosters JOIN launches l ON l.id = launch_id
          WHERE l.status_id = 3 AND launcher_is_placeholder`,
  },
];
