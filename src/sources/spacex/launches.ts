import {
  array,
  bigint,
  bool,
  integer,
  nullable,
  number,
  object,
  objectId,
  oneOf,
  optional,
  text,
  timestamp,
} from '../../core/contract.ts';
import { utcOffsetMinutes } from '../../core/formats.ts';
import { defineResource } from '../../core/resource.ts';
import type { Table } from '../../core/table.ts';
import { trimmed } from '../../core/text.ts';

const inLaunch = {
  launch_id: { type: 'text', nullable: false },
  position: { type: 'integer', nullable: false },
} as const;

/** A table of what a launch has a list of. */
function listed<const N extends string, const C extends Table['columns']>(name: N, columns: C) {
  const key = ['launch_id', 'position'];
  return { name, key, owner: 'launch_id', columns: { ...inLaunch, ...columns } } as const;
}

/** GET /v5/launches. Fields that the API's model gives a default are always there; `failures[]` members may not be. */
const contract = object({
  id: objectId(),
  flight_number: integer(),
  name: text(),
  date_utc: timestamp(),
  date_unix: bigint(),
  date_local: timestamp(),
  date_precision: oneOf(['half', 'quarter', 'year', 'month', 'day', 'hour']),
  static_fire_date_utc: nullable(timestamp()),
  static_fire_date_unix: nullable(bigint()),
  tbd: bool(),
  net: bool(),
  window: nullable(integer()),
  rocket: nullable(objectId()),
  success: nullable(bool()),
  failures: array(
    object({
      time: optional(nullable(number())),
      altitude: optional(nullable(number())),
      reason: optional(nullable(text())),
    }),
  ),
  upcoming: bool(),
  details: nullable(text()),
  fairings: nullable(
    object({
      reused: nullable(bool()),
      recovery_attempt: nullable(bool()),
      recovered: nullable(bool()),
      ships: array(objectId()),
    }),
  ),
  crew: array(object({ crew: nullable(objectId()), role: nullable(text()) })),
  ships: array(objectId()),
  capsules: array(objectId()),
  payloads: array(objectId()),
  launchpad: nullable(objectId()),
  cores: array(
    object({
      core: nullable(objectId()),
      flight: nullable(integer()),
      gridfins: nullable(bool()),
      legs: nullable(bool()),
      reused: nullable(bool()),
      landing_attempt: nullable(bool()),
      landing_success: nullable(bool()),
      landing_type: nullable(text()),
      landpad: nullable(objectId()),
    }),
  ),
  links: object({
    patch: object({ small: nullable(text()), large: nullable(text()) }),
    reddit: object({
      campaign: nullable(text()),
      launch: nullable(text()),
      media: nullable(text()),
      recovery: nullable(text()),
    }),
    flickr: object({ small: array(text()), original: array(text()) }),
    presskit: nullable(text()),
    webcast: nullable(text()),
    youtube_id: nullable(text()),
    article: nullable(text()),
    wikipedia: nullable(text()),
  }),
  auto_update: bool(),
  launch_library_id: nullable(text()),
});

