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
import { launchChecks } from './launch-checks.ts';

const inLaunch = {
  launch_id: { type: 'id', nullable: false, doc: 'Launch.' },
  position: { type: 'integer', nullable: false, doc: 'Position in the list of the launch, from 0.' },
} as const;

/** A table for a list within a launch. */
function listed<const N extends string, const C extends Table['columns']>(name: N, doc: string, columns: C) {
  const key = ['launch_id', 'position'];
  return { name, doc, key, owner: 'launch_id', columns: { ...inLaunch, ...columns } } as const;
}

/**
 * GET /v5/launches. Fields with a default in the API's model are always present; members of `failures[]` may be
 * missing.
 */
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
      doc: 'Past and upcoming launches: when, where, on what, how it went.',
      key: ['id'],
      owner: 'id',
      columns: {
        id: { type: 'id', nullable: false, doc: 'Id of the launch in the API.' },
        flight_number: {
          type: 'integer',
          nullable: false,
          doc: 'Number in launch order. Not unique, and renumbered now and then.',
        },
        name: { type: 'text', nullable: false, doc: 'Name of the mission.' },
        details: { type: 'text', doc: 'What happened, in prose.' },
        rocket_id: { type: 'id', references: 'rockets', doc: 'Rocket that flew or will fly.' },
        rocket_name: {
          type: 'text',
          doc: 'Name of the rocket when the row was made; null where it is unknown.',
        },
        launch_date_utc: { type: 'timestamptz', nullable: false, doc: 'Time of the launch.' },
        launch_date_unix: {
          type: 'bigint',
          nullable: false,
          doc: 'Time of the launch in seconds since 1970, as the API gives it.',
        },
        launch_date_local: {
          type: 'timestamptz',
          nullable: false,
          doc: 'The same instant as launch_date_utc, as the API gives it for the launch site. The view launch_times has the local time.',
        },
        launch_utc_offset_minutes: {
          type: 'integer',
          nullable: false,
          doc: 'Minutes by which local time at launch_date_local is ahead of UTC.',
        },
        launch_date_precision: {
          type: 'text',
          nullable: false,
          doc: 'Precision of the dates: half, quarter, year, month, day or hour.',
        },
        success: { type: 'boolean', doc: 'Whether it succeeded; null until it has flown.' },
        upcoming: { type: 'boolean', nullable: false, doc: 'Whether it has yet to fly.' },
        launchpad_id: { type: 'id', references: 'launchpads', doc: 'Launch site.' },
        window_s: { type: 'integer', doc: 'Length of the launch window, in seconds.' },
        static_fire_date_utc: { type: 'timestamptz', doc: 'Time of the static fire before the launch.' },
        static_fire_date_unix: {
          type: 'bigint',
          doc: 'The same in seconds since 1970, as the API gives it.',
        },
        tbd: { type: 'boolean', nullable: false, doc: 'Whether the date is still to be determined.' },
        net: { type: 'boolean', nullable: false, doc: 'Whether the date is a "no earlier than" date.' },
        fairings_reused: {
          type: 'boolean',
          doc: 'Whether the fairing halves had flown before; null without a fairing.',
        },
        fairings_recovery_attempt: {
          type: 'boolean',
          doc: 'Whether a recovery of the fairing was attempted.',
        },
        fairings_recovered: { type: 'boolean', doc: 'Whether the fairing was recovered.' },
        patch_small_url: { type: 'text', doc: 'Small picture of the mission patch.' },
        patch_large_url: { type: 'text', doc: 'Large picture of the mission patch.' },
        reddit_campaign_url: { type: 'text', doc: 'Reddit discussion of the campaign.' },
        reddit_launch_url: { type: 'text', doc: 'Reddit discussion during the launch.' },
        reddit_media_url: { type: 'text', doc: 'Reddit collection of pictures.' },
        reddit_recovery_url: { type: 'text', doc: 'Reddit discussion of the recovery.' },
        presskit_url: { type: 'text', doc: 'Press kit.' },
        webcast_url: { type: 'text', doc: 'Recording of the webcast.' },
        youtube_id: { type: 'text', doc: 'YouTube id of the webcast.' },
        article_url: { type: 'text', doc: 'An article about the launch.' },
        wikipedia_url: { type: 'text', doc: 'Wikipedia article.' },
        auto_update: {
          type: 'boolean',
          nullable: false,
          doc: "Whether the API's own jobs keep the record up to date.",
        },
        launch_library_id: { type: 'id', doc: 'Id of the launch in Launch Library 2.' },
        transformed_at_utc: {
          type: 'timestamptz',
          nullable: false,
          stamp: true,
          doc: 'Start of the run that made the row.',
        },
        transformed_at_date: {
          type: 'date',
          nullable: false,
          stamp: true,
          doc: 'Date of transformed_at_utc, in UTC.',
        },
      },
    },
    listed('launch_cores', 'First stages (cores) of a launch, and how they landed.', {
      core_id: { type: 'id', references: 'cores', doc: 'Core; null until it is known.' },
      flight: { type: 'integer', doc: 'Flights of the core up to and including this one.' },
      gridfins: { type: 'boolean', doc: 'Whether it has grid fins.' },
      legs: { type: 'boolean', doc: 'Whether it has landing legs.' },
      reused: { type: 'boolean', doc: 'Whether it had flown before.' },
      landing_attempt: { type: 'boolean', doc: 'Whether it tried to land.' },
      landing_success: { type: 'boolean', doc: 'Whether it landed.' },
      landing_type: { type: 'text', doc: 'Ocean, ASDS (drone ship) or RTLS (return to launch site).' },
      landpad_id: { type: 'id', references: 'landpads', doc: 'Landing pad or drone ship.' },
    }),
    listed('launch_payloads', 'Payloads of a launch.', {
      payload_id: { type: 'id', nullable: false, references: 'payloads', doc: 'Payload.' },
    }),
    listed('launch_crew', 'Crew of a launch.', {
      crew_id: { type: 'id', references: 'crew', doc: 'Crew member.' },
      role: { type: 'text', doc: 'What the crew member does on this flight.' },
    }),
    listed('launch_ships', 'Ships that support a launch.', {
      ship_id: { type: 'id', nullable: false, references: 'ships', doc: 'Ship.' },
    }),
    listed('launch_capsules', 'Capsules of a launch.', {
      capsule_id: { type: 'id', nullable: false, references: 'capsules', doc: 'Capsule.' },
    }),
    listed('launch_fairing_ships', 'Ships that recover the fairing of a launch.', {
      ship_id: { type: 'id', nullable: false, references: 'ships', doc: 'Ship.' },
    }),
    listed('launch_failures', 'What went wrong in a launch.', {
      time_s: { type: 'double precision', doc: 'Seconds after liftoff; negative before it.' },
      altitude_km: { type: 'double precision', doc: 'Altitude at that time, in kilometres.' },
      reason: { type: 'text', doc: 'What failed.' },
    }),
    {
      name: 'launch_images',
      doc: 'Photographs of a launch.',
      key: ['launch_id', 'size', 'position'],
      owner: 'launch_id',
      columns: {
        launch_id: { type: 'id', nullable: false, doc: 'Launch.' },
        size: { type: 'id', nullable: false, doc: 'Size of the picture: small or original.' },
        position: {
          type: 'integer',
          nullable: false,
          doc: 'Position among the pictures of that size, from 0.',
        },
        url: { type: 'text', nullable: false, doc: 'URL of the picture.' },
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
  checks: launchChecks,
  eventTime: { table: 'launches', column: 'launch_date_utc' },
  exampleQuery: 'SELECT rocket_name, launches, succeeded FROM launch_success ORDER BY 2 DESC',
});

function images(launch_id: string, size: string, urls: readonly string[]) {
  return urls.map((url, position) => ({ launch_id, size, position, url: url.trim() }));
}
