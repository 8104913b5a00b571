import {
  array,
  bigint,
  bool,
  integer,
  nullable,
  nullish,
  number,
  object,
  objectId,
  oneOf,
  text,
  timestamp,
} from '../../core/contract.ts';
import { utcOffsetMinutes } from '../../core/formats.ts';
import { defineResource } from '../../core/resource.ts';
import { listTableOf, mainTable, notNull, orNull } from '../../core/table.ts';
import { trimmed } from '../../core/text.ts';
import { launchChecks } from './launch-checks.ts';

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
      time: nullish(number()),
      altitude: nullish(number()),
      reason: nullish(text()),
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

const listTable = listTableOf('launch_id', 'launch');

export default defineResource({
  name: 'launches',
  description: 'Past and upcoming launches: time, place, rocket and outcome.',
  path: '/v5/launches',
  shape: 'array',
  pull: 'snapshot',
  needs: { rockets: 'name' },
  contract,
  tables: [
    mainTable('launches', 'Past and upcoming launches: time, place, rocket and outcome.', {
      id: notNull.id('Id of the launch in the API.'),
      flight_number: notNull.integer('Sequence number in launch order. Not unique; occasionally renumbered.'),
      name: notNull.text('Name of the mission.'),
      details: orNull.text('Description of what happened.'),
      rocket_id: orNull.id('Rocket.', { references: 'rockets' }),
      rocket_name: orNull.text('Name of the rocket when the row was produced; null if unknown.'),
      launch_date_utc: notNull.timestamptz('Time of the launch.'),
      launch_date_unix: notNull.bigint('Launch time in seconds since 1970, as given by the API.'),
      launch_date_local: notNull.timestamptz(
        'The same instant as launch_date_utc, as given by the API for the launch site. The view launch_times has the local time.',
      ),
      launch_utc_offset_minutes: notNull.integer(
        'UTC offset of launch_date_local, in minutes; positive if local time is ahead.',
      ),
      launch_date_precision: notNull.text('Precision of the dates: half, quarter, year, month, day or hour.'),
      success: orNull.boolean('Whether the launch succeeded; null until it has taken place.'),
      upcoming: notNull.boolean('Whether the launch is upcoming.'),
      launchpad_id: orNull.id('Launch site.', { references: 'launchpads' }),
      window_s: orNull.integer('Length of the launch window, in seconds.'),
      static_fire_date_utc: orNull.timestamptz('Time of the static fire before the launch.'),
      static_fire_date_unix: orNull.bigint('The same time in seconds since 1970, as given by the API.'),
      tbd: notNull.boolean('Whether the date is still to be determined.'),
      net: notNull.boolean('Whether the date is a "no earlier than" date.'),
      fairings_reused: orNull.boolean(
        'Whether the fairing halves had flown before; null if there is no fairing.',
      ),
      fairings_recovery_attempt: orNull.boolean('Whether fairing recovery was attempted.'),
      fairings_recovered: orNull.boolean('Whether the fairing was recovered.'),
      patch_small_url: orNull.text('Small image of the mission patch.'),
      patch_large_url: orNull.text('Large image of the mission patch.'),
      reddit_campaign_url: orNull.text('Reddit discussion of the campaign.'),
      reddit_launch_url: orNull.text('Reddit discussion during the launch.'),
      reddit_media_url: orNull.text('Reddit collection of images.'),
      reddit_recovery_url: orNull.text('Reddit discussion of the recovery.'),
      presskit_url: orNull.text('Press kit.'),
      webcast_url: orNull.text('Recording of the webcast.'),
      youtube_id: orNull.text('YouTube id of the webcast.'),
      article_url: orNull.text('An article about the launch.'),
      wikipedia_url: orNull.text('Wikipedia article.'),
      auto_update: notNull.boolean('Whether the API updates the record automatically.'),
      launch_library_id: orNull.id('Id of the launch in Launch Library 2.'),
      transformed_at_utc: notNull.timestamptz('Start time of the run that produced the row.', {
        stamp: true,
      }),
      transformed_at_date: notNull.date('UTC date of transformed_at_utc.', { stamp: true }),
    }),
    listTable('launch_cores', 'First stages (cores) of a launch, and how each one landed.', {
      core_id: orNull.id('Core; null until it is known.', { references: 'cores' }),
      flight: orNull.integer('Flights of the core up to and including this one.'),
      gridfins: orNull.boolean('Whether it has grid fins.'),
      legs: orNull.boolean('Whether it has landing legs.'),
      reused: orNull.boolean('Whether it had flown before.'),
      landing_attempt: orNull.boolean('Whether a landing was attempted.'),
      landing_success: orNull.boolean('Whether the landing succeeded.'),
      landing_type: orNull.text('Ocean, ASDS (drone ship) or RTLS (return to launch site).'),
      landpad_id: orNull.id('Landing pad or drone ship.', { references: 'landpads' }),
    }),
    listTable('launch_payloads', 'Payloads of a launch.', {
      payload_id: notNull.id('Payload.', { references: 'payloads' }),
    }),
    listTable('launch_crew', 'Crew of a launch.', {
      crew_id: orNull.id('Crew member.', { references: 'crew' }),
      role: orNull.text('Role of the crew member on this flight.'),
    }),
    listTable('launch_ships', 'Ships that support a launch.', {
      ship_id: notNull.id('Ship.', { references: 'ships' }),
    }),
    listTable('launch_capsules', 'Capsules of a launch.', {
      capsule_id: notNull.id('Capsule.', { references: 'capsules' }),
    }),
    listTable('launch_fairing_ships', 'Ships that recover the fairing of a launch.', {
      ship_id: notNull.id('Ship.', { references: 'ships' }),
    }),
    listTable('launch_failures', 'Failures during a launch.', {
      time_s: orNull.double('Seconds after liftoff; negative before it.'),
      altitude_km: orNull.double('Altitude at that time, in kilometers.'),
      reason: orNull.text('What failed.'),
    }),
    {
      name: 'launch_images',
      doc: 'Photographs of a launch.',
      key: ['launch_id', 'size', 'position'],
      owner: 'launch_id',
      columns: {
        launch_id: notNull.id('Launch.'),
        size: notNull.id('Size of the image: small or original.'),
        position: notNull.integer('Position among the images of that size, starting at 0.'),
        url: notNull.text('URL of the image.'),
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
  checks: launchChecks,
  eventTime: { table: 'launches', column: 'launch_date_utc' },
  exampleQuery: 'SELECT rocket_name, launches, succeeded FROM launch_success ORDER BY 2 DESC',
});

function images(launch_id: string, size: string, urls: readonly string[]) {
  return urls.map((url, position) => ({ launch_id, size, position, url: url.trim() }));
}