export default defineResource({
  name: 'launches',
  description: 'Past and upcoming launches: when, where, on what, how it went.',
  path: '/v5/launches',
  shape: 'array',
  pull: 'snapshot',
  needs: { rockets: 'name' },
  contract,
  tables: [
    {
      name: 'launches',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'text', nullable: false },
        flight_number: { type: 'integer', nullable: false },
        name: { type: 'text', nullable: false },
        details: { type: 'text' },
        rocket_id: { type: 'text', references: 'rockets' },
        rocket_name: { type: 'text' },
        launch_date_utc: { type: 'timestamptz', nullable: false },
        launch_date_unix: { type: 'bigint', nullable: false },
        launch_date_local: { type: 'timestamptz', nullable: false },
        launch_utc_offset_minutes: { type: 'integer', nullable: false },
        launch_date_precision: { type: 'text', nullable: false },
        success: { type: 'boolean' },
        upcoming: { type: 'boolean', nullable: false },
        launchpad_id: { type: 'text', references: 'launchpads' },
        window_s: { type: 'integer' },
        static_fire_date_utc: { type: 'timestamptz' },
        static_fire_date_unix: { type: 'bigint' },
        tbd: { type: 'boolean', nullable: false },
        net: { type: 'boolean', nullable: false },
        fairings_reused: { type: 'boolean' },
        fairings_recovery_attempt: { type: 'boolean' },
        fairings_recovered: { type: 'boolean' },
        patch_small_url: { type: 'text' },
        patch_large_url: { type: 'text' },
        reddit_campaign_url: { type: 'text' },
        reddit_launch_url: { type: 'text' },
        reddit_media_url: { type: 'text' },
        reddit_recovery_url: { type: 'text' },
        presskit_url: { type: 'text' },
        webcast_url: { type: 'text' },
        youtube_id: { type: 'text' },
        article_url: { type: 'text' },
        wikipedia_url: { type: 'text' },
        auto_update: { type: 'boolean', nullable: false },
        launch_library_id: { type: 'text' },
        transformed_at_utc: { type: 'timestamptz', nullable: false, stamp: true },
        transformed_at_date: { type: 'date', nullable: false, stamp: true },
      },
    },
    listed('launch_cores', {
      core_id: { type: 'text', references: 'cores' },
      flight: { type: 'integer' },
      gridfins: { type: 'boolean' },
      legs: { type: 'boolean' },
      reused: { type: 'boolean' },
      landing_attempt: { type: 'boolean' },
      landing_success: { type: 'boolean' },
      landing_type: { type: 'text' },
      landpad_id: { type: 'text', references: 'landpads' },
    }),
    listed('launch_payloads', { payload_id: { type: 'text', nullable: false, references: 'payloads' } }),
    listed('launch_crew', { crew_id: { type: 'text', references: 'crew' }, role: { type: 'text' } }),
    listed('launch_ships', { ship_id: { type: 'text', nullable: false, references: 'ships' } }),
    listed('launch_capsules', { capsule_id: { type: 'text', nullable: false, references: 'capsules' } }),
    listed('launch_fairing_ships', { ship_id: { type: 'text', nullable: false, references: 'ships' } }),
    listed('launch_failures', {
      time_s: { type: 'double precision' },
      altitude_km: { type: 'double precision' },
      reason: { type: 'text' },
    }),
    {
      name: 'launch_images',
      key: ['launch_id', 'size', 'position'],
      owner: 'launch_id',
      columns: {
        launch_id: { type: 'text', nullable: false },
        size: { type: 'text', nullable: false },
        position: { type: 'integer', nullable: false },
        url: { type: 'text', nullable: false },
      },
    },
  ],
  transform(launch, { lookup, transformedAt }) {
    const { fairings, id: launch_id, links } = launch;
    return {
      launches: [
        {
          id: launch.id,
          flight_number: launch.flight_number,
          name: launch.name.trim(),
          details: trimmed(launch.details),
          rocket_id: launch.rocket,
          rocket_name: launch.rocket === null ? null : lookup('rockets', launch.rocket),
          launch_date_utc: launch.date_utc,
          launch_date_unix: launch.date_unix,
          launch_date_local: launch.date_local,
          launch_utc_offset_minutes: utcOffsetMinutes(launch.date_local),
          launch_date_precision: launch.date_precision,
          success: launch.success,
          upcoming: launch.upcoming,
          launchpad_id: launch.launchpad,
          window_s: launch.window,
          static_fire_date_utc: launch.static_fire_date_utc,
          static_fire_date_unix: launch.static_fire_date_unix,
          tbd: launch.tbd,
          net: launch.net,
          fairings_reused: fairings?.reused ?? null,
          fairings_recovery_attempt: fairings?.recovery_attempt ?? null,
          fairings_recovered: fairings?.recovered ?? null,
          patch_small_url: trimmed(links.patch.small),
          patch_large_url: trimmed(links.patch.large),
          reddit_campaign_url: trimmed(links.reddit.campaign),
          reddit_launch_url: trimmed(links.reddit.launch),
          reddit_media_url: trimmed(links.reddit.media),
          reddit_recovery_url: trimmed(links.reddit.recovery),
          presskit_url: trimmed(links.presskit),
          webcast_url: trimmed(links.webcast),
          youtube_id: trimmed(links.youtube_id),
          article_url: trimmed(links.article),
          wikipedia_url: trimmed(links.wikipedia),
          auto_update: launch.auto_update,
          launch_library_id: trimmed(launch.launch_library_id),
          transformed_at_utc: transformedAt,
          transformed_at_date: transformedAt.slice(0, 10),
        },
      ],
      launch_cores: launch.cores.map((core, position) => ({
        launch_id,
        position,
        core_id: core.core,
        flight: core.flight,
        gridfins: core.gridfins,
        legs: core.legs,
        reused: core.reused,
        landing_attempt: core.landing_attempt,
        landing_success: core.landing_success,
        landing_type: trimmed(core.landing_type),
        landpad_id: core.landpad,
      })),
      launch_payloads: launch.payloads.map((payload_id, position) => ({ launch_id, position, payload_id })),
      launch_crew: launch.crew.map((member, position) => ({
        launch_id,
        position,
        crew_id: member.crew,
        role: trimmed(member.role),
      })),
      launch_ships: launch.ships.map((ship_id, position) => ({ launch_id, position, ship_id })),
      launch_capsules: launch.capsules.map((capsule_id, position) => ({ launch_id, position, capsule_id })),
      launch_fairing_ships: (fairings?.ships ?? []).map((ship_id, position) => ({
        launch_id,
        position,
        ship_id,
      })),
      launch_failures: launch.failures.map((failure, position) => ({
        launch_id,
        position,
        time_s: failure.time ?? null,
        altitude_km: failure.altitude ?? null,
        reason: trimmed(failure.reason ?? null),
      })),
      launch_images: [
        ...images(launch_id, 'small', links.flickr.small),
        ...images(launch_id, 'original', links.flickr.original),
      ],
    };
  },
  omitted: {},
  checks: [
    {
      name: 'launch_flight_number_shared',
      severity: 'warning',
      description: 'Several launches have one flight number',
      sql: `SELECT id, 'flight number ' || flight_number || ': ' || name AS detail
            FROM (SELECT *, count(*) OVER (PARTITION BY flight_number) AS launches FROM launches) numbered WHERE launches > 1`,
    },
    {
      name: 'launch_flight_number_missing',
      severity: 'info',
      description: 'Flight numbers before that of the launch are left out',
      sql: `SELECT id, 'none from ' || before + 1 || ' to ' || flight_number - 1 AS detail
            FROM (SELECT *, lag(flight_number) OVER (ORDER BY flight_number) AS before FROM launches) numbered
            WHERE flight_number - 1 > before`,
    },
    {
      name: 'launch_order_differs',
      severity: 'info',
      description: 'By flight number a launch comes after one that has a later date',
      sql: `SELECT id, name || ' was earlier than the flight before it' AS detail
            FROM (SELECT *, lag(launch_date_utc) OVER (PARTITION BY upcoming ORDER BY flight_number, launch_date_utc) AS before FROM launches) ordered
            WHERE before > launch_date_utc`,
    },
    {
      name: 'launch_unix_differs',
      severity: 'error',
      description: 'The date in seconds is another time than the date',
      sql: `SELECT id, name || ': by ' || launch_date_unix - extract(epoch FROM launch_date_utc)::bigint || ' s' AS detail
            FROM launches WHERE launch_date_unix <> extract(epoch FROM launch_date_utc)::bigint`,
    },
    {
      name: 'launch_local_differs',
      severity: 'error',
      description: 'The local date is another time than the date',
      sql: `SELECT id, name || ': by ' || extract(epoch FROM launch_date_local - launch_date_utc)::bigint || ' s' AS detail FROM launches WHERE launch_date_local <> launch_date_utc`,
    },
    {
      name: 'launch_local_month_differs',
      severity: 'info',
      description: 'A launch known to the month at most is in another month by its local date',
      sql: `SELECT id, name AS detail FROM launches
            WHERE launch_date_precision IN ('month', 'quarter', 'half', 'year')
            AND date_trunc('month', launch_date_local AT TIME ZONE 'UTC' + launch_utc_offset_minutes * interval '1 minute')
            <> date_trunc('month', launch_date_utc AT TIME ZONE 'UTC')`,
    },
    {
      name: 'launch_overdue',
      severity: 'warning',
      description: 'A launch is called upcoming, and its time is past',
      sql: `SELECT id, name || ': ' || launch_date_utc::date AS detail FROM launches
            WHERE upcoming AND launch_date_utc < now() - CASE launch_date_precision WHEN 'hour' THEN interval '1 hour'
            WHEN 'day' THEN interval '1 day' WHEN 'month' THEN interval '1 month' WHEN 'quarter' THEN interval '3 months'
            WHEN 'half' THEN interval '6 months' ELSE interval '1 year' END`,
    },
    {
      name: 'launch_date_vague',
      severity: 'info',
      description: 'A past launch has a date that is not known to the hour',
      sql: `SELECT id, name || ': ' || launch_date_precision AS detail FROM launches WHERE NOT upcoming AND launch_date_precision <> 'hour'`,
    },
    {
      name: 'launch_outcome_unknown',
      severity: 'warning',
      description: 'Of a past launch it is not said whether it succeeded',
      sql: `SELECT id, name AS detail FROM launches WHERE NOT upcoming AND success IS NULL`,
    },
    {
      name: 'launch_outcome_early',
      severity: 'error',
      description: 'An upcoming launch has succeeded or failed',
      sql: `SELECT id, name AS detail FROM launches WHERE upcoming AND success IS NOT NULL`,
    },
    {
      name: 'launch_failure_differs',
      severity: 'error',
      description: 'A failed launch tells no failure, or another one does',
      sql: `SELECT id, name AS detail FROM launches l
            WHERE (success IS FALSE) <> EXISTS (SELECT FROM launch_failures f WHERE f.launch_id = l.id)`,
    },
    {
      name: 'launch_failure_early',
      severity: 'info',
      description: 'It failed before it lifted off',
      sql: `SELECT launch_id AS id, time_s || ' s: ' || coalesce(reason, '') AS detail FROM launch_failures WHERE time_s < 0`,
    },
    {
      name: 'static_fire_unix_differs',
      severity: 'error',
      description: 'The static fire in seconds is another time than its date',
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
      description: 'The API no longer keeps the launch up by itself',
      sql: `SELECT id, name AS detail FROM launches WHERE NOT auto_update`,
    },
  ],
  exampleQuery:
    'SELECT rocket_name, count(*) AS launches, count(*) FILTER (WHERE success) AS succeeded FROM launches GROUP BY 1 ORDER BY 2 DESC',
});

function images(launch_id: string, size: string, urls: readonly string[]) {
  return urls.map((url, position) => ({ launch_id, size, position, url: url.trim() }));
}
